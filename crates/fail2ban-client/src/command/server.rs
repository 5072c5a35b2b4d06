//! Commands to the server as a whole.

use std::path::PathBuf;

use crate::codec::{Text, Value};
use crate::reply::{JailStats, ReplyError, fields, jail_list as read_jail_list, jail_stats};
use crate::types::Version;

commands! {
    Server;

    /// Whether the server answers.
    read("ping") fn ping() -> () = ["ping"], pong;

    /// The server's version.
    read("version") fn version() -> Version = ["version"], |value| fields::string(value).map(Version::new);

    /// The names of the jails; `None` where the server's text leaves open where one name ends, since names may
    /// contain a comma and a blank. [`stats`] and [`banned_by_jail`](super::banned_by_jail) tell them exactly.
    read("status"; command) fn jail_list() -> Option<Vec<Text>> = ["status"], read_jail_list;

    /// The counters of all jails: the cheapest question about them, answered at once however many bans there are.
    read("stats", since V1_1) fn stats() -> Vec<JailStats> = ["stats"], jail_stats;

    /// The server's sqlite file, by the path that the server uses; `None` when it keeps none.
    read("get dbfile") fn database_file() -> Option<PathBuf> = ["get", "dbfile"], path;
}

fn pong(value: &Value) -> Result<(), ReplyError> {
    match value.as_str() {
        Some("pong") => Ok(()),
        _ => Err(fields::wrong("the text \"pong\"", value)),
    }
}

fn path(value: &Value) -> Result<Option<PathBuf>, ReplyError> {
    match value {
        Value::None => Ok(None),
        other => fields::text(other).map(|path| Some(path.to_path())),
    }
}
