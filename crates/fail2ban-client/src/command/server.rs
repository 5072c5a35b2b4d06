//! Commands to the server as a whole.

use std::path::PathBuf;

use super::Command;
use crate::codec::{Text, Value};
use crate::reply::{JailStats, fields, jail_list as read_jail_list, jail_stats};
use crate::types::Version;

/// Whether the server answers.
pub fn ping() -> Command<()> {
    Command::read(["ping"], |value| match value.as_str() {
        Some("pong") => Ok(()),
        _ => Err(fields::wrong("the text \"pong\"", value)),
    })
}

/// The server's version.
pub fn version() -> Command<Version> {
    Command::read(["version"], |value| fields::string(value).map(Version::new))
}

/// The names of the jails; `None` where the server's text leaves open where one name ends, since names may contain
/// a comma and a blank. [`stats`](stats()) and [`banned_by_jail`](super::banned_by_jail) tell them exactly.
pub fn jail_list() -> Command<Option<Vec<Text>>> {
    Command::read(["status"], read_jail_list)
}

/// The counters of all jails. From 1.1.0 on.
pub fn stats() -> Command<Vec<JailStats>> {
    Command::read(["stats"], jail_stats)
}

/// The server's sqlite file, as the server sees it; `None` when it has none.
pub fn database_file() -> Command<Option<PathBuf>> {
    Command::read(["get", "dbfile"], |value| match value {
        Value::None => Ok(None),
        other => fields::text(other).map(|path| Some(path.to_path())),
    })
}
