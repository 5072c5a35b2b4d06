//! What fail2ban's own log tells: its lines one by one, and the bans that they make together. Knows neither how a line is
//! written nor where a ban is kept.

use super::{BanId, BanKey, BanTime, JailName, Origin, Place, Timestamp};

/// A line of the log that has to do with bans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it was written: when fail2ban acted, to the millisecond.
    pub at: Timestamp,
    /// What it says.
    pub said: LogSaid,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogSaid {
    /// Something happened to an address in a jail.
    Address(JailName, BanId, LogWord),
    /// The settings of this jail come next.
    Configuring(JailName),
    /// The settings of a jail have come.
    Configured,
    /// How long bans last from now on, in the jail whose settings come, or in one that is not named.
    BanTime(BanTime),
    /// A jail was stopped, after all its bans were lifted.
    Stopped(JailName),
    /// A fail2ban came up.
    Started {
        /// Whether it calls bans restored that it restores. Before 0.10 it did not.
        tells_restored: bool,
    },
}

/// What happened to an address in a jail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogWord {
    /// A filter found a failure, of this second.
    Found(Timestamp),
    /// It was banned.
    Ban,
    /// It is banned as it was before a restart.
    Restore,
    /// Its ban is longer than others: the how manieth it is, and when it ends; `None` is never.
    Increase(u32, Option<Timestamp>),
    /// Its ban was lifted, or its time was over.
    Unban,
}

/// What the log tells in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logged {
    /// A ban.
    Ban(LoggedBan),
    /// The end of a ban whose beginning was not read.
    End(LoggedEnd),
}

/// A ban that the log tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedBan {
    /// What was banned, where, and since when: the last failure where it was read, else the second of `acted_at`.
    pub key: BanKey,
    /// When fail2ban banned it.
    pub acted_at: Timestamp,
    /// How it came about.
    pub origin: Origin,
    /// Which ban of this address it was, where that was told.
    pub ban_count: Option<u32>,
    /// How long it was to last, and how it ended.
    pub course: Course,
    /// Where the address is; `None` if nobody looked.
    pub place: Option<Place>,
}

/// The end of a ban whose beginning was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEnd {
    /// The jail.
    pub jail: JailName,
    /// What was banned.
    pub id: BanId,
    /// When it was lifted, and what else is known.
    pub course: Course,
}

/// What the log tells of how long a ban lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// How long it was to last.
    pub bantime: Option<BanTime>,
    /// When fail2ban lifted it for good.
    pub lifted_at: Option<Timestamp>,
    /// Whether that was because its jail was stopped.
    pub stopped: bool,
    /// When its jail came up again after that.
    pub back_at: Option<Timestamp>,
    /// Up to when the log would have told of its end.
    pub read_to: Timestamp,
}

/// What is lifted up to so many milliseconds before its time was over counts as over: beginnings are cut to the second.
const EARLY_MILLIS: i64 = 2_000;
/// fail2ban lifts what is over up to so many milliseconds late, unless there is very much of it.
const LATE_MILLIS: i64 = 60_000;

impl Course {
    /// How long the ban that began at `banned_at` was to last, and its end, as far as that can be said. `known` is its length
    /// where another source has told it. Without any length, what was not lifted by a stop counts as over, and as having
    /// lasted as it was to. What a stop lifted, and could not be restored because its time was over by then, ended in time.
    pub fn end(
        &self,
        banned_at: Timestamp,
        known: Option<BanTime>,
    ) -> (Option<BanTime>, Option<(Timestamp, Origin)>) {
        let length = known.or(self.bantime);
        let due = length.and_then(|length| length.end(banned_at));
        // Where a clock was set back in between, only the length says when it ended.
        let lifted = self.lifted_at.map(|at| if at < banned_at { due.unwrap_or(banned_at) } else { at });
        match (lifted, length, due) {
            (Some(lifted), Some(_), Some(due)) => {
                let is_early = lifted.millis_since(due) < -EARLY_MILLIS;
                let is_over = self.stopped && self.back_at.is_some_and(|back| due <= back);
                let end =
                    if is_early && !is_over { (lifted, Origin::Manual) } else { (due, Origin::Expired) };
                (length, Some(end))
            }
            (Some(lifted), Some(_), None) => (length, Some((lifted, Origin::Manual))),
            (Some(lifted), None, _) => {
                let origin = if self.stopped { Origin::Manual } else { Origin::Expired };
                let secs = lifted.as_secs().saturating_sub(banned_at.as_secs()).max(0);
                (Some(BanTime::from_fail2ban(secs)), Some((lifted, origin)))
            }
            (None, _, due) => {
                let due = due.filter(|due| *due <= self.read_to);
                (length, due.map(|due| (due, Origin::Expired)))
            }
        }
    }

    /// Whether this is what is read of a ban that began at `banned_at` and was over after `bantime`, where nothing else says
    /// that it is of this ban.
    pub fn is_end_of(&self, banned_at: Timestamp, bantime: BanTime) -> bool {
        self.lifted_at
            .zip(bantime.end(banned_at))
            .is_some_and(|(lifted, due)| (-EARLY_MILLIS..=LATE_MILLIS).contains(&lifted.millis_since(due)))
    }
}
