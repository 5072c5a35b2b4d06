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
                Ok(LiveEvent::State { .. } | LiveEvent::Jails { .. }) | Err(RecvError::Lagged(_)) => Cause::Ours,
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bangui_domain::model::{
        ActiveBan, BanId, BanKey, BanTime, EventId, JailName, LiveEvent, Origin, ServerId, Timestamp,
    };
    use bangui_domain::ports::{BanBatch, BanRecord, BanStore, Clock, Notice, Notices};
    use bangui_domain::service::{Feed, Watch};
    use bangui_test_support::db::TestDb;
    use tokio::sync::broadcast::{Receiver, Sender, channel};
    use tokio::time::{Instant, timeout};
    use tokio_util::sync::CancellationToken;

    use super::{EVENTS_EVERY, events};

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_secs(1_700_000_000)
        }

        fn uptime(&self) -> std::time::Duration {
            std::time::Duration::from_secs(1_000)
        }
    }

    /// Notices that a test sends.
    struct Sent(Sender<Notice>);

    impl Notices for Sent {
        fn listen(&self) -> Receiver<Notice> {
            self.0.subscribe()
        }
    }

    /// Another process records a ban of 192.0.2.`number`.
    async fn record(store: &Arc<dyn BanStore>, number: u8) -> EventId {
        let key = BanKey {
            jail: JailName::parse("sshd").unwrap(),
            id: BanId::from_reported(format!("192.0.2.{number}")),
            banned_at: Still.now(),
        };
        let (bantime, origin) = (BanTime::Permanent, Origin::Detected);
        let ban = ActiveBan { key, bantime, ban_count: None, origin, by: None, reason: None };
        let bans = vec![BanRecord { ban, failures: None, in_force: true, place: None, matches: None }];
        let (server, seen_at) = (ServerId::local(), Still.now());
        let batch = BanBatch { server, fence: None, seen_at, bans, ends: Vec::new(), cursor: None };
        store.record(&batch).await.unwrap().events[0].id
    }

    /// tokio's clock is paused and jumps to the next timer only when nothing else is left to do.
    #[tokio::test(start_paused = true)]
    async fn events_are_told_at_a_notice_and_without_one_at_the_next_look() {
        let db = TestDb::sqlite().await;
        let store: Arc<dyn BanStore> = Arc::new(db.db().clone());
        let watch = Arc::new(Watch::new(Arc::new(Still)));
        let mut told = watch.subscribe();
        let feed = Arc::new(Feed::begin(ServerId::local(), Arc::clone(&store), watch).await.unwrap());
        let (sender, _) = channel(8);
        let stop = CancellationToken::new();
        let follower = tokio::spawn(events(feed, Arc::new(Sent(sender.clone())), stop.clone()));
        let mut next = async || match timeout(EVENTS_EVERY * 10, told.recv()).await.unwrap().unwrap() {
            LiveEvent::Ban(event) => event.id,
            other => panic!("{other:?}"),
        };
        let unannounced = record(&store, 0).await;
        assert_eq!(next().await, unannounced);

        for (number, notice) in [(1, None), (2, Some(Notice::Missed))] {
            let started = Instant::now();
            let id = record(&store, number).await;
            sender.send(notice.unwrap_or(Notice::Events(id))).unwrap();
            assert_eq!(next().await, id);
            assert!(started.elapsed() < EVENTS_EVERY, "told at the notice");
        }
        let id = record(&store, 3).await;
        assert_eq!(next().await, id, "nobody gave notice");

        stop.cancel();
        follower.await.unwrap();
    }
}
