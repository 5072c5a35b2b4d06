//! Reads fields of the kinds that occur out of decoded values, and says what was expected where they differ.

use std::str::FromStr;

use thiserror::Error;

use crate::codec::{Text, Value, tuple_repr};
use crate::types::Reported;

/// A reply whose content is not what the command answers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected {expected}, got {got}")]
pub struct ReplyError {
    /// What the command answers.
    pub expected: &'static str,
    /// What came.
    pub got: String,
}

/// A setting whose reply is not what its command answers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the setting {key:?}: {source}")]
#[non_exhaustive]
pub struct SettingError {
    /// The key by which the setting is asked.
    pub key: &'static str,
    /// What was expected and what came.
    pub source: ReplyError,
}

/// A key by which a setting is asked, and the field that its answer fills.
pub(super) type Setting<S> = (&'static str, fn(&mut S, &Value) -> Result<(), ReplyError>);

/// Fills the fields from the answers, in their order; `None` where the server does not have a setting. One that cannot be
/// read stays empty, and is told.
pub(super) fn read_settings<'a, S: Default>(
    table: &[Setting<S>],
    replies: impl IntoIterator<Item = Option<&'a Value>>,
) -> (S, Vec<SettingError>) {
    let (mut settings, mut unreadable) = (S::default(), Vec::new());
    for (&(key, fill), reply) in table.iter().zip(replies) {
        let filled = reply.map_or(Ok(()), |value| fill(&mut settings, value));
        unreadable.extend(filled.err().map(|source| SettingError { key, source }));
    }
    (settings, unreadable)
}

pub(crate) fn wrong(expected: &'static str, got: &Value) -> ReplyError {
    ReplyError { expected, got: got.describe() }
}

/// For commands whose answer says nothing beyond that they were carried out.
#[expect(clippy::unnecessary_wraps, reason = "every reading may fail but this one")]
pub(crate) fn anything(_: &Value) -> Result<(), ReplyError> {
    Ok(())
}

pub(crate) fn text(value: &Value) -> Result<Text, ReplyError> {
    value.as_text().cloned().ok_or_else(|| wrong("a text", value))
}

pub(crate) fn string(value: &Value) -> Result<String, ReplyError> {
    Ok(text(value)?.to_string())
}

/// `None`, `False` and `''` all mean that nothing is set.
pub(crate) fn set_string(value: &Value) -> Result<Option<String>, ReplyError> {
    match value {
        Value::None | Value::Bool(false) => Ok(None),
        Value::Int(number) => Ok(Some(number.to_string())),
        Value::Float(number) => Ok(Some(number.to_string())),
        other => string(other).map(|text| Some(text).filter(|text| !text.is_empty())),
    }
}

/// A value that is `None` or `''` where nothing is set.
pub(crate) fn set<T>(
    value: &Value,
    read: impl Fn(&Value) -> Result<T, ReplyError>,
) -> Result<Option<T>, ReplyError> {
    match value {
        Value::None | Value::Bool(false) => Ok(None),
        Value::Str(text) if text.as_wtf8().is_empty() => Ok(None),
        other => read(other).map(Some),
    }
}

/// A word or a number, which this crate may know.
pub(crate) fn reported<T: FromStr>(value: &Value) -> Result<Reported<T>, ReplyError> {
    let text = match value {
        Value::None => Text::from("None"),
        Value::Bool(on) => Text::from(if *on { "True" } else { "False" }),
        Value::Int(number) => Text::from(number.to_string()),
        Value::Float(number) => Text::from(number.to_string()),
        other => text(other)?,
    };
    Ok(text.into())
}

pub(crate) fn sequence(value: &Value) -> Result<&[Value], ReplyError> {
    value.as_sequence().ok_or_else(|| wrong("a list", value))
}

pub(crate) fn texts(value: &Value) -> Result<Vec<Text>, ReplyError> {
    sequence(value)?.iter().map(text).collect()
}

/// The ids of bans. One of several parts comes as a text from fail2ban 1.0 on, and before that as a tuple, which is
/// spelled as later servers spell it.
///
/// One that cannot be read costs itself alone, and is logged.
pub(crate) fn ids(value: &Value) -> Result<Vec<Text>, ReplyError> {
    let id = |item: &Value| match item {
        Value::Tuple(parts) => {
            tuple_repr(parts).map(Text::from).ok_or_else(|| wrong("the id of a ban", item))
        }
        other => text(other),
    };
    let readable = |read: Result<Text, ReplyError>| {
        read.inspect_err(|error| tracing::warn!(%error, "the id of a ban cannot be read")).ok()
    };
    Ok(sequence(value)?.iter().map(id).filter_map(readable).collect())
}

pub(crate) fn strings(value: &Value) -> Result<Vec<String>, ReplyError> {
    sequence(value)?.iter().map(string).collect()
}

pub(crate) fn count(value: &Value) -> Result<u64, ReplyError> {
    value.as_int().and_then(|number| u64::try_from(number).ok()).ok_or_else(|| wrong("a count", value))
}

/// A number of seconds or of things. A fraction, which some settings take, is cut off.
pub(crate) fn int(value: &Value) -> Result<i64, ReplyError> {
    i64::try_from(wide_int(value)?).map_err(|_| wrong("a whole number of 64 bits", value))
}

/// As [`int`], for what may be longer than 64 bits: Python's integers have no limit.
pub(crate) fn wide_int(value: &Value) -> Result<i128, ReplyError> {
    match value {
        Value::Int(number) => Ok(i128::from(*number)),
        Value::BigInt(_) => value
            .to_decimal()
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| wrong("a whole number of 128 bits", value)),
        Value::Float(number) => {
            format!("{:.0}", number.trunc()).parse().map_err(|_| wrong("a whole number", value))
        }
        Value::Str(text) => text
            .as_str()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| wrong("a whole number", value)),
        _ => Err(wrong("a whole number", value)),
    }
}

pub(crate) fn set_int(value: &Value) -> Result<Option<i64>, ReplyError> {
    if *value == Value::None { Ok(None) } else { int(value).map(Some) }
}

/// A bool, or one of the texts that fail2ban takes for one.
pub(crate) fn boolean(value: &Value) -> Result<bool, ReplyError> {
    match value {
        Value::Bool(on) => Ok(*on),
        Value::Int(number) => Ok(*number != 0),
        Value::Str(text) => match text.to_lossy().to_ascii_lowercase().as_str() {
            "1" | "on" | "true" | "yes" => Ok(true),
            _ => Ok(false),
        },
        _ => Err(wrong("a bool", value)),
    }
}

pub(crate) fn set_boolean(value: &Value) -> Result<Option<bool>, ReplyError> {
    if *value == Value::None { Ok(None) } else { boolean(value).map(Some) }
}

pub(crate) fn pair(value: &Value) -> Result<(&Value, &Value), ReplyError> {
    match value.as_sequence() {
        Some([first, second]) => Ok((first, second)),
        _ => Err(wrong("a pair", value)),
    }
}

/// The value under a label in `[(label, value), …]`.
pub(crate) fn labelled<'a>(value: &'a Value, label: &str) -> Option<&'a Value> {
    value.as_sequence()?.iter().find_map(|entry| match entry.as_sequence() {
        Some([name, found]) if name.as_str() == Some(label) => Some(found),
        _ => None,
    })
}
