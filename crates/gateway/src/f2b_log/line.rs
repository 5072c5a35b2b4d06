//! One line of fail2ban's log. A line is taken for what it says only where all of it is understood: jails, ids and what stands
//! behind them come from configuration files and from attackers.

use bangui_domain::model::{BanId, BanTime, JailName, LogEntry, LogSaid, LogWord, Timestamp};

use super::header;
use super::moment::{Clock, before, end_of};
use crate::zone::Zone;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// It tells something.
    Entry(LogEntry),
    /// It has nothing to do with bans.
    Other,
    /// It looks as if it told of a ban, and is not understood.
    Unclear,
}

/// The verbs of lines that nothing may be lost of.
const TELLING: [&str; 4] = ["] Ban ", "] Unban ", "] Restore Ban ", "] Increase Ban "];

/// Reads a line. `clock` follows the times of its file.
pub(super) fn read(line: &[u8], clock: &mut Clock, zone: &Zone) -> Read {
    let line = String::from_utf8_lossy(line);
    let time = clock.read(&line, zone);
    let said = time.and_then(|(at, rest)| {
        let (part, message) = header::split(rest)?;
        Some((at, message_of(part, message, at, zone)))
    });
    match said {
        Some((at, Said::Entry(said))) => Read::Entry(LogEntry { at, said }),
        Some((_, Said::Unclear)) => Read::Unclear,
        // Without a time or fail2ban's name.
        None if line.contains("fail2ban") && tells(&line) => Read::Unclear,
        Some((_, Said::Other)) | None => Read::Other,
    }
}

fn tells(line: &str) -> bool {
    TELLING.iter().any(|verb| line.contains(verb))
}

enum Said {
    Entry(LogSaid),
    Other,
    Unclear,
}

impl From<Option<LogSaid>> for Said {
    fn from(said: Option<LogSaid>) -> Self {
        said.map_or(Self::Other, Self::Entry)
    }
}

fn message_of(part: &str, message: &str, at: Timestamp, zone: &Zone) -> Said {
    let from = |name: &str| part.is_empty() || part == name;
    if let Some((jail, words)) = message.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        let wanted = match words {
            _ if words.starts_with("Found ") || words.starts_with("Attempt ") => {
                from("filter") || from("observer")
            }
            _ if words.starts_with("Increase Ban ") => from("observer"),
            _ if ["Ban ", "Unban ", "Restore Ban "].iter().any(|verb| words.starts_with(verb)) => {
                from("actions")
            }
            _ => false,
        };
        return if wanted { address(jail, words, at, zone) } else { Said::Other };
    }
    let said = if let Some(seconds) = bantime(message).filter(|_| from("actions")) {
        Some(LogSaid::BanTime(BanTime::from_fail2ban(seconds)))
    } else if (from("jail") || from("server")) && message.starts_with("Jail ") {
        jail(message)
    } else if let Some(name) = message.strip_prefix("Creating new jail ").filter(|_| from("jail")) {
        quoted(name).map(|(name, _)| LogSaid::Configuring(name))
    } else if let Some(name) = message.strip_prefix("Reload jail ").filter(|_| from("server")) {
        quoted(name).map(|(name, _)| LogSaid::Configuring(name))
    } else if from("server") {
        message.split_once(" Fail2ban v").map(|(_, version)| {
            let tells_restored = !["0.8", "0.9"].iter().any(|old| version.starts_with(old));
            LogSaid::Started { tells_restored }
        })
    } else {
        None
    };
    said.into()
}

/// `Jail 'sshd' started`, `reloaded` and `stopped`.
fn jail(message: &str) -> Option<LogSaid> {
    let (name, rest) = quoted(message.strip_prefix("Jail ")?)?;
    match rest.trim() {
        "started" | "reloaded" => Some(LogSaid::Configured),
        "stopped" => Some(LogSaid::Stopped(name)),
        _ => None,
    }
}

/// How long bans last, as it is told when a jail is configured.
fn bantime(message: &str) -> Option<i64> {
    let number = message.strip_prefix("banTime: ").or_else(|| message.strip_prefix("Set banTime = "))?;
    let whole = number.split('.').next()?.trim();
    whole.parse().ok().or_else(|| {
        // Beyond 64 bits it is longer than any ban can last, so that what is read is for ever, as it is for fail2ban.
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(i64::MAX)
    })
}

/// A jail as Python shows a text, and what comes behind it.
fn quoted(text: &str) -> Option<(JailName, &str)> {
    let quote = text.chars().next().filter(|char| matches!(char, '\'' | '"'))?;
    let (name, rest) = text.strip_prefix(quote)?.split_once(quote)?;
    Some((JailName::parse(name).ok()?, rest))
}

/// What happened to an address. Anything but an address or network that fail2ban calls one is not understood.
fn address(jail: &str, words: &str, at: Timestamp, zone: &Zone) -> Said {
    let failure = words.strip_prefix("Found ").or_else(|| words.strip_prefix("Attempt "));
    let read = || {
        let jail = JailName::parse(jail).ok()?;
        let (id, word) = match failure {
            Some(rest) => found(rest, at, zone)?,
            None => banned(words, at, zone)?,
        };
        let id = BanId::from_reported(id);
        id.target()?;
        Some(LogSaid::Address(jail, id, word))
    };
    match read() {
        Some(said) => Said::Entry(said),
        // Filters also look for names, which are no addresses until fail2ban has asked.
        None if failure.is_some() => Said::Other,
        None => Said::Unclear,
    }
}

fn found<'a>(rest: &'a str, at: Timestamp, zone: &Zone) -> Option<(&'a str, LogWord)> {
    let (id, time) = match rest.split_once(" - ") {
        Some((id, time)) => (id, before(time.get(..19)?, at, zone)?),
        None => (rest, Timestamp::from_secs(at.as_secs())),
    };
    Some((id.split(", bad").next()?, LogWord::Found(time)))
}

fn banned<'a>(words: &'a str, at: Timestamp, zone: &Zone) -> Option<(&'a str, LogWord)> {
    if let Some(id) = words.strip_prefix("Ban ") {
        return Some((id, LogWord::Ban));
    }
    if let Some(id) = words.strip_prefix("Unban ") {
        return Some((id, LogWord::Unban));
    }
    if let Some(id) = words.strip_prefix("Restore Ban ") {
        return Some((id, LogWord::Restore));
    }
    let (id, rest) = words.strip_prefix("Increase Ban ")?.split_once(" (")?;
    let (count, rest) = rest.strip_suffix(')')?.split_once(" # ")?;
    let (length, until) = rest.split_once(" -> ")?;
    let until = if length == "permanent" { None } else { end_of(until, at, zone)? };
    Some((id, LogWord::Increase(count.parse().ok()?, until)))
}

#[cfg(test)]
mod tests;
