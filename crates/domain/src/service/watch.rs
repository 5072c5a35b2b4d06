//! The run-time state: is fail2ban online, what do its jails count, and who is told when that changes. One
//! owner, in memory, one per process; asked at every request, so reading it costs no I/O. It is filled by what this
//! process asks, or by what the leader has published: the newer answer stands.

mod away;
mod catch_up;
mod polls;
mod problems;
mod question;
mod whole;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::broadcast;

use self::polls::Polls;
use self::problems::Problems;
pub use self::question::Question;
use self::question::Questions;

use crate::model::{
    BanEvent, CatchUp, EventTally, Fail2banState, JailCounters, JailName, JailsSeen, JobPulse, JobTally,
    LiveEvent, Outage, OutageCode, Probe, ProblemCode, Timestamp,
};
use crate::ports::Clock;

/// How many messages a slow watcher may fall behind before it has to catch up from the history.
const FEED_DEPTH: usize = 4096;

#[derive(Debug)]
struct Seen {
    state: Arc<Fail2banState>,
    jails: Option<JailsSeen>,
    jobs: Arc<[JobTally]>,
    problems: Problems,
    /// What this process has told, whoever recorded it.
    events: BTreeMap<JailName, EventTally>,
    catch_up: Option<CatchUp>,
    /// When fail2ban last answered or was last tried, whoever asked, by this process's clock that nobody can set. Negative
    /// where that was before it began to count.
    asked_up: Option<i64>,
    /// When fail2ban came or went, by the same clock.
    turned_up: i64,
    /// Whether it was this process that asked then, and not the leader that has told.
    own: bool,
}

impl Seen {
    /// Notes what was counted; answers it if a counter has moved.
    fn count(&mut self, counted: JailsSeen) -> Option<JailsSeen> {
        let moved = self.jails.as_ref().is_none_or(|before| before.jails != counted.jails);
        self.jails = Some(counted.clone());
        moved.then_some(counted)
    }
}

/// Holds the run-time state and tells changes to the live stream.
pub struct Watch {
    clock: Arc<dyn Clock>,
    seen: RwLock<Seen>,
    questions: Questions,
    polls: Polls,
    feed: broadcast::Sender<LiveEvent>,
}

