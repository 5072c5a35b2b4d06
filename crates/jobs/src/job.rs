//! What a job is, and the list of all jobs. One file per job.

mod deliver_messages;
mod fetch_places;
mod locate_addresses;
mod notify;
pub(crate) mod observe_bans;
mod probe_fail2ban;
mod prune_deliveries;
mod prune_history;
mod prune_jobs;
mod prune_login_tries;
mod prune_sessions;
mod resolve_names;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::ports::{
    AddressStore, Atlas, Clock, HistoryKeeper, HostNames, Notices, PlaceDownloads, SessionStore, TryStore,
};
use bangui_domain::service::{AllowService, Courier, Feed, Notifier, Observer, Prober, Runtime};
use thiserror::Error;

use crate::meter::JobMeter;
use crate::queue::JobStorage;

pub use deliver_messages::DeliverMessages;
pub use fetch_places::FetchPlaces;
pub use locate_addresses::LocateAddresses;
pub use notify::Notify;
pub use observe_bans::ObserveBans;
pub use probe_fail2ban::ProbeFail2ban;
pub use prune_deliveries::PruneDeliveries;
pub use prune_history::{PruneHistory, Retention};
pub use prune_jobs::PruneJobs;
pub use prune_login_tries::PruneLoginTries;
pub use prune_sessions::PruneSessions;
pub use resolve_names::ResolveNames;

/// Why a run failed.
#[derive(Debug, Error)]
pub enum JobError {
    /// It may work at the next try.
    #[error("{0}")]
    Retry(String),
    /// It will not work however often it is tried.
    #[error("{0}")]
    Fatal(String),
}

/// When a job is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Again and again with this pause, in every process, without a trace in the queue: what is missed is not made up for,
    /// and a run that fails is followed by the next.
    Every(Duration),
    /// By a cron expression with seconds, in UTC; queued by the process that holds the scheduler lock, so that each tick
    /// runs once.
    Cron(&'static str),
}

/// What is fixed about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobSpec {
    /// Its name, which is also its queue's.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// When it is due.
    pub when: When,
    /// Tries per queued run, with growing pauses between them.
    pub max_attempts: u32,
    /// The longest that one try may take.
    pub timeout: Duration,
}

/// A job.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// What is fixed about it.
    fn spec(&self) -> JobSpec;

    /// One try. `fence` is the scheduler lock, if this process holds it at this moment; a queued run always has one.
    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError>;
}

/// What the jobs work with.
#[derive(Clone)]
pub struct JobContext {
    /// Watches fail2ban's bans.
    pub observer: Arc<Observer>,
    /// Keeps fail2ban in step with the allowlist.
    pub allowlist: Arc<AllowService>,
    /// Asks whether fail2ban is there.
    pub prober: Arc<Prober>,
    /// The run-time state that all replicas share.
    pub runtime: Arc<Runtime>,
    /// Tells recorded events.
    pub feed: Arc<Feed>,
    /// Brings what other processes tell.
    pub notices: Arc<dyn Notices>,
    /// Turns what happens into messages.
    pub notifier: Arc<Notifier>,
    /// Sends messages.
    pub courier: Arc<Courier>,
    /// Sessions to be pruned.
    pub sessions: Arc<dyn SessionStore>,
    /// The history, to be pruned.
    pub history: Arc<dyn HistoryKeeper>,
    /// How much of the history is kept.
    pub retention: Retention,
    /// Counted tries to log in, to be pruned.
    pub tries: Arc<dyn TryStore>,
    /// Where addresses are.
    pub atlas: Arc<dyn Atlas>,
    /// What is known of addresses.
    pub addresses: Arc<dyn AddressStore>,
    /// Files of places to be fetched, if they are.
    pub place_downloads: Option<Arc<dyn PlaceDownloads>>,
    /// Names of addresses, if they are asked for.
    pub host_names: Option<Arc<dyn HostNames>>,
    /// Counts what comes of tries.
    pub meter: JobMeter,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How often bans are looked at.
    pub poll_interval: Duration,
    /// How long a session may be unused.
    pub session_idle: Duration,
}

/// Every job there is.
pub(crate) fn all(context: &JobContext, storage: &JobStorage) -> Vec<Arc<dyn Job>> {
    let mut jobs: Vec<Arc<dyn Job>> = vec![
        Arc::new(ObserveBans::new(
            Arc::clone(&context.observer),
            Arc::clone(&context.allowlist),
            Arc::clone(&context.runtime),
            context.poll_interval,
        )),
        Arc::new(ProbeFail2ban::new(Arc::clone(&context.prober))),
        Arc::new(Notify::new(Arc::clone(&context.notifier))),
        Arc::new(DeliverMessages::new(Arc::clone(&context.courier))),
        Arc::new(LocateAddresses::new(Arc::clone(&context.atlas), Arc::clone(&context.addresses))),
        Arc::new(PruneSessions::new(
            Arc::clone(&context.sessions),
            Arc::clone(&context.clock),
            context.session_idle,
        )),
        Arc::new(PruneLoginTries::new(Arc::clone(&context.tries))),
        Arc::new(PruneDeliveries::new(Arc::clone(&context.courier))),
        Arc::new(PruneHistory::new(
            Arc::clone(&context.history),
            Arc::clone(&context.clock),
            context.retention,
        )),
        Arc::new(PruneJobs::new(storage.clone())),
    ];
    if let Some(downloads) = &context.place_downloads {
        jobs.push(Arc::new(FetchPlaces::new(Arc::clone(downloads), Arc::clone(&context.clock))));
    }
    if let Some(names) = &context.host_names {
        jobs.push(Arc::new(ResolveNames::new(Arc::clone(names), Arc::clone(&context.addresses))));
    }
    jobs
}

/// The scheduler lock of a run that writes.
fn held(fence: Option<Fence>) -> Result<Fence, JobError> {
    fence.ok_or_else(|| JobError::Retry("this process does not hold the scheduler lock".to_owned()))
}
