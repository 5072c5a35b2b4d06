//! A jail: its name, its counters, and every setting that fail2ban tells.

use std::fmt;

use thiserror::Error;

use super::{JailLog, LogFile, LogFileState, Problem, ProblemCode, Timestamp};

/// Why a text cannot be the name of a jail.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JailNameError {
    /// No text.
    #[error("a jail name must not be empty")]
    Empty,
    /// Longer than [`JailName::MAX_BYTES`].
    #[error("a jail name has at most 200 bytes, this one has {0}")]
    TooLong(usize),
    /// Control characters, or a name that the server takes for a command word.
    #[error("{0:?} cannot be the name of a jail")]
    Reserved(String),
}

/// The name of a jail as fail2ban knows it. Any printable text up to 200 bytes, because what exists has to be
/// shown; names that begin with two dashes are refused, since fail2ban takes them for options.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JailName(String);

impl JailName {
    /// The longest name, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 200;

    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, JailNameError> {
        if text.is_empty() {
            return Err(JailNameError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(JailNameError::TooLong(text.len()));
        }
        if text.starts_with("--") || text.chars().any(char::is_control) {
            return Err(JailNameError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JailName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A jail's counters. Totals count since fail2ban made the jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailCounters {
    /// The jail.
    pub name: JailName,
    /// Addresses with failures that are not banned; fail2ban cleans this up late.
    pub currently_failed: u64,
    /// Failures seen.
    pub total_failed: u64,
    /// Addresses banned now.
    pub currently_banned: u64,
    /// Bans made, restored ones included.
    pub total_banned: u64,
}

impl JailCounters {
    /// Those of a jail of which nothing was ever counted.
    pub const fn unknown(name: JailName) -> Self {
        Self { name, currently_failed: 0, total_failed: 0, currently_banned: 0, total_banned: 0 }
    }
}

/// When a jail bans and for how long, as fail2ban runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanRule {
    /// The jail.
    pub jail: JailName,
    /// Failures that lead to a ban.
    pub maxretry: i64,
    /// The seconds within which failures add up.
    pub findtime: i64,
    /// The seconds of a ban; -1 is for ever.
    pub bantime: i64,
}

/// A jail with all that fail2ban tells about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailDetail {
    /// Name and counters.
    pub counters: JailCounters,
    /// The log files that it reads.
    pub file_list: Vec<String>,
    /// The journal matches that it reads.
    pub journal_matches: Vec<String>,
    /// Whether it is known what it reads; else both are empty.
    pub log_told: bool,
    /// Its settings.
    pub settings: JailSettings,
    /// What could not be read of it, and is empty here, in words.
    pub unreadable: Vec<String>,
}

impl JailDetail {
    /// What could not be read of it, as a problem that is found `now`.
    pub fn problem(&self, now: Timestamp) -> Option<Problem> {
        let code = ProblemCode::SettingUnreadable;
        (!self.unreadable.is_empty()).then(|| Problem {
            code,
            jail: Some(self.counters.name.clone()),
            detail: self.unreadable.join("; "),
            hint: code.hint().to_owned(),
            since: now,
        })
    }

    /// What it watches, if that is known; whether its files are there is taken from what was last `seen`.
    pub fn log(&self, seen: Option<&JailLog>) -> Option<JailLog> {
        let state = |path: &str| seen.map_or(LogFileState::Unknown, |log| log.state_of(path));
        let file = |path: &String| LogFile { path: path.clone(), state: state(path) };
        self.log_told.then(|| JailLog {
            jail: self.counters.name.clone(),
            files: self.file_list.iter().map(file).collect(),
            journal: self.journal_matches.clone(),
        })
    }
}

/// The running settings of a jail, by fail2ban's own names (`get JAIL …`). Times are seconds. What could not be read is
/// `None`, or empty where it is a list; [`JailDetail::unreadable`] names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JailSettings {
    /// Log files.
    pub logpath: Vec<String>,
    /// Encoding of the log files.
    pub logencoding: Option<String>,
    /// Journal matches, one list of terms per group.
    pub journalmatch: Vec<Vec<String>>,
    /// Whether the host's own addresses are ignored.
    pub ignoreself: Option<bool>,
    /// Addresses, networks and names that are never banned by the filter.
    pub ignoreip: Vec<String>,
    /// A command asked before each ban.
    pub ignorecommand: Option<String>,
    /// How answers of `ignorecommand` are cached, as text.
    pub ignorecache: Option<String>,
    /// The expression that lines are cut by first.
    pub prefregex: String,
    /// Expressions that find failures, as expanded by the server.
    pub failregex: Vec<String>,
    /// Expressions for lines to leave out, as expanded by the server.
    pub ignoreregex: Vec<String>,
    /// `yes`, `warn`, `no` or `raw`.
    pub usedns: Option<String>,
    /// The time within which failures add up.
    pub findtime: Option<i64>,
    /// The length of a ban; -1 is for ever.
    pub bantime: Option<i64>,
    /// The date pattern, where one is set.
    pub datepattern: Option<String>,
    /// The time zone of log lines without one.
    pub logtimezone: Option<String>,
    /// Matched lines kept per ban.
    pub maxmatches: Option<i64>,
    /// Failures that lead to a ban.
    pub maxretry: Option<i64>,
    /// Lines that a multi-line expression sees.
    pub maxlines: Option<i64>,
    /// Longer bans for repeat offenders.
    pub bantime_increment: BantimeIncrement,
    /// Names of the actions.
    pub actions: Vec<String>,
}

/// Settings of increasing ban times (`bantime.*`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BantimeIncrement {
    /// Whether bans grow.
    pub enabled: Option<bool>,
    /// Whether bans in other jails count.
    pub overalljails: Option<bool>,
    /// The factor, as text.
    pub factor: Option<String>,
    /// The formula, as text.
    pub formula: Option<String>,
    /// The multipliers, as text.
    pub multipliers: Option<String>,
    /// The longest ban in seconds.
    pub maxtime: Option<i64>,
    /// The most that is added at random, in seconds.
    pub rndtime: Option<i64>,
}
