//! Replies to `status` and `stats`: which jails there are, and their counters.

use super::fields::{self, ReplyError, labelled, wrong};
use crate::codec::{Text, Value};
use crate::types::JailName;

/// A jail's counters. Totals count since the jail was made, restored bans included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JailCounters {
    /// Addresses with failures that are not banned. The server forgets old ones late.
    pub currently_failed: u64,
    /// Failures seen.
    pub total_failed: u64,
    /// Bans in force.
    pub currently_banned: u64,
    /// Bans made.
    pub total_banned: u64,
}

/// The answer to `status JAIL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailStatus {
    /// The counters.
    pub counters: JailCounters,
    /// The log files that the jail reads; empty for the systemd backend.
    pub files: Vec<Text>,
    /// The journal matches that it reads; empty for file backends.
    pub journal_matches: Vec<Text>,
    /// What is banned, oldest ban first; `None` in the short form.
    pub banned: Option<Vec<Text>>,
}

impl JailStatus {
    pub(crate) fn without_bans(self) -> Self {
        Self { banned: None, ..self }
    }
}

/// One jail in the answer to `stats`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailStats {
    /// The jail.
    pub jail: JailName,
    /// What watches its logs (`polling`, `systemd`), and the counters; the reason where the entry of this jail cannot be
    /// read.
    pub told: Result<(String, JailCounters), ReplyError>,
}

/// The names in `status`, where they can be told apart: a name may contain the separator. `None` where they cannot.
pub(crate) fn jail_list(value: &Value) -> Result<Option<Vec<Text>>, ReplyError> {
    let expected = || wrong("the number and the list of jails", value);
    let number = fields::count(labelled(value, "Number of jail").ok_or_else(expected)?)?;
    let joined = fields::text(labelled(value, "Jail list").ok_or_else(expected)?)?;
    if number == 0 {
        return Ok(Some(Vec::new()));
    }
    let names = split(joined.as_wtf8());
    Ok((u64::try_from(names.len()) == Ok(number))
        .then(|| names.into_iter().filter_map(Text::from_wtf8).collect()))
}

/// Cuts at each `, `.
fn split(bytes: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut rest = bytes;
    while let Some(place) = rest.windows(2).position(|window| window == b", ") {
        let (name, tail) = rest.split_at(place);
        names.push(name);
        rest = tail.get(2..).unwrap_or_default();
    }
    names.push(rest);
    names
}

pub(crate) fn jail_status(value: &Value) -> Result<JailStatus, ReplyError> {
    let part = |name| labelled(value, name).ok_or_else(|| wrong("the parts Filter and Actions", value));
    let (filter, actions) = (part("Filter")?, part("Actions")?);
    let number = |group: &Value, name| {
        labelled(group, name).ok_or_else(|| wrong("the counters of a jail", group)).and_then(fields::count)
    };
    let list = |group: &Value, name| labelled(group, name).map(fields::texts).transpose();
    Ok(JailStatus {
        counters: JailCounters {
            currently_failed: number(filter, "Currently failed")?,
            total_failed: number(filter, "Total failed")?,
            currently_banned: number(actions, "Currently banned")?,
            total_banned: number(actions, "Total banned")?,
        },
        files: list(filter, "File list")?.unwrap_or_default(),
        journal_matches: list(filter, "Journal matches")?.unwrap_or_default(),
        banned: labelled(actions, "Banned IP list").map(fields::ids).transpose()?,
    })
}

/// `{jail: [backend, (failed, total), (banned, total)]}`. A name that no command can address is left out, and logged. A jail
/// whose entry cannot be read has the reason in its place.
pub(crate) fn jail_stats(value: &Value) -> Result<Vec<JailStats>, ReplyError> {
    let entries = value.as_dict().ok_or_else(|| wrong("the counters by jail", value))?;
    let mut stats = Vec::with_capacity(entries.len());
    for (name, counters) in entries {
        let Some(jail) = addressable(&fields::text(name)?) else { continue };
        stats.push(JailStats { jail, told: backend_and_counters(counters) });
    }
    Ok(stats)
}

/// `[backend, (failed, total), (banned, total)]`
pub(crate) fn backend_and_counters(value: &Value) -> Result<(String, JailCounters), ReplyError> {
    let Some([backend, failed, banned]) = value.as_sequence() else {
        return Err(wrong("backend, failures and bans", value));
    };
    let ((currently_failed, total_failed), (currently_banned, total_banned)) =
        (fields::pair(failed)?, fields::pair(banned)?);
    let counters = JailCounters {
        currently_failed: fields::count(currently_failed)?,
        total_failed: fields::count(total_failed)?,
        currently_banned: fields::count(currently_banned)?,
        total_banned: fields::count(total_banned)?,
    };
    Ok((fields::string(backend)?, counters))
}

/// The third element of `[number, list, {jail: status}]`. A name that no command can address is left out, and so is a jail
/// whose status cannot be read; both are logged.
pub(crate) fn all_status(value: &Value) -> Result<Vec<(JailName, JailStatus)>, ReplyError> {
    let by_jail = value.as_sequence().and_then(|parts| parts.get(2)).and_then(Value::as_dict);
    let mut all = Vec::new();
    for (name, status) in by_jail.ok_or_else(|| wrong("the status of all jails", value))? {
        let Some(jail) = addressable(&fields::text(name)?) else { continue };
        match jail_status(status) {
            Ok(status) => all.push((jail, status)),
            Err(error) => tracing::warn!(%jail, %error, "the status of a jail cannot be read"),
        }
    }
    Ok(all)
}

/// The jail of that name, unless no command can name it.
pub(crate) fn addressable(name: &Text) -> Option<JailName> {
    JailName::try_from(name)
        .inspect_err(|error| tracing::warn!(%error, "fail2ban has a jail that no command can address"))
        .ok()
}
