//! Entities and value types. Plain data: no I/O, no clock, no wire format.

pub mod address;
pub mod allow;
pub mod auth;
pub mod ban;
pub mod ban_id;
pub mod catch_up;
pub mod country;
pub mod fail2ban;
pub mod gap;
pub mod history;
pub mod jail;
pub mod jail_log;
pub mod job;
pub mod lease;
pub mod live;
pub mod log;
pub mod logged;
mod narrow;
pub mod notify;
pub mod page;
pub mod place;
pub mod problem;
pub mod query;
pub mod runtime;
pub mod search;
pub mod special;
pub mod throttle;
pub mod time;

pub use address::{AddressError, Target};
pub use allow::{AllowEntry, AllowId, AllowSpec};
pub use auth::{
    AuditAction, AuditEntry, NewSession, NewUser, Session, SessionEntry, TokenHash, User, UserId,
};
pub use ban::{ActiveBan, BanEvent, BanKey, BanTime, EventId, EventKind, EventTally, Origin};
pub use ban_id::BanId;
pub use catch_up::CatchUp;
pub use country::countries;
pub use fail2ban::{Fail2banDatabase, Fail2banState, Outage, OutageCode, Probe};
pub use gap::{Gap, GapCause};
pub use history::{
    AddressJail, AddressStory, Choice, Dimension, Group, HistoryFilter, Matches, Offender, OffenderJail,
    Period, Timeline, Top, TopRow, Totals,
};
pub use jail::{BanRule, BantimeIncrement, JailCounters, JailDetail, JailName, JailNameError, JailSettings};
pub use jail_log::{JailLog, LogFile, LogFileState, LogVerdict};
pub use job::{JobPulse, JobRun, JobRunState, JobSchedule, JobStatus, JobTally, JobTrigger};
pub use lease::{Fence, Lease, LeaseHolder};
pub use live::LiveEvent;
pub use log::LogState;
pub use logged::{Course, LogEntry, LogSaid, LogWord, Logged, LoggedBan, LoggedEnd};
pub use page::{Cursor, Limit, Page};
pub use place::{Asn, AsnError, Country, CountryCode, CountryError, Network, Place};
pub use problem::{Problem, ProblemCode};
pub use query::{BanQuery, BanSort, EventQuery, SortKey};
pub use runtime::{JailsSeen, RuntimeState};
pub use search::{Moment, Search, SearchError};
pub use special::SpecialUse;
pub use throttle::{Admission, TryCounter, TryKind, TryRule};
pub use time::Timestamp;

/// Which fail2ban server a row belongs to. Today there is one, [`ServerId::LOCAL`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(String);

impl ServerId {
    /// The name of the one server that a single installation watches.
    pub const LOCAL: &'static str = "local";

    /// The server that this installation watches.
    pub fn local() -> Self {
        Self(Self::LOCAL.to_owned())
    }

    /// A server id as it stands in the database.
    pub fn from_stored(id: String) -> Self {
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
