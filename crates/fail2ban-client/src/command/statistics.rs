//! Commands about counters: of one jail, and of all.

use crate::codec::Value;
use crate::reply::{
    JailCounters, JailStats, JailStatus, ReplyError, all_status, backend_and_counters, jail_stats,
    jail_status as read_status,
};
use crate::types::JailName;

commands! {
    Statistics;

    /// The counters of all jails: the cheapest question about them, answered at once however many bans there are.
    read("stats", since V1_1) fn stats() -> Vec<JailStats> = ["stats"], jail_stats;

    /// Counters, log files and the list of bans of a jail. Costs the server 2 µs a ban.
    ///
    /// The flavour `cymru` of this command is not offered: for it the server asks name servers about each banned
    /// address, up to ten seconds each time, and answers and bans nobody meanwhile.
    read("status JAIL") fn status(jail: &JailName) -> JailStatus = ["status", jail], read_status;

    /// Counters and log files of a jail, without its bans: cheap however many there are.
    read("status JAIL short") fn status_short(jail: &JailName) -> JailStatus = ["status", jail, "short"], short;

    /// The backend of a jail, such as `polling`, and its counters.
    read("status JAIL stats", since V1_1) fn status_stats(jail: &JailName) -> (String, JailCounters)
        = ["status", jail, "stats"], backend_and_counters;

    /// Counters, log files and the list of bans of every jail. Costs the server 2 µs a ban.
    read("status --all", since V1_1; status_all) fn status_all() -> Vec<(JailName, JailStatus)>
        = ["status", "--all"], all_status;

    /// Counters and log files of every jail, without its bans.
    read("status --all short", since V1_1; status_all_short) fn status_all_short() -> Vec<(JailName, JailStatus)>
        = ["status", "--all", "short"], all_short;

    /// The counters of all jails: what [`stats`] answers.
    read("status --all stats", since V1_1) fn status_all_stats() -> Vec<JailStats>
        = ["status", "--all", "stats"], jail_stats;
}

fn short(value: &Value) -> Result<JailStatus, ReplyError> {
    read_status(value).map(JailStatus::without_bans)
}

fn all_short(value: &Value) -> Result<Vec<(JailName, JailStatus)>, ReplyError> {
    let all = all_status(value)?;
    Ok(all.into_iter().map(|(jail, status)| (jail, status.without_bans())).collect())
}
