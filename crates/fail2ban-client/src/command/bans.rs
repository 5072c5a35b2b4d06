//! Commands that list, make and lift bans.

use crate::codec::{Text, Value};
use crate::reply::{self, BanList, ReplyError, fields};
use crate::types::{Address, BanId, JailName};

commands! {
    Bans;

    /// What a jail bans, first to end first: the server's own texts. Costs the server 2 µs a ban.
    read("get JAIL banip") fn banned(jail: &JailName) -> Vec<Text> = ["get", jail, "banip"], fields::ids;

    /// What a jail bans, in the order in which it was banned: the cheapest list of all, as nothing is sorted.
    read("get JAIL banned") fn banned_unsorted(jail: &JailName) -> Vec<Text> = ["get", jail, "banned"], fields::ids;

    /// What a jail bans, with start, length and end. Costs the server about 10 µs a ban, in which it answers nobody:
    /// ask when counters have moved, not every second. A line that cannot be read costs itself alone.
    read("get JAIL banip --with-time") fn banned_with_times(jail: &JailName) -> BanList
        = ["get", jail, "banip", "--with-time"], reply::tickets;

    /// What every jail bans. Tells the exact names of the jails on every version.
    read("banned") fn banned_by_jail() -> Vec<(JailName, Vec<Text>)> = ["banned"], reply::banned_by_jail;

    /// The jails in which each of these very entries is banned. An address within a banned network is not found.
    /// Without ids the server would answer something else, so that there must be one.
    read("banned ID…"; banned_in) fn banned_in(ids: &[BanId]) -> Vec<Vec<JailName>> = ["banned"; ids], reply::jails_per_id;

    /// Whether a jail bans each of these very entries. There must be at least one. The server looks through its whole
    /// list for each.
    read("get JAIL banned ID…"; is_banned) fn is_banned(jail: &JailName, ids: &[BanId]) -> Vec<bool>
        = ["get", jail, "banned"; ids], flags;

    /// Bans addresses and networks in a jail; answers how many of them are new there.
    act("set JAIL banip ADDRESS…"; ban) fn ban(jail: &JailName, addresses: &[Address]) -> u64
        = ["set", jail, "banip"; addresses], fields::count;

    /// Lifts bans in a jail; answers how many there were. The server compares texts, and deletes its history of each
    /// id. A network lifts every entry whose first address lies in it, unless it is itself an entry. There must be at
    /// least one id.
    act("set JAIL unbanip ID…"; unban) fn unban(jail: &JailName, ids: &[BanId]) -> u64
        = ["set", jail, "unbanip"; ids], fields::count;

    /// As [`unban`], but where one of the ids is not banned, the server answers with an error that names it, after it
    /// has lifted the others.
    act("set JAIL unbanip --report-absent ID…"; unban) fn unban_reporting_absent(jail: &JailName, ids: &[BanId]) -> u64
        = ["set", jail, "unbanip", "--report-absent"; ids], fields::count;

    /// Lifts bans in every jail; answers how many there were. As [`unban`] otherwise.
    act("unban ID…"; unban_everywhere) fn unban_everywhere(ids: &[BanId]) -> u64 = ["unban"; ids], fields::count;

    /// Lifts every ban in every jail; answers how many there were. The server deletes its whole history of bans.
    act("unban --all") fn unban_all() -> u64 = ["unban", "--all"], fields::count;
}

/// `1` for one id, `[1, 0, …]` for several.
fn flags(value: &Value) -> Result<Vec<bool>, ReplyError> {
    match value {
        Value::Int(_) | Value::Bool(_) => Ok(vec![fields::boolean(value)?]),
        _ => fields::sequence(value)?.iter().map(fields::boolean).collect(),
    }
}
