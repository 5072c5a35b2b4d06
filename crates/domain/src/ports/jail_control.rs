//! fail2ban itself: what can be asked of it and what it can be told.

use async_trait::async_trait;
use thiserror::Error;

use crate::model::{
    BanId, BanTime, JailCounters, JailDetail, JailName, Outage, Probe, ProblemCode, Target, Timestamp,
};

/// Why fail2ban did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ControlError {
    /// It cannot be reached.
    #[error("fail2ban is offline: {}", .0.detail)]
    Offline(Outage),
    /// It has no such jail.
    #[error("fail2ban has no jail {0}")]
    JailNotFound(JailName),
    /// It was not asked, because this value of the request cannot be sent to it.
    #[error("fail2ban was not asked, because the {field} cannot be sent to it: {reason}")]
    NotSendable {
        /// What the API calls the value: `jail` or `ip`.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// It answered with an error.
    #[error("fail2ban refused: {0}")]
    Refused(String),
    /// The command was sent and no answer came.
    #[error("the outcome of the command is unknown: {0}")]
    OutcomeUnknown(String),
}

/// When a reported ban began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalTime {
    /// A civil time that exists once in fail2ban's time zone.
    Exact(Timestamp),
    /// A civil time in the hour that the end of daylight saving repeats: the two moments it can be.
    Repeated(Timestamp, Timestamp),
}

impl LocalTime {
    /// The latest moment it can be that is not after `now`, since nothing is banned in the future.
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Exact(at) => at,
            Self::Repeated(first, second) => {
                if second <= now {
                    second
                } else {
                    first
                }
            }
        }
    }
}

/// All jails at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counters {
    /// The number of the connection that answered: another number than before means that the connection was
    /// remade, and perhaps fail2ban restarted.
    pub connection: u64,
    /// All jails whose counters can be read, by name.
    pub jails: Vec<JailCounters>,
    /// The jails that run besides, each with the reason why its counters cannot be read.
    pub unreadable: Vec<(JailName, String)>,
}

/// A ban as fail2ban lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedBan {
    /// What is banned.
    pub id: BanId,
    /// When the ban began, to the second.
    pub banned_at: LocalTime,
    /// How long it lasts.
    pub bantime: BanTime,
}

/// What a jail bans, as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BanList {
    /// The bans with their times.
    pub bans: Vec<ReportedBan>,
    /// What is banned besides, where only that can be read: neither since when nor for how long.
    pub ids: Vec<BanId>,
    /// Whether some of the jail's bans may be missing here.
    pub partial: bool,
    /// What is wrong with the list, each in words: of [`ProblemCode::OF_LISTS`].
    pub faults: Vec<(ProblemCode, String)>,
}

/// Asks and commands one fail2ban server.
#[async_trait]
pub trait JailControl: Send + Sync {
    /// Whether it answers, what it is, when its jails ban, and what they watch. Asks for three settings and the status
    /// of each jail, and looks for their log files, for a second at most: meant for every half minute.
    async fn probe(&self) -> Result<Probe, ControlError>;

    /// The counters of all jails, by name. Cheap: meant to be asked every second.
    async fn counters(&self) -> Result<Counters, ControlError>;

    /// One jail with all its settings.
    async fn jail(&self, jail: &JailName) -> Result<JailDetail, ControlError>;

    /// Everything that a jail bans, with times. Costs the server about 10 µs a ban, in which it answers nobody. What cannot
    /// be read costs itself alone.
    async fn bans(&self, jail: &JailName) -> Result<BanList, ControlError>;

    /// The jails in which this id is banned, in one of its spellings.
    async fn banned_in(&self, id: &BanId) -> Result<Vec<JailName>, ControlError>;

    /// Bans; answers whether that was new.
    async fn ban(&self, jail: &JailName, target: &Target) -> Result<bool, ControlError>;

    /// Lifts a ban in each spelling of its id; answers whether there was one.
    async fn unban(&self, jail: &JailName, id: &BanId) -> Result<bool, ControlError>;
}
