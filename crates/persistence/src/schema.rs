//! The tables as diesel sees them; the migrations make them. Only types that both databases share: time is epoch
//! milliseconds, enums and addresses are text.

diesel::table! {
    servers (id) {
        id -> Text,
        history_rowid -> Nullable<BigInt>,
        history_timeofban -> Nullable<BigInt>,
    }
}

diesel::table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    scheduler_lock (name) {
        name -> Text,
        holder -> Text,
        host -> Text,
        pid -> BigInt,
        version -> Text,
        token -> BigInt,
        acquired_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    active_bans (id) {
        id -> BigInt,
        server_id -> Text,
        jail -> Text,
        ip -> Text,
        ip_key -> Text,
        banned_at -> BigInt,
        bantime -> BigInt,
        expires_at -> BigInt,
        ban_count -> Nullable<BigInt>,
        origin -> Text,
        by_user -> Nullable<Text>,
        reason -> Nullable<Text>,
        search -> Text,
    }
}

diesel::table! {
    ban_events (id) {
        id -> BigInt,
        server_id -> Text,
        kind -> Text,
        jail -> Text,
        ip -> Text,
        ip_key -> Text,
        banned_at -> BigInt,
        occurred_at -> BigInt,
        bantime -> BigInt,
        ban_count -> Nullable<BigInt>,
        failures -> Nullable<BigInt>,
        origin -> Text,
        by_user -> Nullable<Text>,
        reason -> Nullable<Text>,
        search -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        password_hash -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (token) {
        token -> Text,
        user_id -> BigInt,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
    }
}

diesel::table! {
    login_tries (kind, subject) {
        kind -> Text,
        subject -> Text,
        tries -> BigInt,
        last_at -> BigInt,
        keep_until -> BigInt,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        server_id -> Text,
        occurred_at -> BigInt,
        user_name -> Nullable<Text>,
        address -> Nullable<Text>,
        action -> Text,
        subject -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
