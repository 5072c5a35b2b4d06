//! Commands about a jail's expressions. The server tells them expanded: `<HOST>` is a long group in its answers, so that
//! an answer is nothing to write back.

use crate::codec::{Arg, Value};
use crate::reply::{ReplyError, fields};
use crate::types::JailName;

commands! {
    Filters;

    /// The expressions that find failures.
    read("get JAIL failregex") fn fail_regexes(jail: &JailName) -> Vec<String>
        = ["get", jail, "failregex"], fields::strings;

    /// Adds an expression that finds failures, behind the others; answers all of them. It must have a group for what is
    /// banned, such as `<HOST>`. What the jail's settings `usedns`, `prefregex` and `maxlines` say at this moment holds
    /// for it.
    change("set JAIL addfailregex REGEX") fn add_fail_regex(jail: &JailName, regex: &str) -> Vec<String>
        = ["set", jail, "addfailregex", regex], fields::strings;

    /// Adds expressions that find failures. The server stops at the first that it refuses; those before it stay.
    change("multi-set JAIL addfailregex [REGEX…]") fn add_fail_regexes(jail: &JailName, regexes: &[String]) -> ()
        = ["multi-set", jail, "addfailregex", list(regexes)], done;

    /// Removes the expression at this place, from 0 on; answers the others. Where there is none at this place, the
    /// server says nothing of it.
    change("set JAIL delfailregex INDEX"; remove_fail_regex) fn remove_fail_regex(jail: &JailName, index: u32) -> Vec<String>
        = ["set", jail, "delfailregex", i64::from(index)], fields::strings;

    /// The expressions for lines to leave out.
    read("get JAIL ignoreregex") fn ignore_regexes(jail: &JailName) -> Vec<String>
        = ["get", jail, "ignoreregex"], fields::strings;

    /// Adds an expression for lines to leave out, behind the others; answers all of them.
    change("set JAIL addignoreregex REGEX") fn add_ignore_regex(jail: &JailName, regex: &str) -> Vec<String>
        = ["set", jail, "addignoreregex", regex], fields::strings;

    /// Adds expressions for lines to leave out. The server stops at the first that it refuses; those before it stay.
    change("multi-set JAIL addignoreregex [REGEX…]") fn add_ignore_regexes(jail: &JailName, regexes: &[String]) -> ()
        = ["multi-set", jail, "addignoreregex", list(regexes)], done;

    /// Removes the expression for lines to leave out at this place, from 0 on; answers the others. Where there is none
    /// at this place, the server says nothing of it.
    change("set JAIL delignoreregex INDEX"; remove_ignore_regex) fn remove_ignore_regex(jail: &JailName, index: u32) -> Vec<String>
        = ["set", jail, "delignoreregex", i64::from(index)], fields::strings;

    /// The expression that cuts lines before the others see them; `None` without one.
    read("get JAIL prefregex") fn prefix_regex(jail: &JailName) -> Option<String>
        = ["get", jail, "prefregex"], fields::set_string;

    /// Sets the expression that cuts lines before the others see them, or removes it. It must have a group
    /// `<F-CONTENT>`; answers it expanded.
    set("set JAIL prefregex REGEX") fn set_prefix_regex(jail: &JailName, regex: Option<&str>) -> Option<String>
        = ["set", jail, "prefregex", regex.unwrap_or_default()], fields::set_string;
}

fn list(regexes: &[String]) -> Arg {
    Arg::List(regexes.iter().map(Arg::from).collect())
}

fn done(value: &Value) -> Result<(), ReplyError> {
    match value {
        Value::Bool(true) => Ok(()),
        _ => Err(fields::wrong("True", value)),
    }
}
