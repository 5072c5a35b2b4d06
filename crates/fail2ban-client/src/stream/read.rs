//! Reads a command as part of a jail's stream: an allow-list of what configures a jail. Everything else is refused,
//! also what a later fail2ban may bring.

use super::entry::Entry;
use super::error::StreamFault;
use super::value::{self, Check};
use crate::codec::{Arg, Text};
use crate::types::{ActionProperty, Backend, JailName};

/// Settings of one value, and what each takes.
const SETTINGS: [(&str, Check); 20] = [
    ("usedns", value::usedns),
    ("prefregex", value::text),
    ("maxlines", value::count),
    ("datepattern", value::text),
    ("logtimezone", value::text),
    ("logencoding", value::text),
    ("maxretry", value::integer),
    ("maxmatches", value::integer),
    ("findtime", value::seconds),
    ("bantime", value::seconds),
    ("bantime.increment", value::flag),
    ("bantime.overalljails", value::flag),
    ("bantime.factor", value::factor),
    ("bantime.formula", value::formula),
    ("bantime.multipliers", value::multipliers),
    ("bantime.maxtime", value::seconds_or_none),
    ("bantime.rndtime", value::seconds_or_none),
    ("ignorecommand", value::text),
    ("ignoreself", value::flag),
    ("ignorecache", value::ignorecache),
];

/// What fail2ban's class of command actions has of its own, besides methods.
const NOT_PROPERTIES: [&str; 3] = ["ESCAPE_CRE", "ESCAPE_VN_CRE", "banEpoch"];

/// Whether a stream may set a property of this name: no method, and nothing of fail2ban's own. `timeout` is a number
/// here, and `bantime` is ignored by the server.
pub(crate) fn is_property(name: &str) -> bool {
    matches!(name, "timeout" | "bantime")
        || !NOT_PROPERTIES.contains(&name) && ActionProperty::new(name).is_ok()
}

/// Reads `add JAIL [BACKEND]`.
pub(super) fn added(args: &[Arg]) -> Result<(JailName, Backend), StreamFault> {
    let words: Option<Vec<&str>> = args.iter().map(str_of).collect();
    match words.unwrap_or_default().as_slice() {
        ["add", jail] => Ok((JailName::new(*jail)?, Backend::Auto)),
        ["add", jail, backend] => Ok((JailName::new(*jail)?, backend.parse()?)),
        ["config-error", text, ..] => Err(StreamFault::Configuration { text: (*text).to_owned() }),
        _ => Err(StreamFault::NoAdd),
    }
}

/// Whether this is `start` of the jail.
pub(super) fn starts(jail: &JailName, args: &[Arg]) -> bool {
    matches!(args, [verb, name] if str_of(verb) == Some("start") && str_of(name) == Some(jail.as_str()))
}

/// Reads what stands between `add` and `start`.
pub(super) fn entry(jail: &JailName, args: &[Arg]) -> Result<Entry, StreamFault> {
    let [verb, name, key, rest @ ..] = args else { return Err(StreamFault::NotConfiguration) };
    let (Some(verb @ ("set" | "multi-set")), Some(name), Some(key)) =
        (str_of(verb), str_of(name), str_of(key))
    else {
        return Err(StreamFault::NotConfiguration);
    };
    let many = verb == "multi-set";
    // A setting of the server has its value where a jail has its key; those words are no names of jails.
    if name != jail.as_str() {
        return match JailName::new(name) {
            Ok(_) => Err(StreamFault::OtherJail { jail: name.to_owned() }),
            Err(_) => Err(StreamFault::NotConfiguration),
        };
    }
    match (key, rest) {
        ("addfailregex", _) => expressions("addfailregex", many, rest),
        ("addignoreregex", _) => expressions("addignoreregex", many, rest),
        ("action", [action, rest @ ..]) => properties(text_of(action)?, many, rest),
        _ if many => Err(StreamFault::NotConfiguration),
        ("addignoreip", _) => {
            let values = rest.iter().map(value::text).collect::<Result<_, _>>()?;
            Ok(Entry::Setting { key: "addignoreip", values })
        }
        ("addlogpath", [path]) => Ok(Entry::LogPath { path: text_of(path)?, from: None }),
        ("addlogpath", [path, from]) => {
            let from = match str_of(from).map(str::to_ascii_lowercase).as_deref() {
                Some("head") => "head",
                Some("tail") => "tail",
                _ => return Err(StreamFault::Value { expected: "a path, and head or tail" }),
            };
            Ok(Entry::LogPath { path: text_of(path)?, from: Some(from) })
        }
        ("addjournalmatch", [_, ..]) => {
            Ok(Entry::JournalMatch { terms: rest.iter().map(text_of).collect::<Result<_, _>>()? })
        }
        ("addaction", [name]) => Ok(Entry::Action { name: text_of(name)?, python: None }),
        ("addaction", [name, file, json]) => {
            Ok(Entry::Action { name: text_of(name)?, python: Some((text_of(file)?, text_of(json)?)) })
        }
        (_, [one]) => {
            let found = SETTINGS.iter().find(|(setting, _)| *setting == key);
            let (key, check) = found.ok_or(StreamFault::NotConfiguration)?;
            Ok(Entry::Setting { key, values: vec![check(one)?] })
        }
        _ => Err(StreamFault::NotConfiguration),
    }
}

fn expressions(key: &'static str, many: bool, rest: &[Arg]) -> Result<Entry, StreamFault> {
    match (many, rest) {
        (false, [one]) => Ok(Entry::Expressions { key, expressions: vec![text_of(one)?], many }),
        (true, [Arg::List(list)]) => {
            let expressions = list.iter().map(text_of).collect::<Result<_, _>>()?;
            Ok(Entry::Expressions { key, expressions, many })
        }
        _ => Err(StreamFault::NotConfiguration),
    }
}

fn properties(action: Text, many: bool, rest: &[Arg]) -> Result<Entry, StreamFault> {
    let properties = match (many, rest) {
        (false, [name, value]) => vec![property(name, value)?],
        (true, [Arg::List(list)]) => {
            let pair = |item: &Arg| match item {
                Arg::List(pair) => match pair.as_slice() {
                    [name, value] => property(name, value),
                    _ => Err(StreamFault::NotConfiguration),
                },
                _ => Err(StreamFault::NotConfiguration),
            };
            list.iter().map(pair).collect::<Result<_, _>>()?
        }
        _ => return Err(StreamFault::NotConfiguration),
    };
    Ok(Entry::Properties { action, properties })
}

fn property(name: &Arg, given: &Arg) -> Result<(Text, Arg), StreamFault> {
    let name = text_of(name)?;
    if !name.as_str().is_some_and(is_property) {
        return Err(StreamFault::NotAProperty { property: name.to_string() });
    }
    let given = match given {
        _ if name == "timeout" => value::seconds(given)?,
        Arg::Str(_) | Arg::Int(_) | Arg::Bool(_) | Arg::Float(_) => given.clone(),
        Arg::None | Arg::List(_) | Arg::Dict(_) => {
            return Err(StreamFault::Value { expected: "a text or a number" });
        }
    };
    Ok((name, given))
}

fn str_of(arg: &Arg) -> Option<&str> {
    match arg {
        Arg::Str(text) => text.as_str(),
        _ => None,
    }
}

fn text_of(arg: &Arg) -> Result<Text, StreamFault> {
    match arg {
        Arg::Str(text) => Ok(text.clone()),
        _ => Err(StreamFault::Value { expected: "a text" }),
    }
}
