//! The names of actions, of their properties and of their methods.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The name of a jail's action, such as `nftables-multiport`. Any printable text of up to 200 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionName(String);

/// A property of an action that may be set by its name, such as `actionban`, `port` or `actionban?family=inet6`. Not
/// `timeout`, which the server evaluates and which has a command of its own; not `bantime`, which the server ignores;
/// and no method, which the server would call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionProperty(String);

/// A method of an action that may be called by its name. Not those that run a text as a command, which have commands
/// of their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionMethod(String);

/// Why a text names no action, or nothing of an action that may be used by its name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActionNameError {
    /// Empty, too long, or with characters that it cannot have.
    #[error("{name:?} cannot be {what}")]
    Form {
        /// The name, cut to a readable length.
        name: String,
        /// What it should have been.
        what: &'static str,
    },
    /// It means something else to the server.
    #[error("{name:?} cannot be used as {what}: {instead}")]
    Reserved {
        /// The name.
        name: String,
        /// What it should have been.
        what: &'static str,
        /// Why, and what to use.
        instead: &'static str,
    },
}

/// The methods of fail2ban's command actions.
const METHODS: [&str; 15] = [
    "ban",
    "clearAllParams",
    "consistencyCheck",
    "escapeTag",
    "executeCmd",
    "flush",
    "invalidateBanEpoch",
    "prolong",
    "reban",
    "reload",
    "replaceDynamicTags",
    "replaceTag",
    "start",
    "stop",
    "unban",
];

/// What is no plain property: the server evaluates it, drops it, or needs it for itself.
fn special(name: &str) -> Option<&'static str> {
    match name {
        "timeout" => Some("fail2ban evaluates it; use the command for the time-out of an action"),
        "bantime" => Some("fail2ban ignores it; set the bantime of the jail"),
        "banEpoch" | "ESCAPE_CRE" | "ESCAPE_VN_CRE" => Some("it is fail2ban's own"),
        _ => None,
    }
}

fn form(name: &str, what: &'static str) -> ActionNameError {
    ActionNameError::Form { name: name.chars().take(80).collect(), what }
}

impl ActionName {
    /// Checks a name.
    ///
    /// # Errors
    /// Empty, longer than 200 bytes, or with control characters.
    pub fn new(name: impl Into<String>) -> Result<Self, ActionNameError> {
        let name = name.into();
        if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
            return Err(form(&name, "the name of an action"));
        }
        Ok(Self(name))
    }
}

impl ActionProperty {
    /// Checks a name: a letter, then letters, digits and `_.-/`, and perhaps `?family=inet4` or `?family=inet6`.
    ///
    /// # Errors
    /// It has another form, or means something else to the server.
    pub fn new(name: impl Into<String>) -> Result<Self, ActionNameError> {
        const WHAT: &str = "a property of an action";
        let name = name.into();
        let plain = ["?family=inet4", "?family=inet6"].iter().find_map(|family| name.strip_suffix(family));
        let plain = plain.unwrap_or(&name);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
        if name.len() > 200
            || !plain.starts_with(|c: char| c.is_ascii_alphabetic())
            || !plain.chars().all(allowed)
        {
            return Err(form(&name, WHAT));
        }
        let method = METHODS.contains(&plain).then_some("it is a method, which fail2ban would call");
        match special(plain).or(method) {
            Some(instead) => Err(ActionNameError::Reserved { name, what: WHAT, instead }),
            None => Ok(Self(name)),
        }
    }
}

impl ActionMethod {
    /// Checks a name: a letter, then letters, digits and underscores.
    ///
    /// # Errors
    /// It has another form, or means something else to the server.
    pub fn new(name: impl Into<String>) -> Result<Self, ActionNameError> {
        const WHAT: &str = "a method of an action";
        let name = name.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.len() > 200
            || !name.starts_with(|c: char| c.is_ascii_alphabetic())
            || !name.chars().all(allowed)
        {
            return Err(form(&name, WHAT));
        }
        let command = match name.as_str() {
            "ban" | "reban" | "unban" | "prolong" | "executeCmd" => Some("it has a command of its own"),
            other => special(other),
        };
        match command {
            Some(instead) => Err(ActionNameError::Reserved { name, what: WHAT, instead }),
            None => Ok(Self(name)),
        }
    }
}

macro_rules! names {
    ($($type:ty),*) => {$(
        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = ActionNameError;

            fn from_str(text: &str) -> Result<Self, ActionNameError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

names!(ActionName, ActionProperty, ActionMethod);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_evaluates_or_calls_is_no_property() {
        for name in ["actionban", "port", "known/actionban", "name?family=inet6", "blocktype", "x-y.z"] {
            assert_eq!(ActionProperty::new(name).unwrap().as_str(), name);
        }
        for name in [
            "timeout",
            "bantime",
            "timeout?family=inet4",
            "executeCmd",
            "start",
            "clearAllParams",
            "banEpoch",
        ] {
            assert!(matches!(ActionProperty::new(name), Err(ActionNameError::Reserved { .. })), "{name}");
        }
        for name in ["", "_jail", "__class__", "--all", "a b", "a\n", "é", "a?family=x", "?family=inet6"] {
            assert!(matches!(ActionProperty::new(name), Err(ActionNameError::Form { .. })), "{name:?}");
        }
    }

    #[test]
    fn what_the_server_evaluates_or_runs_is_no_method() {
        assert_eq!(ActionMethod::new("reload").unwrap().as_str(), "reload");
        for name in ["timeout", "bantime", "executeCmd", "ban", "unban"] {
            assert!(matches!(ActionMethod::new(name), Err(ActionNameError::Reserved { .. })), "{name}");
        }
        for name in ["", "_start", "__class__", "a-b", "a.b"] {
            assert!(matches!(ActionMethod::new(name), Err(ActionNameError::Form { .. })), "{name:?}");
        }
    }
}