impl Watch {
    /// Nothing known yet, nobody watching.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (feed, _) = broadcast::channel(FEED_DEPTH);
        let seen = Seen {
            state: Arc::new(Fail2banState::Starting),
            jails: None,
            jobs: Arc::new([]),
            problems: Problems::default(),
            events: BTreeMap::new(),
            catch_up: None,
            asked_up: None,
            turned_up: 0,
            own: false,
        };
        Self {
            clock,
            seen: RwLock::new(seen),
            questions: Questions::default(),
            polls: Polls::default(),
            feed,
        }
    }

    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether fail2ban is online.
    pub fn state(&self) -> Arc<Fail2banState> {
        Arc::clone(&self.read().state)
    }

    /// The jails as last counted; they stay while fail2ban is offline. `None` if it never answered.
    pub fn jails(&self) -> Option<JailsSeen> {
        self.read().jails.clone()
    }

    /// The jobs that are not queued, as the process that runs them counts them.
    pub fn jobs(&self) -> Arc<[JobTally]> {
        Arc::clone(&self.read().jobs)
    }

    /// The events that were told since this process started, by jail.
    pub fn events(&self) -> BTreeMap<JailName, EventTally> {
        self.read().events.clone()
    }

    /// This process has run a job that is not queued.
    pub fn ran(&self, job: &str, pulse: JobPulse) {
        let mut seen = self.write();
        let mut jobs = seen.jobs.to_vec();
        if let Some(tally) = jobs.iter_mut().find(|tally| tally.job == job) {
            tally.add(pulse);
        } else {
            jobs.push(JobTally::first(job, pulse));
            jobs.sort_by(|a, b| a.job.cmp(&b.job));
        }
        seen.jobs = jobs.into();
    }

    /// A new watcher of the live stream. It sees what happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.feed.subscribe()
    }

    /// A probe was answered.
    pub fn online(&self, probe: Probe) {
        let now = self.clock.now();
        let unreadable = Arc::clone(&probe.unreadable);
        self.change(|state| {
            let since = match state {
                Fail2banState::Online { since, .. } => *since,
                Fail2banState::Starting | Fail2banState::Offline { .. } => now,
            };
            Fail2banState::Online { since, checked_at: now, probe }
        });
        self.found(ProblemCode::SettingUnreadable, &unreadable);
    }

    /// fail2ban answered something other than a probe: keeps an online state fresh, changes nothing else.
    pub fn answered(&self) {
        let now = self.clock.now();
        let mut seen = self.write();
        if let Fail2banState::Online { since, probe, .. } = &*seen.state {
            seen.state =
                Arc::new(Fail2banState::Online { since: *since, checked_at: now, probe: probe.clone() });
            (seen.asked_up, seen.own) = (Some(self.up()), true);
        }
    }

    /// fail2ban could not be reached.
    pub fn offline(&self, outage: Outage) {
        self.offline_since(self.clock.now(), outage);
    }

    /// fail2ban is about to be asked something.
    pub fn ask(&self) -> Question<'_> {
        self.questions.open(self.clock.now())
    }

    /// The number of the oldest question that fail2ban has not answered. Whoever sees the same one again and again knows
    /// how long fail2ban has been silent, whatever the clock says.
    pub fn unanswered(&self) -> Option<u64> {
        self.questions.oldest()
    }

    /// The question `number` has been open for `secs` seconds: fail2ban hangs, since it was asked. Changes nothing if it
    /// was answered meanwhile.
    pub fn hangs(&self, number: u64, secs: u64) {
        let Some(asked_at) = self.questions.asked_at(number) else { return };
        let detail = format!("fail2ban has not answered for {secs} s.");
        self.offline_since(asked_at, Outage { code: OutageCode::TimedOut, detail });
    }

    /// Puts fail2ban offline; what it was before says since when, or else `began`.
    fn offline_since(&self, began: Timestamp, outage: Outage) {
        let now = self.clock.now();
        self.change(|state| {
            let since = match state {
                Fail2banState::Offline { since, .. } => *since,
                Fail2banState::Starting | Fail2banState::Online { .. } => began,
            };
            Fail2banState::Offline { since, checked_at: now, outage }
        });
    }

    /// The jails were counted.
    pub fn counted(&self, jails: Vec<JailCounters>) {
        let observed_at = self.clock.now();
        let mut seen = self.write();
        (seen.asked_up, seen.own) = (Some(self.up()), true);
        let fewer_problems = seen.problems.retain_jails(&jails);
        let counted = seen.count(JailsSeen { observed_at, jails: jails.into() });
        drop(seen);
        if fewer_problems {
            self.tell_problems();
        }
        self.tell_jails(counted);
    }

    /// Events were recorded; [`super::Feed`] tells them, in the order of their numbers.
    pub(super) fn recorded(&self, events: Vec<BanEvent>) {
        let mut seen = self.write();
        for event in &events {
            seen.events.entry(event.key.jail.clone()).or_default().add(event.kind);
        }
        drop(seen);
        for event in events {
            self.tell(LiveEvent::Ban(Arc::new(event)));
        }
    }

    /// Puts a new state in place.
    fn change(&self, next: impl FnOnce(&Fail2banState) -> Fail2banState) {
        let mut seen = self.write();
        let after = Arc::new(next(&seen.state));
        let before = seen.turn(Arc::clone(&after), self.up());
        (seen.asked_up, seen.own) = (Some(self.up()), true);
        drop(seen);
        self.tell_state(&before, after);
    }

    /// Tells a new state if fail2ban came, went, or is away for another reason; answers whether it did.
    fn tell_state(&self, before: &Fail2banState, after: Arc<Fail2banState>) -> bool {
        let same = match (before, &*after) {
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
            self.tell(LiveEvent::State { state: after, problems: self.problems() });
        }
        !same
    }

    fn tell_jails(&self, counted: Option<JailsSeen>) {
        if let Some(JailsSeen { observed_at, jails }) = counted {
            self.tell(LiveEvent::Jails { observed_at, jails });
        }
    }

    fn tell(&self, event: LiveEvent) {
        // An error means that nobody watches, which is fine.
        drop(self.feed.send(event));
    }

    /// Milliseconds by the clock that nobody can set.
    fn up(&self) -> i64 {
        i64::try_from(self.clock.uptime().as_millis()).unwrap_or(i64::MAX)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Seen> {
        self.seen.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Seen> {
        self.seen.write().unwrap_or_else(PoisonError::into_inner)
    }
}
