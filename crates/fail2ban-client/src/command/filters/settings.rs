//! Commands about the numbers and words of a jail: how many failures, in which time, what they cost, how lines are read.

use std::num::NonZeroU32;

use crate::codec::Arg;
use crate::reply::{DatePattern, bantime as read_bantime, date_pattern as read_date_pattern, fields};
use crate::types::{Address, Bantime, JailName, Reported, UseDns};

commands! {
    Filters;

    /// How long a ban lasts.
    read("get JAIL bantime") fn bantime(jail: &JailName) -> Bantime = ["get", jail, "bantime"], read_bantime;

    /// Sets how long a ban lasts. Bans that are in force and have no length of their own get this one too.
    set("set JAIL bantime SECONDS") fn set_bantime(jail: &JailName, bantime: Bantime) -> Bantime
        = ["set", jail, "bantime", bantime], read_bantime;

    /// The seconds within which failures add up.
    read("get JAIL findtime") fn find_time(jail: &JailName) -> i64 = ["get", jail, "findtime"], fields::int;

    /// Sets the seconds within which failures add up.
    set("set JAIL findtime SECONDS") fn set_find_time(jail: &JailName, seconds: u32) -> i64
        = ["set", jail, "findtime", i64::from(seconds)], fields::int;

    /// How many failures lead to a ban.
    read("get JAIL maxretry") fn max_retry(jail: &JailName) -> i64 = ["get", jail, "maxretry"], fields::int;

    /// Sets how many failures lead to a ban.
    set("set JAIL maxretry COUNT") fn set_max_retry(jail: &JailName, failures: NonZeroU32) -> i64
        = ["set", jail, "maxretry", i64::from(failures.get())], fields::int;

    /// How many matching lines are kept per address.
    read("get JAIL maxmatches") fn max_matches(jail: &JailName) -> i64 = ["get", jail, "maxmatches"], fields::int;

    /// Sets how many matching lines are kept per address.
    set("set JAIL maxmatches COUNT") fn set_max_matches(jail: &JailName, lines: u32) -> i64
        = ["set", jail, "maxmatches", i64::from(lines)], fields::int;

    /// How many lines an expression sees at once.
    read("get JAIL maxlines") fn max_lines(jail: &JailName) -> i64 = ["get", jail, "maxlines"], fields::int;

    /// Sets how many lines an expression sees at once. Expressions that span lines need it set before they are added.
    set("set JAIL maxlines COUNT") fn set_max_lines(jail: &JailName, lines: NonZeroU32) -> i64
        = ["set", jail, "maxlines", i64::from(lines.get())], fields::int;

    /// Whether host names are looked up.
    read("get JAIL usedns") fn use_dns(jail: &JailName) -> Reported<UseDns> = ["get", jail, "usedns"], fields::reported;

    /// Sets whether host names are looked up. Holds for expressions that are added afterwards.
    set("set JAIL usedns WORD") fn set_use_dns(jail: &JailName, use_dns: UseDns) -> Reported<UseDns>
        = ["set", jail, "usedns", &use_dns], fields::reported;

    /// How dates are found in lines: the first pattern.
    read("get JAIL datepattern") fn date_pattern(jail: &JailName) -> DatePattern
        = ["get", jail, "datepattern"], read_date_pattern;

    /// Sets the patterns by which dates are found in lines; none of them brings back the built-in detectors.
    set("set JAIL datepattern PATTERNS") fn set_date_patterns(jail: &JailName, patterns: &[&str]) -> DatePattern
        = ["set", jail, "datepattern", patterns.join("\n")], read_date_pattern;

    /// The zone of dates without one.
    read("get JAIL logtimezone") fn log_time_zone(jail: &JailName) -> Option<String>
        = ["get", jail, "logtimezone"], fields::set_string;

    /// Sets the zone of dates without one: `UTC`, `UTC+0200`, or an abbreviation that the server knows. `None` is the
    /// server's own zone.
    set("set JAIL logtimezone ZONE") fn set_log_time_zone(jail: &JailName, zone: Option<&str>) -> Option<String>
        = ["set", jail, "logtimezone", zone.map_or(Arg::None, Arg::from)], fields::set_string;

    /// Counts failures of an address as though they stood in the log: one, or as many as there are matching lines. A
    /// ban that follows comes up to two seconds later. Answers 1; from fail2ban 1.1.1 on 0 where the address is
    /// ignored, for which the server may ask name servers or run `ignorecommand`.
    act("set JAIL attempt ADDRESS LINE…") fn count_failures(jail: &JailName, address: &Address, lines: &[String]) -> u64
        = ["set", jail, "attempt", address; lines], fields::count;
}
