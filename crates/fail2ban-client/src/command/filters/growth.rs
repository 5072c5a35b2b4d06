//! Commands about longer bans for those who come back: the settings `bantime.*`.

use crate::codec::Value;
use crate::reply::{ReplyError, fields};
use crate::types::{BantimeFactor, BantimeFormula, BantimeMultipliers, JailName, Reported, or_clear};

commands! {
    Filters;

    /// Whether bans grow; `None` where that was never set.
    read("get JAIL bantime.increment") fn bantime_increment(jail: &JailName) -> Option<bool>
        = ["get", jail, "bantime.increment"], fields::set_boolean;

    /// Sets whether bans grow. They do so only where the server has a database.
    set("set JAIL bantime.increment BOOL") fn set_bantime_increment(jail: &JailName, on: bool) -> bool
        = ["set", jail, "bantime.increment", on], fields::boolean;

    /// Whether bans in other jails count; `None` where that was never set.
    read("get JAIL bantime.overalljails") fn bantime_over_all_jails(jail: &JailName) -> Option<bool>
        = ["get", jail, "bantime.overalljails"], fields::set_boolean;

    /// Sets whether bans in other jails count, or forgets the setting: they do not count then.
    set("set JAIL bantime.overalljails BOOL")
    fn set_bantime_over_all_jails(jail: &JailName, on: Option<bool>) -> Option<bool>
        = ["set", jail, "bantime.overalljails", or_clear(on)], fields::set_boolean;

    /// The factor by which bans grow; `None` for 1.
    read("get JAIL bantime.factor") fn bantime_factor(jail: &JailName) -> Option<Reported<BantimeFactor>>
        = ["get", jail, "bantime.factor"], setting;

    /// Sets the factor by which bans grow, or brings back 1.
    set("set JAIL bantime.factor NUMBER")
    fn set_bantime_factor(jail: &JailName, factor: Option<BantimeFactor>) -> Option<Reported<BantimeFactor>>
        = ["set", jail, "bantime.factor", or_clear(factor.as_ref())], setting;

    /// The formula by which bans grow; `None` for the server's own, which doubles. Any formula may stand in the server's
    /// files. What the server makes of it (`bantime.evformula`) it cannot send.
    read("get JAIL bantime.formula") fn bantime_formula(jail: &JailName) -> Option<Reported<BantimeFormula>>
        = ["get", jail, "bantime.formula"], setting;

    /// Sets the formula by which bans grow, or brings back the server's own. Multipliers, where there are some, go
    /// before the formula.
    set("set JAIL bantime.formula FORMULA")
    fn set_bantime_formula(jail: &JailName, formula: Option<BantimeFormula>) -> Option<Reported<BantimeFormula>>
        = ["set", jail, "bantime.formula", or_clear(formula.as_ref())], setting;

    /// What the bantime is multiplied with, ban by ban; `None` where a formula says it.
    read("get JAIL bantime.multipliers") fn bantime_multipliers(jail: &JailName) -> Option<Reported<BantimeMultipliers>>
        = ["get", jail, "bantime.multipliers"], setting;

    /// Sets what the bantime is multiplied with, ban by ban, or leaves it to the formula.
    set("set JAIL bantime.multipliers NUMBERS")
    fn set_bantime_multipliers(jail: &JailName, multipliers: Option<&BantimeMultipliers>) -> Option<Reported<BantimeMultipliers>>
        = ["set", jail, "bantime.multipliers", or_clear(multipliers)], setting;

    /// The longest ban in seconds, where bans grow; `None` without a limit.
    read("get JAIL bantime.maxtime") fn bantime_max_time(jail: &JailName) -> Option<i64>
        = ["get", jail, "bantime.maxtime"], fields::set_int;

    /// Sets the longest ban in seconds, where bans grow, or lifts the limit.
    set("set JAIL bantime.maxtime SECONDS") fn set_bantime_max_time(jail: &JailName, seconds: Option<u32>) -> Option<i64>
        = ["set", jail, "bantime.maxtime", or_clear(seconds.map(i64::from))], fields::set_int;

    /// The most seconds that are added to a ban at random; `None` for none.
    read("get JAIL bantime.rndtime") fn bantime_random_time(jail: &JailName) -> Option<i64>
        = ["get", jail, "bantime.rndtime"], fields::set_int;

    /// Sets the most seconds that are added to a ban at random, or adds none.
    set("set JAIL bantime.rndtime SECONDS") fn set_bantime_random_time(jail: &JailName, seconds: Option<u32>) -> Option<i64>
        = ["set", jail, "bantime.rndtime", or_clear(seconds.map(i64::from))], fields::set_int;
}

fn setting<T: std::str::FromStr>(value: &Value) -> Result<Option<Reported<T>>, ReplyError> {
    fields::set(value, fields::reported)
}
