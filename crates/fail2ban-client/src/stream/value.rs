//! The values of settings, each made harmless: where the server would evaluate a text, it becomes a number or is
//! refused.

use std::fmt::Display;
use std::str::FromStr;

use super::error::StreamFault;
use super::span;
use crate::codec::Arg;
use crate::types::{BantimeFactor, BantimeFormula, BantimeMultipliers, IgnoreCache, UseDns};

/// Reads the value of a setting.
pub(super) type Check = fn(&Arg) -> Result<Arg, StreamFault>;

const fn expected<T>(expected: &'static str) -> Result<T, StreamFault> {
    Err(StreamFault::Value { expected })
}

pub(super) fn text(arg: &Arg) -> Result<Arg, StreamFault> {
    match arg {
        Arg::Str(_) => Ok(arg.clone()),
        _ => expected("a text"),
    }
}

/// A number, or a text that holds one.
pub(super) fn integer(arg: &Arg) -> Result<Arg, StreamFault> {
    let number = match arg {
        Arg::Int(number) => Some(*number),
        Arg::Str(text) => text.as_str().and_then(|text| text.trim().parse().ok()),
        _ => None,
    };
    number.map_or(expected("a whole number"), |number: i64| Ok(Arg::Int(number)))
}

/// A span of time, in seconds or as fail2ban's configuration writes it: `600`, `10m`.
pub(super) fn seconds(arg: &Arg) -> Result<Arg, StreamFault> {
    let number = match arg {
        Arg::Int(number) => Some(*number),
        Arg::Str(text) => text.as_str().and_then(span::seconds),
        _ => None,
    };
    number.map_or(expected("a time: whole seconds, or numbers with units such as 1d 12h"), |number| {
        Ok(Arg::Int(number))
    })
}

/// A number above zero.
pub(super) fn count(arg: &Arg) -> Result<Arg, StreamFault> {
    match integer(arg)? {
        Arg::Int(number) if number > 0 => Ok(Arg::Int(number)),
        _ => expected("a whole number above zero"),
    }
}

/// Seconds, or the empty text, which clears the setting.
pub(super) fn seconds_or_none(arg: &Arg) -> Result<Arg, StreamFault> {
    if is_empty(arg) { Ok(arg.clone()) } else { seconds(arg) }
}

pub(super) fn flag(arg: &Arg) -> Result<Arg, StreamFault> {
    let word = match arg {
        Arg::Bool(_) => return Ok(arg.clone()),
        Arg::Str(text) => text.to_lossy().to_ascii_lowercase(),
        _ => String::new(),
    };
    match word.as_str() {
        "true" | "yes" | "on" | "1" => Ok(Arg::Bool(true)),
        "false" | "no" | "off" | "0" => Ok(Arg::Bool(false)),
        _ => expected("true or false"),
    }
}

pub(super) fn usedns(arg: &Arg) -> Result<Arg, StreamFault> {
    let known = word(arg).and_then(|word| word.to_ascii_lowercase().parse::<UseDns>().ok());
    known.map_or(expected("yes, warn, no or raw; fail2ban takes every other word for no"), |known| {
        Ok(Arg::from(&known))
    })
}

/// A finite number above zero, as a text, which is what the server evaluates; or the empty text, which clears it.
pub(super) fn factor(arg: &Arg) -> Result<Arg, StreamFault> {
    cleared_or::<BantimeFactor>(arg, "a number above zero")
}

/// A formula of this crate, or the empty text, which clears it: whatever else stands there is Python code.
pub(super) fn formula(arg: &Arg) -> Result<Arg, StreamFault> {
    cleared_or::<BantimeFormula>(arg, "empty or a formula of this crate: fail2ban runs it as Python code")
}

/// Whole numbers with blanks between them, or the empty text, which clears them.
pub(super) fn multipliers(arg: &Arg) -> Result<Arg, StreamFault> {
    cleared_or::<BantimeMultipliers>(arg, "whole numbers above zero with blanks between them")
}

fn cleared_or<T: FromStr + Display>(arg: &Arg, what: &'static str) -> Result<Arg, StreamFault> {
    match word(arg) {
        Some(word) if word.is_empty() => Ok(Arg::from("")),
        Some(word) => word.parse::<T>().map_or(expected(what), |known| Ok(Arg::from(known.to_string()))),
        None => expected(what),
    }
}

/// A text, or a number as one.
fn word(arg: &Arg) -> Option<String> {
    match arg {
        Arg::Str(text) => text.as_str().map(str::to_owned),
        Arg::Int(number) => Some(number.to_string()),
        Arg::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `key="<ip>", max-count=100, max-time=300`, written anew, since the server evaluates the time; or the empty text,
/// which clears it.
pub(super) fn ignorecache(arg: &Arg) -> Result<Arg, StreamFault> {
    const FORM: &str = "empty or key=\"…\", max-count=NUMBER, max-time=TIME";
    let Arg::Str(text) = arg else { return expected(FORM) };
    let mut rest = text.as_str().map_or("?", str::trim);
    if rest.is_empty() {
        return Ok(arg.clone());
    }
    let (mut key, mut count, mut time) = (None, 100_u32, 300_u32);
    while !rest.is_empty() {
        let Some((name, value, tail)) = option(rest) else { return expected(FORM) };
        let number = value.trim().parse();
        match (name, number) {
            ("key", _) => key = Some(value),
            ("max-count", Ok(number)) => count = number,
            ("max-time", _) => match span::seconds(value).map(u32::try_from) {
                Some(Ok(seconds)) => time = seconds,
                _ => return expected(FORM),
            },
            _ => return expected(FORM),
        }
        rest = tail;
    }
    let cache = key.and_then(|key| IgnoreCache::new(key, count, time).ok());
    cache.map_or(expected(FORM), |cache| Ok(Arg::from(&cache)))
}

/// One `name=value` in front of a comma or the end, and what follows.
fn option(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let rest = rest.trim_start();
    let (value, tail) = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest.get(1..)?.split_once(quote)?,
        _ => rest.split_at(rest.find(',').unwrap_or(rest.len())),
    };
    let tail = tail.trim_start();
    let tail = if tail.is_empty() { tail } else { tail.strip_prefix(',')?.trim_start() };
    Some((name.trim(), value, tail))
}

fn is_empty(arg: &Arg) -> bool {
    matches!(arg, Arg::Str(text) if text.as_wtf8().is_empty())
}
