//! One command of a jail's stream, taken apart and known to be harmless. Knows its form on the wire.

use crate::codec::{Arg, Text};
use crate::types::JailName;

/// A command that configures a jail, without the jail's name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    /// `set JAIL KEY VALUE…`: a setting, or `addignoreip`.
    Setting { key: &'static str, values: Vec<Arg> },
    /// `set JAIL KEY EXPRESSION`, or `multi-set JAIL KEY [EXPRESSION…]`; the key is `addfailregex` or `addignoreregex`.
    Expressions { key: &'static str, expressions: Vec<Text>, many: bool },
    /// `set JAIL addlogpath PATH [head|tail]`
    LogPath { path: Text, from: Option<&'static str> },
    /// `set JAIL addjournalmatch TERM…`
    JournalMatch { terms: Vec<Text> },
    /// `set JAIL addaction NAME [FILE JSON]`; a file is a Python action.
    Action { name: Text, python: Option<(Text, Text)> },
    /// `multi-set JAIL action NAME [[PROPERTY, VALUE]…]`
    Properties { action: Text, properties: Vec<(Text, Arg)> },
}

impl Entry {
    /// The command for a jail of this name.
    pub(crate) fn args(&self, jail: &JailName) -> Vec<Arg> {
        let (verb, key) = match self {
            Self::Setting { key, .. } => ("set", *key),
            Self::Expressions { key, many, .. } => (if *many { "multi-set" } else { "set" }, *key),
            Self::LogPath { .. } => ("set", "addlogpath"),
            Self::JournalMatch { .. } => ("set", "addjournalmatch"),
            Self::Action { .. } => ("set", "addaction"),
            Self::Properties { .. } => ("multi-set", "action"),
        };
        let mut args = vec![verb.into(), jail.into(), key.into()];
        match self {
            Self::Setting { values, .. } => args.extend(values.iter().cloned()),
            Self::Expressions { expressions, many: true, .. } => args.push(list(expressions)),
            Self::Expressions { expressions, .. } => args.extend(expressions.iter().cloned().map(Arg::Str)),
            Self::LogPath { path, from } => {
                args.push(Arg::Str(path.clone()));
                args.extend(from.map(Arg::from));
            }
            Self::JournalMatch { terms } => args.extend(terms.iter().cloned().map(Arg::Str)),
            Self::Action { name, python } => {
                args.push(Arg::Str(name.clone()));
                args.extend(python.iter().flat_map(|(file, json)| [file, json]).cloned().map(Arg::Str));
            }
            Self::Properties { action, properties } => {
                let pair =
                    |(name, value): &(Text, Arg)| Arg::List(vec![Arg::Str(name.clone()), value.clone()]);
                args.push(Arg::Str(action.clone()));
                args.push(Arg::List(properties.iter().map(pair).collect()));
            }
        }
        args
    }
}

fn list(texts: &[Text]) -> Arg {
    Arg::List(texts.iter().cloned().map(Arg::Str).collect())
}

/// A command in one line, shortened. Values of action properties and arguments of Python actions are left out: they may
/// hold passwords.
pub(crate) fn shown(args: &[Arg]) -> String {
    let words: Vec<&str> = args
        .iter()
        .take(3)
        .map_while(|arg| if let Arg::Str(text) = arg { text.as_str() } else { None })
        .collect();
    let open = match words.as_slice() {
        ["set", _, "addaction"] => 5,
        ["set" | "multi-set", _, "action"] => 4,
        _ => args.len(),
    };
    let mut line = args.iter().take(open).map(word).collect::<Vec<_>>().join(" ");
    if args.len() > open {
        line.push_str(" …");
    }
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn word(arg: &Arg) -> String {
    match arg {
        Arg::None => "None".to_owned(),
        Arg::Bool(value) => value.to_string(),
        Arg::Int(number) => number.to_string(),
        Arg::Float(number) => number.to_string(),
        Arg::Str(text) => {
            let text = text.to_lossy();
            let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\'';
            if !text.is_empty() && text.chars().all(plain) { text.into_owned() } else { format!("{text:?}") }
        }
        Arg::List(items) => format!("[{}]", items.iter().map(word).collect::<Vec<_>>().join(", ")),
        Arg::Dict(entries) => format!("a dict of {}", entries.len()),
    }
}
