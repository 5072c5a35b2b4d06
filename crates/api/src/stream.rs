//! One live stream: what was missed, read from the history, then what happens, without gap and without
//! repetition. It ends with its session, with the server, or when it cannot keep its promise; the page then
//! connects again and says what it has seen.

mod message;
mod slots;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use bangui_domain::ServiceError;
use bangui_domain::model::{BanEvent, EventId, LiveEvent, TokenHash};
use futures::Stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::ApiState;

use slots::Slot;
pub(crate) use slots::Slots;

/// A sign of life this often, and a look whether the session still stands.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events read from the history at a time.
const PAGE: u16 = 500;

/// A stream that is open.
pub(crate) struct Live {
    state: Arc<ApiState>,
    session: TokenHash,
    feed: broadcast::Receiver<LiveEvent>,
    /// The newest event that the page has seen, or that was recorded before it came. Feed and history both have the
    /// order of the numbers: what is not newer has been told.
    last: EventId,
    /// Whether the history has to be read on before the feed.
    behind: bool,
    ready: VecDeque<Bytes>,
    heartbeat: Interval,
    /// Freed when the stream ends.
    _slot: Slot,
}

impl Live {
    /// Opens a stream that goes on behind `last_seen`, or from now on. The feed is subscribed before the history
    /// is read: what is recorded in between comes by one of the two, or by both and is told once.
    pub(crate) async fn open(
        state: Arc<ApiState>,
        session: TokenHash,
        slot: Slot,
        last_seen: Option<EventId>,
    ) -> Result<Self, ServiceError> {
        let feed = state.services.watch.subscribe();
        let newest = state.services.events.newest().await?;
        // A page that has seen more than there is comes from a time before a backup was restored.
        let last = last_seen.map_or(newest, |seen| seen.min(newest));
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut live = Self {
            feed,
            session,
            last,
            behind: last_seen.is_some(),
            ready: VecDeque::new(),
            heartbeat,
            _slot: slot,
            state,
        };
        live.ready.push_back(message::opening());
        live.tell_state();
        Ok(live)
    }

    /// The stream as the body of an answer.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        futures::stream::unfold(
            self,
            |mut live| async move { live.next().await.map(|bytes| (Ok(bytes), live)) },
        )
    }

    /// The next bytes; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.state.shutdown.is_cancelled() {
                return None;
            }
            if let Some(bytes) = self.ready.pop_front() {
                return Some(bytes);
            }
            if self.behind {
                self.read_on().await?;
                continue;
            }
            let shutdown = self.state.shutdown.clone();
            tokio::select! {
                () = shutdown.cancelled() => return None,
                told = self.feed.recv() => self.take(told)?,
                _ = self.heartbeat.tick() => {
                    self.check_session().await?;
                    self.ready.push_back(message::heartbeat());
                }
            }
        }
    }

    /// Takes what the feed says; `None` if it has ended.
    fn take(&mut self, told: Result<LiveEvent, RecvError>) -> Option<()> {
        match told {
            Ok(LiveEvent::Ban(event)) => {
                if event.id > self.last {
                    self.last = event.id;
                    self.ready.push_back(message::event(&event));
                }
            }
            Ok(LiveEvent::State { state, problems }) => {
                self.ready.push_back(message::state(&state, &problems));
            }
            Ok(LiveEvent::Jails { observed_at, jails }) => {
                self.ready.push_back(message::jails(observed_at, jails));
            }
            Err(RecvError::Lagged(_)) => {
                self.behind = true;
                self.tell_state();
                if let Some(seen) = self.state.services.watch.jails() {
                    self.ready.push_back(message::jails(seen.observed_at, seen.jails));
                }
            }
            Err(RecvError::Closed) => return None,
        }
        Some(())
    }

    /// Reads one page of what was missed; `None` if it cannot be read, so that the page comes again and asks anew.
    async fn read_on(&mut self) -> Option<()> {
        let page = match self.state.services.events.after(self.last, PAGE).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "a live stream was ended: the history cannot be read");
                return None;
            }
        };
        self.behind = page.len() >= usize::from(PAGE);
        for event in &page {
            self.last = self.last.max(event.id);
        }
        if !page.is_empty() {
            self.ready.push_back(page.iter().flat_map(|event: &BanEvent| message::event(event)).collect());
        }
        Some(())
    }

    fn tell_state(&mut self) {
        let watch = &self.state.services.watch;
        self.ready.push_back(message::state(&watch.state(), &watch.problems()));
    }

    /// Whether the session still stands; an open stream counts as its use.
    async fn check_session(&self) -> Option<()> {
        match self.state.services.accounts.sessions().recognise(&self.session).await {
            Ok(session) => session.map(drop),
            Err(error) => {
                tracing::warn!(%error, "whether the session of a live stream still stands could not be checked");
                Some(())
            }
        }
    }
}
