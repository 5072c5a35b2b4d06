//! Commands about the server's sqlite database, in which it keeps bans over a restart and counts those who come back.

use std::path::PathBuf;

use crate::codec::Arg;
use crate::reply::{fields, set_path};
use crate::types::ServerPath;

commands! {
    Database;

    /// The server's sqlite file, by the path that the server uses; `None` when it keeps none.
    read("get dbfile") fn database_file() -> Option<PathBuf> = ["get", "dbfile"], set_path;

    /// Sets the server's sqlite file, or that it keeps none. The server refuses it while it has jails. Without a
    /// database, bans end with the server, and nobody counts who comes back; another one knows nothing of former bans.
    set("set dbfile PATH") fn set_database_file(file: Option<&ServerPath>) -> Option<PathBuf>
        = ["set", "dbfile", file.map_or_else(|| Arg::from("None"), Arg::from)], set_path;

    /// How many matching lines the database keeps of a ban; `None` without a database.
    read("get dbmaxmatches") fn database_max_matches() -> Option<i64> = ["get", "dbmaxmatches"], fields::set_int;

    /// Sets how many matching lines the database keeps of a ban. Answers `None` without a database, and sets nothing.
    set("set dbmaxmatches COUNT") fn set_database_max_matches(lines: u32) -> Option<i64>
        = ["set", "dbmaxmatches", i64::from(lines)], fields::set_int;

    /// After how many seconds the database forgets bans; `None` without a database.
    read("get dbpurgeage") fn database_purge_age() -> Option<i64> = ["get", "dbpurgeage"], fields::set_int;

    /// Sets after how many seconds the database forgets bans. Answers `None` without a database, and sets nothing.
    set("set dbpurgeage SECONDS") fn set_database_purge_age(seconds: u32) -> Option<i64>
        = ["set", "dbpurgeage", i64::from(seconds)], fields::set_int;
}
