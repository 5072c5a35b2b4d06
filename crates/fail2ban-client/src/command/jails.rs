//! Commands that make, start and stop jails, and ask about one as a whole.

use super::{Command, Effect, Patience};
use crate::codec::Value;
use crate::reply::{JailSettings, JailStatus, ReplyError, fields, jail_status as read_status};
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

    /// Counters, log files and the list of bans of a jail. Costs the server 2 µs a ban.
    read("status JAIL") fn status(jail: &JailName) -> JailStatus = ["status", jail], read_status;

    /// Counters and log files of a jail, without its bans: cheap however many there are.
    read("status JAIL short") fn status_short(jail: &JailName) -> JailStatus = ["status", jail, "short"], short;
}

fn short(value: &Value) -> Result<JailStatus, ReplyError> {
    read_status(value).map(|status| JailStatus { banned: None, ..status })
}

/// The questions for every setting of a jail. [`JailSettings::read`] reads their replies, in this order.
pub fn jail_settings(jail: &JailName) -> Vec<Command<Value>> {
    JailSettings::keys().map(|key| jail_setting(jail, key)).collect()
}

fn jail_setting(jail: &JailName, key: &str) -> Command<Value> {
    Command {
        args: args!["get", jail, key],
        info: None,
        effect: Effect::Read,
        patience: Patience::Ordinary,
        parse: |value| Ok(value.clone()),
    }
}
