//! Background jobs on apalis: what they do, when they are due, which process may start them, and where those
//! that must survive a restart are queued. Knows no database of BanGUI's own and no HTTP.

mod background;
mod board;
mod follow;
pub mod job;
mod lead;
pub mod lease;
mod meter;
mod patience;
pub mod queue;
mod run;
pub mod schedule;
mod uptime;
mod worker;

pub use background::Background;
pub use board::Board;
pub use job::{Job, JobContext, JobError, JobSpec, Retention, When};
pub use lease::{LeaseError, LeaseKeeper, Role};
pub use meter::JobMeter;
pub use queue::{JobStorage, QueueError};
pub use schedule::{CronError, check_cron};
pub use uptime::uptime;
