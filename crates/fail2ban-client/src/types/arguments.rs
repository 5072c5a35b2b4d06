//! Arguments for the methods of actions, which fail2ban takes as JSON: texts, whole numbers, bools, and groups of them.

use std::fmt::{self, Write as _};

use super::Bantime;

/// Named arguments. A name that comes twice has its last value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arguments(Vec<(String, Argument)>);

/// One argument, or one value in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Text(String),
    Number(i64),
    /// Whole, however wide it is.
    Length(Bantime),
    Bool(bool),
    Group(Arguments),
}

impl Arguments {
    /// No arguments.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Argument>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Arguments {
    /// As JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        for (place, (name, Argument(value))) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_char(',')?;
            }
            quoted(name, f)?;
            f.write_char(':')?;
            match value {
                Kind::Text(text) => quoted(text, f)?,
                Kind::Number(number) => write!(f, "{number}")?,
                Kind::Length(Bantime::Permanent) => f.write_str("-1")?,
                Kind::Length(Bantime::Seconds(seconds)) => write!(f, "{seconds}")?,
                Kind::Bool(on) => write!(f, "{on}")?,
                Kind::Group(group) => group.fmt(f)?,
            }
        }
        f.write_char('}')
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            // The angle bracket keeps the protocol's end marker out of every text.
            '<' | '\u{0}'..='\u{1f}' | '\u{7f}' => write!(f, "\\u{:04x}", u32::from(c))?,
            _ => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self(Kind::Text(text.to_owned()))
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self(Kind::Text(text))
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self(Kind::Number(number))
    }
}

impl From<Bantime> for Argument {
    fn from(bantime: Bantime) -> Self {
        Self(Kind::Length(bantime))
    }
}

impl From<bool> for Argument {
    fn from(on: bool) -> Self {
        Self(Kind::Bool(on))
    }
}

impl From<Arguments> for Argument {
    fn from(group: Arguments) -> Self {
        Self(Kind::Group(group))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn groups_and_every_kind() {
        let info = Arguments::new().with("ip", "192.0.2.1").with("failures", 3);
        let all = Arguments::new().with("aInfo", info).with("dry", true).with("n", -1);
        assert_eq!(all.to_string(), r#"{"aInfo":{"ip":"192.0.2.1","failures":3},"dry":true,"n":-1}"#);
        assert_eq!(Arguments::new().to_string(), "{}");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(name in any::<String>(), text in any::<String>(), number: i64) {
            let json = Arguments::new()
                .with("group", Arguments::new().with(name.as_str(), text.as_str()))
                .with("text", text.as_str())
                .with("number", number)
                .to_string();
            let read: Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read, json!({"group": {name: text.clone()}, "text": text, "number": number}));
        }

        #[test]
        fn the_end_marker_never_stands_in_it(before in any::<String>(), after in any::<String>()) {
            let json = Arguments::new().with("x", format!("{before}<F2B_END_COMMAND>{after}")).to_string();
            prop_assert!(!json.contains('<'));
        }
    }
}
