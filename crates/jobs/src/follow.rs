//! Keeps this process in step with the others on its database: acts on their notices, and looks by itself every few
//! seconds, since a notice may be missed. On a database that has one process there are none, and the looks find nothing.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::ports::{Notice, Notices};
use bangui_domain::service::Feed;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often events are looked for without a notice.
const EVENTS_EVERY: Duration = Duration::from_secs(2);

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
