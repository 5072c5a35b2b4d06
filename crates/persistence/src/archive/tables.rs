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
}

const fn keyed(name: &'static str, key: &'static [&'static str]) -> KeptTable {
    KeptTable { name, key, numbered: false }
}

const fn numbered(name: &'static str) -> KeptTable {
    KeptTable { name, key: &["id"], numbered: true }
}

/// The tables that are kept, each after those that its rows refer to.
pub const KEPT: [KeptTable; 7] = [
    keyed("servers", &["id"]),
    keyed("settings", &["key"]),
    numbered("active_bans"),
    numbered("ban_events"),
    numbered("users"),
    keyed("login_tries", &["kind", "subject"]),
    numbered("audit"),
];

/// The tables that are not kept, and why; each before those that its rows refer to.
pub const LEFT_OUT: [(&str, &str); 3] = [
    ("sessions", "everybody logs in again: a session that was ended since must not come back to life"),
    ("runtime_state", "what fail2ban does now; made anew by the next server"),
    ("scheduler_lock", "belongs to the database where it is: a database that is replaced keeps its own"),
];
