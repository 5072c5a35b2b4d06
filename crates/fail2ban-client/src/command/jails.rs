//! Commands that make, start and stop jails, and tell which there are.

use super::{Command, read_raw};
use crate::codec::{Text, Value};
use crate::reply::{JailSettings, fields, jail_list as read_jail_list};
use crate::types::{Backend, JailName};

commands! {
    Jails;

    /// Makes a jail, which does nothing before it is started. A jail of that name is an error.
    change("add JAIL BACKEND") fn add_jail(jail: &JailName, backend: &Backend) -> () = ["add", jail, backend], fields::anything;

    /// Starts a jail, or ends its idling. A started jail stays so.
    set("start JAIL") fn start_jail(jail: &JailName) -> () = ["start", jail], fields::anything;

    /// Stops a jail and forgets it: its bans are lifted in the firewall, and made again when a jail of that name is
    /// added, as long as the database holds them. Takes up to some seconds.
    act("stop JAIL") fn stop_jail(jail: &JailName) -> () = ["stop", jail], fields::anything;

    /// Stops every jail and forgets it, as [`stop_jail`] does with one. The server stays, and bans nobody.
    act("stop --all") fn stop_all_jails() -> () = ["stop", "--all"], fields::anything;

    /// Sets whether a jail rests: it reads no logs then, and neither bans nor lifts bans. Answers whether it does; there
    /// is no other command that tells. [`start_jail`] ends it too.
    set("set JAIL idle on|off") fn set_idle(jail: &JailName, on: bool) -> bool
        = ["set", jail, "idle", if on { "on" } else { "off" }], fields::boolean;

    /// The names of the jails; `None` where the server's text leaves open where one name ends, since names may
    /// contain a comma and a blank. [`stats`](super::stats) and [`banned_by_jail`](super::banned_by_jail) tell them
    /// exactly.
    read("status"; jails) fn jail_list() -> Option<Vec<Text>> = ["status"], read_jail_list;
}

/// The questions for every setting of a jail. [`JailSettings::read`] reads their replies, in this order.
pub fn jail_settings(jail: &JailName) -> Vec<Command<Value>> {
    JailSettings::keys().map(|key| read_raw(args!["get", jail, key])).collect()
}
