//! Which tables an archive has, and why others are not in it. Every table of the schema is in one of the two lists.

/// A table that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptTable {
    /// Its name.
    pub name: &'static str,
    /// The columns by which its rows are put in order: its primary key.
    pub key: &'static [&'static str],
    /// Whether the database numbers its rows by itself, in the column `id`, and never uses a number twice.
    pub numbered: bool,
    /// Whether only older schemas have it.
    pub former: bool,
}

const fn keyed(name: &'static str, key: &'static [&'static str]) -> KeptTable {
    KeptTable { name, key, numbered: false, former: false }
}

const fn numbered(name: &'static str) -> KeptTable {
    KeptTable { name, key: &["id"], numbered: true, former: false }
}

/// The tables that are kept, each after those that its rows refer to.
pub const KEPT: [KeptTable; 19] = [
    keyed("servers", &["id"]),
    keyed("settings", &["key"]),
    keyed("counters", &["name"]),
    numbered("active_bans"),
    // Until the schema 0007; `bans` since.
    KeptTable { former: true, ..numbered("ban_events") },
    numbered("jails"),
    keyed("networks", &["asn"]),
    numbered("addresses"),
    keyed("bans", &["id"]),
    keyed("ban_notes", &["ban_id", "at_end"]),
    keyed("ban_matches", &["ban_id"]),
    numbered("gaps"),
    numbered("users"),
    keyed("login_tries", &["kind", "subject"]),
    numbered("audit"),
    numbered("channels"),
    numbered("rules"),
    numbered("allowlist"),
    // A database that moves stays with its fail2ban, which goes on ignoring what it was told.
    keyed("allowlist_told", &["server_id", "jail", "address"]),
];

/// The tables that are not kept, and why; each before those that its rows refer to.
pub const LEFT_OUT: [(&str, &str); 6] = [
    ("ban_packs", "made of the bans, and made anew from them"),
    ("sessions", "everybody logs in again: a session that was ended since must not come back to life"),
    ("deliveries", "what was to be said is said by the server that was to say it, or is no news any more"),
    ("notify_progress", "rules begin anew with what happens next: what happened before is no news"),
    ("runtime_state", "what fail2ban does now; made anew by the next server"),
    ("scheduler_lock", "belongs to the database where it is: a database that is replaced keeps its own"),
];
