//! Keeps this process in step with the others on its database: acts on their notices, and looks by itself every few
//! seconds, since a notice may be missed. On a database that has one process there are none, and the looks find nothing.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::model::LiveEvent;
use bangui_domain::ports::{Notice, Notices};
use bangui_domain::service::{Feed, Runtime};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::lease::LeaseKeeper;

/// How often events are looked for without a notice.
const EVENTS_EVERY: Duration = Duration::from_secs(2);

/// How often the leader publishes the run-time state even if nothing has changed, and the others look without a notice.
const STATE_EVERY: Duration = Duration::from_secs(1);

/// Why to turn to the run-time state.
enum Cause {
    /// It is time.
    Time,
    /// It has changed in this process.
    Ours,
    /// It was published.
    Theirs,
}

/// Publishes `runtime` while this process holds the lock, follows it while another does, until `stop`, or until
/// there is nobody left who could bring notices or change the state.
pub(crate) async fn state(
    runtime: Arc<Runtime>,
    lease: Arc<LeaseKeeper>,
    notices: Arc<dyn Notices>,
    stop: CancellationToken,
) {
    let mut heard = notices.listen();
    let mut changes = runtime.watch().subscribe();
    let mut tick = tokio::time::interval(STATE_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let cause = tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => Cause::Time,
            change = changes.recv() => match change {
                Ok(LiveEvent::State(_) | LiveEvent::Jails { .. }) | Err(RecvError::Lagged(_)) => Cause::Ours,
                Ok(LiveEvent::Ban(_)) => continue,
                Err(RecvError::Closed) => return,
            },
            notice = heard.recv() => match notice {
                Ok(Notice::State | Notice::Missed) | Err(RecvError::Lagged(_)) => Cause::Theirs,
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        let done = match (lease.fence(), cause) {
            (Some(fence), Cause::Time | Cause::Ours) => runtime.publish(fence).await,
            (None, Cause::Time | Cause::Theirs) => runtime.follow().await,
            (Some(_), Cause::Theirs) | (None, Cause::Ours) => Ok(()),
        };
        if let Err(error) = done {
            tracing::warn!(
                "the run-time state is not shared with other processes for now: {}",
                chain(&error)
            );
        }
    }
}

/// Tells `feed` when events were recorded, until `stop`, or until there is nobody left who could bring notices.
pub(crate) async fn events(feed: Arc<Feed>, notices: Arc<dyn Notices>, stop: CancellationToken) {
    let mut heard = notices.listen();
    let mut tick = tokio::time::interval(EVENTS_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let told = tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => feed.catch_up().await,
            notice = heard.recv() => match notice {
                Ok(Notice::Events(newest)) => feed.catch_up_to(newest).await,
                Ok(Notice::Missed) | Err(RecvError::Lagged(_)) => feed.catch_up().await,
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        if let Err(error) = told {
            tracing::warn!("recorded events are not told to live streams for now: {}", chain(&error));
        }
    }
}
