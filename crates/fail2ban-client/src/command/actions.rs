//! Commands about a jail's actions: which there are, their properties, and calling their methods.

use crate::codec::{Arg, Value};
use crate::reply::{ReplyError, fields};
use crate::types::{
    ActionInfo, ActionMethod, ActionName, ActionProperty, Arguments, JailName, PythonFile, RootCommand,
};

commands! {
    Actions;

    /// The names of a jail's actions, in their order.
    read("get JAIL actions") fn actions(jail: &JailName) -> Vec<String> = ["get", jail, "actions"], fields::strings;

    /// Adds an action that runs commands. It has none yet: set its properties, then start it with [`start_action`]. An
    /// action of that name is an error.
    change("set JAIL addaction ACTION") fn add_action(jail: &JailName, action: &ActionName) -> ()
        = ["set", jail, "addaction", action], fields::anything;

    /// Adds an action that is written in Python. The server loads the file and runs it as root; start the action with
    /// [`start_action`]. An action of that name is an error.
    act("set JAIL addaction ACTION FILE JSON")
    fn add_python_action(jail: &JailName, action: &ActionName, file: &PythonFile, arguments: &Arguments) -> ()
        = ["set", jail, "addaction", action, file, arguments], fields::anything;

    /// Forgets an action, and nothing else: what it has banned stays banned in the firewall. [`flush_action`] and
    /// [`stop_action`] go before it.
    change("set JAIL delaction ACTION") fn remove_action(jail: &JailName, action: &ActionName) -> ()
        = ["set", jail, "delaction", action], fields::anything;

    /// The names of an action's properties.
    read("get JAIL actionproperties ACTION") fn action_property_names(jail: &JailName, action: &ActionName) -> Vec<String>
        = ["get", jail, "actionproperties", action], fields::strings;

    /// The names of an action's methods.
    read("get JAIL actionmethods ACTION") fn action_methods(jail: &JailName, action: &ActionName) -> Vec<String>
        = ["get", jail, "actionmethods", action], fields::strings;

    /// A property of an action: a text or a number, as a rule. One that the action does not have is an error.
    read("get JAIL action ACTION PROPERTY")
    fn action_property(jail: &JailName, action: &ActionName, property: &str) -> Value
        = ["get", jail, "action", action, property], any;

    /// Sets a property of an action, such as `actionban`; answers it. One that the action does not have is made. Any
    /// property may become a part of the commands that the server hands to a shell as root, such as `port` does.
    set("set JAIL action ACTION PROPERTY VALUE")
    fn set_action_property(jail: &JailName, action: &ActionName, property: &ActionProperty, value: &RootCommand) -> Value
        = ["set", jail, "action", action, property, value], any;

    /// Sets properties of an action in one command. As [`set_action_property`] otherwise.
    set("multi-set JAIL action ACTION [[PROPERTY, VALUE]…]")
    fn set_action_properties(jail: &JailName, action: &ActionName, properties: &[(ActionProperty, RootCommand)]) -> ()
        = ["multi-set", jail, "action", action, pairs(properties)], fields::anything;

    /// How many seconds a command of an action may take.
    read("get JAIL action ACTION timeout") fn action_timeout(jail: &JailName, action: &ActionName) -> i64
        = ["get", jail, "action", action, "timeout"], fields::int;

    /// Sets how many seconds a command of an action may take.
    set("set JAIL action ACTION timeout SECONDS")
    fn set_action_timeout(jail: &JailName, action: &ActionName, seconds: u32) -> i64
        = ["set", jail, "action", action, "timeout", i64::from(seconds)], fields::int;

    /// Runs what an action does before its first ban. An action that has tags for both families does it with the first
    /// ban of each.
    act("set JAIL action ACTION start") fn start_action(jail: &JailName, action: &ActionName) -> ()
        = ["set", jail, "action", action, "start"], fields::anything;

    /// Runs what an action does at its end. The jail bans without it from then on, as far as the firewall goes.
    act("set JAIL action ACTION stop") fn stop_action(jail: &JailName, action: &ActionName) -> ()
        = ["set", jail, "action", action, "stop"], fields::anything;

    /// Lifts all bans of an action in the firewall, in one go. The jail keeps its list of bans.
    act("set JAIL action ACTION flush") fn flush_action(jail: &JailName, action: &ActionName) -> ()
        = ["set", jail, "action", action, "flush"], fields::anything;

    /// Runs an action's check, and its repair or its start where the check fails. Whether all was well. For actions
    /// that run commands.
    act("set JAIL action ACTION consistencyCheck") fn check_action(jail: &JailName, action: &ActionName) -> bool
        = ["set", jail, "action", action, "consistencyCheck"], fields::boolean;

    /// Has an action ban in the firewall. The jail's list of bans does not know of it, and its end lifts nothing.
    act("set JAIL action ACTION ban JSON") fn ban_by_action(jail: &JailName, action: &ActionName, info: &ActionInfo) -> ()
        = ["set", jail, "action", action, "ban", &info.arguments()], fields::anything;

    /// Has an action ban in the firewall again. As [`ban_by_action`] otherwise.
    act("set JAIL action ACTION reban JSON") fn reban_by_action(jail: &JailName, action: &ActionName, info: &ActionInfo) -> ()
        = ["set", jail, "action", action, "reban", &info.arguments()], fields::anything;

    /// Has an action lift a ban in the firewall. The jail's list of bans keeps it.
    act("set JAIL action ACTION unban JSON") fn unban_by_action(jail: &JailName, action: &ActionName, info: &ActionInfo) -> ()
        = ["set", jail, "action", action, "unban", &info.arguments()], fields::anything;

    /// Has an action make a ban longer in the firewall. For actions that run commands and have `actionprolong`.
    act("set JAIL action ACTION prolong JSON") fn prolong_by_action(jail: &JailName, action: &ActionName, info: &ActionInfo) -> ()
        = ["set", jail, "action", action, "prolong", &info.arguments()], fields::anything;

    /// Has a shell of the server run a command as root, for at most this many seconds. Whether it succeeded. For
    /// actions that run commands.
    act("set JAIL action ACTION executeCmd JSON")
    fn run_by_action(jail: &JailName, action: &ActionName, command: &RootCommand, seconds: u32) -> bool
        = ["set", jail, "action", action, "executeCmd", &shell(command, seconds)], success;

    /// Calls a method of an action; answers what it returns. What becomes of the arguments is the action's affair. A
    /// method that the action does not have becomes a property where there are arguments, which the server does not
    /// tell.
    act("set JAIL action ACTION METHOD JSON"; call_action)
    fn call_action(jail: &JailName, action: &ActionName, method: &ActionMethod, arguments: &Arguments) -> Value
        = ["set", jail, "action", action, method; given(arguments)], any;
}

#[expect(clippy::unnecessary_wraps, reason = "every reading may fail but this one")]
fn any(value: &Value) -> Result<Value, ReplyError> {
    Ok(value.clone())
}

fn success(value: &Value) -> Result<bool, ReplyError> {
    match value {
        Value::Bool(success) => Ok(*success),
        _ => Err(fields::wrong("a bool", value)),
    }
}

fn shell(command: &RootCommand, seconds: u32) -> Arguments {
    Arguments::new().with("realCmd", command.as_str()).with("timeout", i64::from(seconds))
}

/// Without arguments no JSON is sent: a method that is missing is an error then.
fn given(arguments: &Arguments) -> Vec<String> {
    if arguments.is_empty() { Vec::new() } else { vec![arguments.to_string()] }
}

fn pairs(properties: &[(ActionProperty, RootCommand)]) -> Arg {
    let pair =
        |(name, value): &(ActionProperty, RootCommand)| Arg::List(vec![Arg::from(name), Arg::from(value)]);
    Arg::List(properties.iter().map(pair).collect())
}
