//! One line of fail2ban's log. A line is taken for what it says only where all of it is understood: jails, ids and what stands
//! behind them come from configuration files and from attackers.

use bangui_domain::model::{BanId, BanTime, JailName, LogEntry, LogSaid, LogWord, Timestamp};

use super::lines::Line;
use super::moment::{Clock, before, end_of};
use super::record::Whose;
use super::torn;
use super::wrapped::unwrapped;
use crate::zone::Zone;

/// What a line is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// What it tells of jails and bans.
    pub(super) entry: Option<LogEntry>,
    /// Whether it looks as if it told of a ban, or of another one, and that is not understood.
    pub(super) is_unclear: bool,
    /// Whether fail2ban wrote it.
    pub(super) is_fail2bans: bool,
}

/// The verbs of messages that nothing may be lost of.
const TELLING: [&str; 4] = ["Ban", "Unban", "Restore Ban", "Increase Ban"];

/// Reads a line. `clock` follows the times of its file.
pub(super) fn read(line: &Line<'_>, clock: &mut Clock, zone: &Zone) -> Read {
    let text = String::from_utf8_lossy(line.bytes);
    let text = unwrapped(text.trim_start_matches('\u{feff}'));
    // Editors and terminals turn blanks into others.
    let text = text.replace(['\t', '\u{a0}'], " ");
    let (halves, whole) = torn::split(text.trim_end());
    let mut read = whole_line(whole, line.is_cut, clock, zone);
    read.is_unclear |= halves.into_iter().any(tells);
    read
}

/// Reads what is one line. Of one that is cut, the last word may be: an address would be another one.
fn whole_line(line: &str, is_cut: bool, clock: &mut Clock, zone: &Zone) -> Read {
    let record = match Whose::read(line) {
        Whose::Fail2ban(record) => record,
        Whose::Other => return Read::default(),
        Whose::Unknown => return Read { is_unclear: tells(line), ..Read::default() },
    };
    let read = Read { is_fail2bans: true, ..Read::default() };
    let Some(at) = record.stamp.and_then(|stamp| clock.moment(&stamp, zone)) else {
        return Read { is_unclear: tells(record.message), ..read };
    };
    match message_of(record.part, record.message, at, zone) {
        Said::Entry(said) if is_cut && !said_to_its_end(record.message, &said) => {
            Read { is_unclear: tells(record.message), ..read }
        }
        Said::Entry(said) => Read { entry: Some(LogEntry { at, said }), ..read },
        Said::Unclear => Read { is_unclear: true, ..read },
        // Another line may have been written behind this one.
        Said::Other => Read { is_unclear: torn::is_joined(record.message) && tells(record.message), ..read },
    }
}

/// Whether nothing can be missing at the end of this message.
fn said_to_its_end(message: &str, said: &LogSaid) -> bool {
    match said {
        LogSaid::Address(_, _, LogWord::Found(_)) => message.contains(" - "),
        LogSaid::Address(_, _, LogWord::Increase(..))
        | LogSaid::Configuring(_)
        | LogSaid::Configured
        | LogSaid::Stopped(_) => true,
        LogSaid::Address(..) | LogSaid::BanTime(_) | LogSaid::Started { .. } => false,
    }
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
        let begins = |verbs: &[&str]| verbs.iter().any(|verb| words.starts_with(verb));
        let (is_found, is_longer) = (begins(&["Found ", "Attempt "]), begins(&["Increase Ban "]));
        let is_ban = begins(&["Ban ", "Unban ", "Restore Ban "]);
        return if (is_found && (from("filter") || from("observer")))
            || (is_longer && from("observer"))
            || (is_ban && from("actions"))
        {
            address(jail, words, at, zone)
        } else if is_longer || is_ban {
            Said::Unclear
        } else {
            Said::Other
        };
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

/// Whether a line looks as if it told of a ban.
pub(super) fn tells(line: &str) -> bool {
    line.split("] ").skip(1).any(|rest| {
        let mut words = rest.split_whitespace();
        let verb = words.next().unwrap_or_default();
        let of_two = words.next().map(|second| format!("{verb} {second}"));
        TELLING.contains(&verb) || of_two.is_some_and(|verbs| TELLING.contains(&verbs.as_str()))
    })
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
