//! Bans and the events they leave: what is banned now, and what has happened.

use super::{BanId, JailName, Place, ServerId, Timestamp};

/// The row number of an event: grows with the order in which events were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub i64);

/// How long a ban lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BanTime {
    /// This many seconds.
    Seconds(u64),
    /// For ever (fail2ban's -1).
    Permanent,
}

impl BanTime {
    /// The longest ban with an end: one that began at the epoch and ends with the calendar.
    const LONGEST: i64 = Timestamp::CALENDAR_END.as_secs();

    /// Whether no calendar holds this number of seconds: a ban that is said to last so long is taken for permanent.
    pub fn is_beyond_calendar(seconds: i128) -> bool {
        seconds > i128::from(Self::LONGEST)
    }

    /// From fail2ban's number: any negative one is a permanent ban, and so is one that no calendar can hold.
    pub fn from_fail2ban(seconds: i64) -> Self {
        match u64::try_from(seconds) {
            Ok(counted) if seconds <= Self::LONGEST => Self::Seconds(counted),
            Ok(_) | Err(_) => Self::Permanent,
        }
    }

    /// As fail2ban's number: seconds, or -1.
    pub fn as_fail2ban(self) -> i64 {
        match self {
            Self::Seconds(seconds) => i64::try_from(seconds).unwrap_or(-1),
            Self::Permanent => -1,
        }
    }

    /// The length with which a ban of this length that began at `start` ends at the same moment, counted from `later`.
    #[must_use]
    pub fn rest_after(self, start: Timestamp, later: Timestamp) -> Self {
        let rest = |end: Timestamp| u64::try_from(end.millis_since(later) / 1_000).unwrap_or(0);
        self.end(start).map_or(Self::Permanent, |end| Self::Seconds(rest(end)))
    }

    /// The end of a ban that began at `start`; `None` if it has none, or one that no calendar can hold.
    pub fn end(self, start: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Seconds(seconds) => i64::try_from(seconds)
                .ok()
                .filter(|seconds| *seconds <= Self::LONGEST)
                .map(|seconds| start.plus_secs(seconds))
                .filter(|end| *end <= Timestamp::CALENDAR_END),
            Self::Permanent => None,
        }
    }
}

/// Whether an event is a ban or the end of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// An address was banned.
    Ban,
    /// A ban ended.
    Unban,
}

impl EventKind {
    /// The word used in the API and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ban => "ban",
            Self::Unban => "unban",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ban, Self::Unban].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How many events of a jail a process has told since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventTally {
    /// Bans.
    pub bans: u64,
    /// Ends of bans.
    pub unbans: u64,
}

impl EventTally {
    /// One more of this kind.
    pub fn add(&mut self, kind: EventKind) {
        let count = match kind {
            EventKind::Ban => &mut self.bans,
            EventKind::Unban => &mut self.unbans,
        };
        *count = count.saturating_add(1);
    }
}

/// How an event came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A filter found failures in a log (bans).
    Detected,
    /// A person or program asked for it: the event's `by` names the BanGUI user, or is empty when it was done
    /// outside BanGUI (fail2ban-client, a reload, a jail that was stopped).
    Manual,
    /// Found in force when fail2ban or BanGUI came up, without a record of how it began (bans).
    Restored,
    /// The ban time was over (unbans).
    Expired,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 4] = [Self::Detected, Self::Manual, Self::Restored, Self::Expired];

    /// The word used in the API and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Manual => "manual",
            Self::Restored => "restored",
            Self::Expired => "expired",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// What a ban is known by: jail, id and the second it began.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BanKey {
    /// The jail.
    pub jail: JailName,
    /// What is banned.
    pub id: BanId,
    /// When the ban began; whole seconds, as fail2ban counts.
    pub banned_at: Timestamp,
}

impl BanKey {
    /// Whether two reports tell of the same ban: the same jail and id, and beginnings at most a second apart.
    /// fail2ban counts in fractions of seconds, cuts them off in its lists, and rounds them in its database; a
    /// ban that it restores from there begins a second later than it did.
    pub fn is_same_ban(&self, other: &Self) -> bool {
        self.jail == other.jail
            && self.id == other.id
            && self.banned_at.millis_since(other.banned_at).abs() <= Self::ROUNDING_MILLIS
    }

    /// How far apart fail2ban's own accounts of one beginning can be.
    pub const ROUNDING_MILLIS: i64 = 1_000;
}

/// A ban in force, as last reported by fail2ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveBan {
    /// Jail, id and beginning.
    pub key: BanKey,
    /// How long it lasts in all.
    pub bantime: BanTime,
    /// How often this address has been banned by this jail, this time included, where known.
    pub ban_count: Option<u32>,
    /// How it came about.
    pub origin: Origin,
    /// The BanGUI user who asked for it.
    pub by: Option<String>,
    /// The reason that user gave.
    pub reason: Option<String>,
}

impl ActiveBan {
    /// When it ends; `None` for a permanent one.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.bantime.end(self.key.banned_at)
    }
}

/// One entry of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanEvent {
    /// Its number.
    pub id: EventId,
    /// The number of the ban's beginning, which is the ban's own.
    pub ban: EventId,
    /// The fail2ban server it happened on.
    pub server: ServerId,
    /// Ban or unban.
    pub kind: EventKind,
    /// The ban that began or ended.
    pub key: BanKey,
    /// When it happened: the ban's beginning, or its end.
    pub occurred_at: Timestamp,
    /// How long the ban lasts, or was to last.
    pub bantime: BanTime,
    /// How often this address had been banned by this jail, this time included, where known.
    pub ban_count: Option<u32>,
    /// Failures that led to the ban, where known; 0 for one made by hand.
    pub failures: Option<u32>,
    /// How the event came about.
    pub origin: Origin,
    /// The BanGUI user who asked for it.
    pub by: Option<String>,
    /// The reason that user gave.
    pub reason: Option<String>,
    /// Where the address is, as far as known.
    pub place: Place,
}

impl BanEvent {
    /// When the ban ends or was to end; `None` for a permanent one.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.bantime.end(self.key.banned_at)
    }
}

#[cfg(test)]
mod tests {
    use super::BanTime;
    use crate::model::Timestamp;

    #[test]
    fn lengths_are_kept_as_they_are_up_to_the_end_of_the_calendar() {
        let began = Timestamp::from_secs(1_790_000_000);
        for seconds in [0, 600, 4_294_967_295, 4_294_967_296, 200_000_000_000] {
            let length = BanTime::from_fail2ban(seconds);
            assert_eq!((length.as_fail2ban(), length.end(began)), (seconds, Some(began.plus_secs(seconds))));
        }
        // Within the calendar by itself, and beyond it for a ban of today.
        let long = BanTime::from_fail2ban(253_000_000_000);
        assert_eq!((long.as_fail2ban(), long.end(began)), (253_000_000_000, None));
    }

    #[test]
    fn what_no_calendar_can_hold_is_permanent() {
        for seconds in [-1, i64::MIN, 253_402_207_201, 68_002_572_000_000_000, i64::MAX] {
            assert_eq!(BanTime::from_fail2ban(seconds), BanTime::Permanent, "{seconds}");
        }
        assert_eq!(BanTime::Seconds(u64::MAX).end(Timestamp::from_secs(0)), None);
    }
}
