//! The run-time state: is fail2ban online, what do its jails count, and who is told when that changes. One
//! owner, in memory, one per process; asked at every request, so reading it costs no I/O.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::broadcast;

use crate::model::{BanEvent, Fail2banState, JailCounters, LiveEvent, Outage, Probe};
use crate::ports::Clock;

/// How many messages a slow watcher may fall behind before it has to catch up from the history.
const FEED_DEPTH: usize = 4096;

/// The jails as last counted.
#[derive(Debug, Clone)]
pub struct JailsSeen {
    /// When fail2ban was asked.
    pub observed_at: crate::model::Timestamp,
    /// All jails, by name.
    pub jails: Arc<[JailCounters]>,
}

#[derive(Debug)]
struct Seen {
    state: Arc<Fail2banState>,
    jails: Option<JailsSeen>,
}

/// Holds the run-time state and tells changes to the live stream.
pub struct Watch {
    clock: Arc<dyn Clock>,
    seen: RwLock<Seen>,
    feed: broadcast::Sender<LiveEvent>,
}

impl Watch {
    /// Nothing known yet, nobody watching.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (feed, _) = broadcast::channel(FEED_DEPTH);
        let seen = Seen { state: Arc::new(Fail2banState::Starting), jails: None };
        Self { clock, seen: RwLock::new(seen), feed }
    }

    /// Whether fail2ban is online.
    pub fn state(&self) -> Arc<Fail2banState> {
        Arc::clone(&self.read().state)
    }

    /// The jails as last counted; they stay while fail2ban is offline. `None` if it never answered.
    pub fn jails(&self) -> Option<JailsSeen> {
        self.read().jails.clone()
    }

    /// A new watcher of the live stream. It sees what happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.feed.subscribe()
    }

    /// A probe was answered.
    pub fn online(&self, probe: Probe) {
        let now = self.clock.now();
        self.change(|state| {
            let since = match state {
                Fail2banState::Online { since, .. } => *since,
                Fail2banState::Starting | Fail2banState::Offline { .. } => now,
            };
            Fail2banState::Online { since, checked_at: now, probe }
        });
    }

    /// fail2ban answered something other than a probe: keeps an online state fresh, changes nothing else.
    pub fn answered(&self) {
        let now = self.clock.now();
        let mut seen = self.write();
        if let Fail2banState::Online { since, probe, .. } = &*seen.state {
            seen.state =
                Arc::new(Fail2banState::Online { since: *since, checked_at: now, probe: probe.clone() });
        }
    }

    /// fail2ban could not be reached.
    pub fn offline(&self, outage: Outage) {
        let now = self.clock.now();
        self.change(|state| {
            let since = match state {
                Fail2banState::Offline { since, .. } => *since,
                Fail2banState::Starting | Fail2banState::Online { .. } => now,
            };
            Fail2banState::Offline { since, checked_at: now, outage }
        });
    }

    /// The jails were counted.
    pub fn counted(&self, jails: Vec<JailCounters>) {
        let observed_at = self.clock.now();
        let mut seen = self.write();
        let jails: Arc<[JailCounters]> = jails.into();
        let moved = seen.jails.as_ref().is_none_or(|before| before.jails != jails);
        seen.jails = Some(JailsSeen { observed_at, jails: Arc::clone(&jails) });
        drop(seen);
        if moved {
            self.tell(LiveEvent::Jails { observed_at, jails });
        }
    }

    /// Events were recorded; [`super::Feed`] tells them, in the order of their numbers.
    pub(super) fn recorded(&self, events: Vec<BanEvent>) {
        for event in events {
            self.tell(LiveEvent::Ban(Arc::new(event)));
        }
    }

    /// Puts a new state in place; tells it if fail2ban came, went, or is away for another reason.
    fn change(&self, next: impl FnOnce(&Fail2banState) -> Fail2banState) {
        let mut seen = self.write();
        let before = Arc::clone(&seen.state);
        let after = Arc::new(next(&before));
        seen.state = Arc::clone(&after);
        drop(seen);
        let same = match (&*before, &*after) {
            (Fail2banState::Online { .. }, Fail2banState::Online { .. }) => true,
            (Fail2banState::Offline { outage: a, .. }, Fail2banState::Offline { outage: b, .. }) => {
                a.code == b.code
            }
            _ => false,
        };
        if !same {
            match &*after {
                Fail2banState::Online { probe, .. } => {
                    tracing::info!(version = %probe.version, jails = probe.jails, "fail2ban is online");
                }
                Fail2banState::Offline { outage, .. } => {
                    tracing::warn!(
                        code = outage.code.as_str(),
                        "fail2ban is offline: {} {}",
                        outage.detail,
                        outage.code.hint()
                    );
                }
                Fail2banState::Starting => {}
            }
            self.tell(LiveEvent::State(after));
        }
    }

    fn tell(&self, event: LiveEvent) {
        // An error means that nobody watches, which is fine.
        drop(self.feed.send(event));
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Seen> {
        self.seen.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Seen> {
        self.seen.write().unwrap_or_else(PoisonError::into_inner)
    }
}
