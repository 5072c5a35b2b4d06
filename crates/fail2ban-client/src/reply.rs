//! What replies mean: success or refusal first, then one file per kind of content. Sans-IO; knows which fields the
//! server sends, not how they were asked for.

mod bans;
mod exception;
pub(crate) mod fields;
mod outcome;
mod report;
mod server;
mod settings;
mod status;

pub use bans::{BanList, BanTicket};
pub(crate) use bans::{banned_by_jail, jails_per_id, tickets};
pub use exception::ServerException;
pub use fields::{ReplyError, SettingError};
pub use outcome::{Refusal, outcome};
pub use report::{Entry, Outcome, Report};
pub use server::{FlushedLog, ServerSettings};
pub(crate) use server::{set_path, stack_size};
pub use settings::{BantimeIncrement, DatePattern, JailSettings};
pub(crate) use settings::{bantime, cache, date_pattern, groups, ignored};
#[cfg(feature = "client")]
pub(crate) use status::addressable;
pub use status::{JailCounters, JailStats, JailStatus};
pub(crate) use status::{all_status, backend_and_counters, jail_list, jail_stats, jail_status};
