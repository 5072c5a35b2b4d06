//! Commands that list, make and lift bans.

use super::Command;
use crate::codec::{Arg, Text, Value};
use crate::reply::{self, BanTicket, ReplyError, fields};
use crate::types::{Address, BanId, JailName};

/// What a jail bans, first to end first. Costs the server 2 µs a ban.
pub fn banned(jail: &JailName) -> Command<Vec<Text>> {
    Command::read(["get", jail.as_str(), "banip"], fields::texts)
}

/// What a jail bans, with times. Costs the server 10 µs a ban, in which it answers nobody.
pub fn banned_with_times(jail: &JailName) -> Command<Vec<BanTicket>> {
    Command::read(["get", jail.as_str(), "banip", "--with-time"], reply::tickets)
}

/// What every jail bans. Tells the exact names of the jails on every version.
pub fn banned_by_jail() -> Command<Vec<(JailName, Vec<Text>)>> {
    Command::read(["banned"], reply::banned_by_jail)
}

/// The jails in which each of these very entries is banned. An address within a banned network is not found.
/// Without ids the server would answer something else, so that there must be one.
pub fn banned_in(ids: &[BanId]) -> Command<Vec<Vec<JailName>>> {
    Command::read(with_ids(&["banned"], ids), reply::jails_per_id)
}

/// Whether a jail bans each of these very entries. There must be at least one.
pub fn is_banned(jail: &JailName, ids: &[BanId]) -> Command<Vec<bool>> {
    Command::read(with_ids(&["get", jail.as_str(), "banned"], ids), flags)
}

/// Bans addresses and networks in a jail; answers how many of them are new there.
pub fn ban(jail: &JailName, addresses: &[Address]) -> Command<u64> {
    let ids: Vec<BanId> = addresses.iter().map(|address| BanId::from(*address)).collect();
    Command::change(with_ids(&["set", jail.as_str(), "banip"], &ids), fields::count)
}

/// Lifts bans in a jail; answers how many there were. The server deletes its history of each id. A network lifts
/// every entry whose first address lies in it, unless it is itself an entry.
pub fn unban(jail: &JailName, ids: &[BanId]) -> Command<u64> {
    Command::change(with_ids(&["set", jail.as_str(), "unbanip"], ids), fields::count)
}

/// Lifts bans in every jail; answers how many there were. The server deletes its history of each id. There must be
/// at least one id.
pub fn unban_everywhere(ids: &[BanId]) -> Command<u64> {
    Command::change(with_ids(&["unban"], ids), fields::count)
}

/// Lifts every ban in every jail; answers how many there were. The server deletes its whole history.
pub fn unban_all() -> Command<u64> {
    Command::change(vec!["unban".into(), "--all".into()], fields::count)
}

fn with_ids(head: &[&str], ids: &[BanId]) -> Vec<Arg> {
    head.iter().map(|&word| Arg::from(word)).chain(ids.iter().map(|id| Arg::from(id.as_str()))).collect()
}

/// `1` for one id, `[1, 0, …]` for several.
fn flags(value: &Value) -> Result<Vec<bool>, ReplyError> {
    match value {
        Value::Int(_) | Value::Bool(_) => Ok(vec![fields::boolean(value)?]),
        _ => fields::sequence(value)?.iter().map(fields::boolean).collect(),
    }
}
