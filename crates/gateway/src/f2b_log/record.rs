//! A line taken apart: when it was written, which part of fail2ban wrote it, and its message. Syslog, the journal, containers
//! and `grep` put something before that; what is before it is theirs, and what is behind it is never taken for a header.

use super::header::{is_level, named, nameless, trim};
use super::stamp::Stamp;

/// The most words that stand before fail2ban's own: hosts, streams, names of containers, and threads.
const WORDS_BEFORE: usize = 6;

/// Whose line it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whose<'a> {
    /// One of fail2ban's.
    Fail2ban(Record<'a>),
    /// That of another program, by its name in the log.
    Other,
    /// That cannot be told.
    Unknown,
}

/// A line of fail2ban's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// When it was written, where that was told.
    pub(super) stamp: Option<Stamp>,
    /// The part of fail2ban that wrote it; empty where it does not say.
    pub(super) part: &'a str,
    /// What it says.
    pub(super) message: &'a str,
}

impl<'a> Whose<'a> {
    /// Takes a line apart.
    pub(super) fn read(line: &'a str) -> Self {
        let mut stamp = None;
        let mut rest = behind_priority(trim(behind_file(line)));
        for _ in 0..=WORDS_BEFORE {
            while let Some((next, behind)) = Stamp::read(rest) {
                stamp = better(stamp, Some(next));
                rest = trim(behind);
            }
            if let Some((part, message)) = named(rest) {
                // Whoever passes the line on calls it fail2ban's, too.
                let own = if part.is_empty() { own(message) } else { None };
                let record = own.unwrap_or(Record { stamp: None, part, message });
                return Self::Fail2ban(Record { stamp: better(stamp, record.stamp), ..record });
            }
            if stamp.is_some()
                && let Some(message) = nameless(rest)
            {
                return Self::Fail2ban(Record { stamp, part: "", message });
            }
            let Some((word, behind)) = rest.split_once(char::is_whitespace) else { break };
            if word.starts_with('[') && !is_level(word) {
                break;
            }
            if let Some(tag) = word.strip_suffix(':') {
                // A container has a name or a number of its own.
                let own = if is_container(tag) { own(behind) } else { None };
                return own.map_or(Self::Other, |record| {
                    Self::Fail2ban(Record { stamp: better(stamp, record.stamp), ..record })
                });
            }
            rest = trim(behind);
        }
        Self::Unknown
    }
}

/// A line that begins with fail2ban's own header, or with its time and its header.
fn own(text: &str) -> Option<Record<'_>> {
    let text = trim(text);
    let (stamp, rest) = Stamp::read(text).map_or((None, text), |(stamp, rest)| (Some(stamp), trim(rest)));
    if let Some((part, message)) = named(rest) {
        return Some(Record { stamp, part, message });
    }
    let message = nameless(rest).filter(|_| stamp.is_some())?;
    Some(Record { stamp, part: "", message })
}

/// The one of two times that is told more exactly: one with an offset or a zone, else one with a year, else the second, which
/// is fail2ban's own.
fn better(first: Option<Stamp>, second: Option<Stamp>) -> Option<Stamp> {
    match (&first, &second) {
        (Some(Stamp::Exact(_) | Stamp::Wall(_, _, Some(_))), _)
        | (_, None)
        | (Some(Stamp::Wall(..)), Some(Stamp::Yearless(_))) => first,
        _ => second,
    }
}

/// Whether this is the name of a program that is a container with fail2ban in it: what was called so, or its number.
fn is_container(tag: &str) -> bool {
    let name = tag.split_once('[').map_or(tag, |(name, _)| name);
    let is_number = name.len() == 12 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_number || name.to_ascii_lowercase().contains("fail2ban")
}

/// Without the priority of syslog (`<29>`), and without its version.
fn behind_priority(line: &str) -> &str {
    let within = || {
        let (priority, rest) = line.strip_prefix('<')?.split_once('>')?;
        let is_number = priority.len() <= 3 && priority.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| trim(rest.strip_prefix("1 ").unwrap_or(rest)))
    };
    within().unwrap_or(line)
}

/// Without the name of a file or the number of a line, as `grep` puts it directly before a time.
fn behind_file(line: &str) -> &str {
    let within = || {
        let (_, rest) = line.match_indices(':').find_map(|(at, _)| {
            let (name, rest) = (line.get(..at)?, line.get(at.checked_add(1)?..)?);
            let is_time = rest.starts_with("20") && Stamp::read(rest).is_some();
            is_time.then_some((name, rest)).filter(|(name, _)| !name.contains(char::is_whitespace))
        })?;
        Some(rest)
    };
    within().unwrap_or(line)
}
