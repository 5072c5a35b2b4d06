//! Commands that ask about one jail.

use super::Command;
use crate::codec::Value;
use crate::reply::{JailStatus, fields, jail_status as read_status};
use crate::types::JailName;

/// Counters, log files and the list of bans of a jail. Costs the server 2 µs a ban.
pub fn jail_status(jail: &JailName) -> Command<JailStatus> {
    Command::read(["status", jail.as_str()], read_status)
}

/// Counters and log files of a jail, without its bans.
pub fn jail_status_short(jail: &JailName) -> Command<JailStatus> {
    Command::read(["status", jail.as_str(), "short"], |value| {
        read_status(value).map(|status| JailStatus { banned: None, ..status })
    })
}

/// One setting of a jail, undigested.
pub fn jail_setting(jail: &JailName, key: &str) -> Command<Value> {
    Command::read(["get", jail.as_str(), key], |value| Ok(value.clone()))
}

/// The names of a jail's actions.
pub fn actions(jail: &JailName) -> Command<Vec<String>> {
    Command::read(["get", jail.as_str(), "actions"], fields::strings)
}
