//! The tables as diesel sees them; the migrations make them. Only types that both databases share: time is epoch
//! milliseconds, enums and addresses are text, but for what the history holds by the million.

diesel::table! {
    servers (id) {
        id -> Text,
        history_rowid -> Nullable<BigInt>,
        history_timeofban -> Nullable<BigInt>,
        watched_until -> Nullable<BigInt>,
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
        spellings -> Nullable<Text>,
    }
}

diesel::table! {
    counters (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    jails (id) {
        id -> Integer,
        server_id -> Text,
        name -> Text,
    }
}

diesel::table! {
    networks (asn) {
        asn -> BigInt,
        name -> Nullable<Text>,
    }
}

diesel::table! {
    addresses (id) {
        id -> Integer,
        ip -> Text,
        ip_key -> Text,
        country -> Nullable<Text>,
        asn -> Nullable<BigInt>,
        host -> Nullable<Text>,
        place_no -> BigInt,
    }
}

diesel::table! {
    bans (id) {
        id -> BigInt,
        banned_at -> BigInt,
        bantime -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_id -> Nullable<BigInt>,
        address_id -> Integer,
        jail_id -> Integer,
        origin -> Integer,
        end_origin -> Nullable<Integer>,
        ban_count -> Nullable<Integer>,
        failures -> Nullable<Integer>,
    }
}

diesel::table! {
    ban_notes (ban_id, at_end) {
        ban_id -> BigInt,
        at_end -> Integer,
        by_user -> Nullable<Text>,
        reason -> Nullable<Text>,
        search -> Text,
    }
}

diesel::table! {
    ban_matches (ban_id) {
        ban_id -> BigInt,
        lines -> Text,
        cut -> Integer,
    }
}

diesel::table! {
    ban_packs (day, kind, jail_id, part) {
        day -> Integer,
        kind -> Integer,
        jail_id -> Integer,
        part -> Integer,
        entries -> Integer,
        attacks -> Integer,
        changed -> BigInt,
        packed -> Binary,
    }
}

diesel::table! {
    gaps (id) {
        id -> BigInt,
        server_id -> Text,
        since -> BigInt,
        until -> BigInt,
        cause -> Text,
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

diesel::table! {
    channels (id) {
        id -> BigInt,
        name -> Text,
        settings -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    rules (id) {
        id -> BigInt,
        name -> Text,
        spec -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    notify_progress (server_id) {
        server_id -> Text,
        seen -> BigInt,
        state -> Text,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        rule_id -> BigInt,
        message -> BigInt,
        channel_id -> BigInt,
        rule_name -> Text,
        channel_name -> Text,
        digest -> Text,
        state -> Text,
        tries -> BigInt,
        created_at -> BigInt,
        next_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        answer_status -> Nullable<BigInt>,
        answer -> Nullable<Text>,
        unfinished -> BigInt,
    }
}

diesel::table! {
    allowlist (id) {
        id -> BigInt,
        server_id -> Text,
        address -> Text,
        jail -> Text,
        note -> Nullable<Text>,
        by_user -> Text,
        created_at -> BigInt,
        until -> Nullable<BigInt>,
    }
}

diesel::table! {
    allowlist_told (server_id, jail, address) {
        server_id -> Text,
        jail -> Text,
        address -> Text,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(addresses -> networks (asn));
diesel::joinable!(ban_matches -> bans (ban_id));
diesel::joinable!(ban_notes -> bans (ban_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);
diesel::allow_tables_to_appear_in_same_query!(addresses, networks);
diesel::allow_tables_to_appear_in_same_query!(ban_matches, bans);
diesel::allow_tables_to_appear_in_same_query!(ban_notes, bans);
