//! Commands about what a jail never bans. The list is for the filter: a ban by command is made all the same.

use crate::reply::{cache, fields, ignored};
use crate::types::{IgnoreCache, IgnoreEntry, JailName, Reported, RootCommand, or_clear};

commands! {
    Filters;

    /// The addresses, networks, names and files whose failures are ignored. The order of single addresses varies from
    /// call to call.
    read("get JAIL ignoreip") fn ignore_list(jail: &JailName) -> Vec<Reported<IgnoreEntry>>
        = ["get", jail, "ignoreip"], ignored;

    /// Ignores failures of these; answers the whole list. What is listed already stays once. A server before 1.1.1
    /// takes a file for nonsense, which it keeps.
    set("set JAIL addignoreip ENTRY…"; add_ignored)
    fn add_ignored(jail: &JailName, entries: &[IgnoreEntry]) -> Vec<Reported<IgnoreEntry>>
        = ["set", jail, "addignoreip"; entries], ignored;

    /// Takes one off the list; answers the rest. One that is not in it is an error.
    change("set JAIL delignoreip ENTRY"; remove_ignored)
    fn remove_ignored(jail: &JailName, entry: &IgnoreEntry) -> Vec<Reported<IgnoreEntry>>
        = ["set", jail, "delignoreip", entry], ignored;

    /// Whether the host's own addresses are ignored.
    read("get JAIL ignoreself") fn ignore_self(jail: &JailName) -> bool = ["get", jail, "ignoreself"], fields::boolean;

    /// Sets whether the host's own addresses are ignored.
    set("set JAIL ignoreself BOOL") fn set_ignore_self(jail: &JailName, on: bool) -> bool
        = ["set", jail, "ignoreself", on], fields::boolean;

    /// The command that is asked before each ban; `None` without one.
    read("get JAIL ignorecommand") fn ignore_command(jail: &JailName) -> Option<String>
        = ["get", jail, "ignorecommand"], fields::set_string;

    /// Sets the command that is asked before each ban, or removes it. The server runs it as root for each candidate;
    /// tags such as `<ip>` in it are replaced.
    set("set JAIL ignorecommand COMMAND")
    fn set_ignore_command(jail: &JailName, command: Option<&RootCommand>) -> Option<String>
        = ["set", jail, "ignorecommand", or_clear(command)], fields::set_string;

    /// How answers of `ignorecommand` are kept; `None` where they are not.
    read("get JAIL ignorecache") fn ignore_cache(jail: &JailName) -> Option<IgnoreCache>
        = ["get", jail, "ignorecache"], cache;

    /// Sets how answers of `ignorecommand` are kept, or that they are not.
    set("set JAIL ignorecache OPTIONS")
    fn set_ignore_cache(jail: &JailName, options: Option<&IgnoreCache>) -> Option<IgnoreCache>
        = ["set", jail, "ignorecache", or_clear(options)], cache;
}
