//! Use cases. Each takes the ports it needs and nothing else.

pub mod allow;
pub mod bans;
pub mod events;
pub mod feed;
pub mod guard;
pub mod history;
pub mod jails;
pub mod jobs;
pub mod log;
pub mod logbook;
pub mod merge;
pub mod notify;
pub mod observe;
pub mod places;
pub mod probe;
pub mod runtime;
pub mod suggest;
pub mod watch;

pub use allow::{AllowBook, AllowCheck, AllowOrder, AllowOutcome, AllowService};
pub use bans::{BanOrder, BanOutcome, BanService, Caller, Lift, Lifted, UnbanOrder, UnbanOutcome};
pub use events::EventService;
pub use feed::Feed;
pub use history::{Compared, HistoryService, RankedRow, Ranking, Since, Sums, TimelineAnswer};
pub use jails::JailService;
pub use jobs::JobService;
pub use log::LogService;
pub use logbook::Logbook;
pub use merge::merge;
pub use notify::{ChannelOrder, Courier, Notifications, Notifier, NotifierParts, TestResult, WayOrder};
pub use observe::{Observed, Observer};
pub use places::PlaceService;
pub use probe::Prober;
pub use runtime::Runtime;
pub use suggest::{Suggestion, Suggestions};
pub use watch::{Question, Watch};
