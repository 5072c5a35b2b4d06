//! Watches what fail2ban bans, and turns it into events: each once, whatever the source that told it first, and
//! whatever restarts in between. The only writer of ban events.
//!
//! A look asks for counters, which is cheap, reads lists only where counters moved, and never spends more than
//! a tenth of the server's time on lists. Where fail2ban's own database can be read, it tells what happened
//! while nobody looked, and how often and after how many failures an address was banned.

mod attendance;
mod diff;
mod gaps;
mod listed;
mod lists;
mod memory;
mod now;
mod orders;
mod reading;
mod untimed;
mod write;
mod zone;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use self::diff::{Rows, from_row};
use self::lists::Listed;
use self::memory::Memory;
use self::now::Now;
pub use self::orders::OrderNumber;
use self::reading::TAIL;
use super::{Feed, Watch};
use crate::ServiceError;
use crate::model::{BanTime, Fence, JailCounters, JailName, OutageCode, ServerId, Timestamp};
use crate::ports::{
    Atlas, BanStore, Clock, ControlError, Fail2banHistory, HistoryCursor, JailControl, WatchLog,
};

/// When a jail with bans missing during a restore is looked at again.
const UNSETTLED: Duration = Duration::from_secs(5);

/// What one look has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Lists that were read.
    pub lists: usize,
    /// Events that were new.
    pub events: usize,
    /// The number of the connection that answered.
    pub connection: u64,
}

/// Watches one fail2ban server.
pub struct Observer {
    server: ServerId,
    control: Arc<dyn JailControl>,
    store: Arc<dyn BanStore>,
    history: Arc<dyn Fail2banHistory>,
    history_path: Option<String>,
    feed: Arc<Feed>,
    watch: Arc<Watch>,
    clock: Arc<dyn Clock>,
    atlas: Option<Arc<dyn Atlas>>,
    watch_log: Option<Arc<dyn WatchLog>>,
    memory: Mutex<Memory>,
}

impl Observer {
    /// Watches `server` through `control`, and lets `feed` tell what was recorded. `history_path` is where fail2ban's database
    /// is found on this machine; `None` takes the path that fail2ban itself tells.
    pub fn new(
        server: ServerId,
        control: Arc<dyn JailControl>,
        store: Arc<dyn BanStore>,
        history: Arc<dyn Fail2banHistory>,
        history_path: Option<String>,
        feed: Arc<Feed>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let watch = Arc::clone(feed.watch());
        Self {
            server,
            control,
            store,
            history,
            history_path,
            feed,
            watch,
            clock,
            atlas: None,
            watch_log: None,
            memory: Mutex::default(),
        }
    }

    /// Looks the places of addresses up when they are met.
    #[must_use]
    pub fn with_atlas(mut self, atlas: Arc<dyn Atlas>) -> Self {
        self.atlas = Some(atlas);
        self
    }

    /// Keeps gaps in `log`.
    #[must_use]
    pub fn with_watch_log(mut self, log: Arc<dyn WatchLog>) -> Self {
        self.watch_log = Some(log);
        self
    }

    /// One look, as the job does it again and again. `fence` is the scheduler lock it is done under.
    pub async fn look(&self, fence: Option<Fence>) -> Result<Observed, ServiceError> {
        let mut memory = self.memory.lock().await;
        memory.scheduled(fence, Now::of(&*self.clock));
        let seen = self.look_with(&mut memory, fence, None).await;
        if matches!(seen, Err(ServiceError::Fail2banOffline(_))) {
            memory.away = true;
        }
        self.probe_after(seen).await
    }

    /// Only asks for the counters, and keeps the run-time state in step: what a process does that does not hold
    /// the scheduler lock. Writes nothing, so that it is no poll that has succeeded.
    pub async fn count_only(&self) -> Result<(), ServiceError> {
        let mut memory = self.memory.lock().await;
        let counted = self.count(&mut memory).await.map(drop);
        self.probe_after(counted).await
    }

    /// After an error that says fail2ban is away, asks once more at once: a connection that was cut in a restart says
    /// less than the answer of the server that is there now.
    async fn probe_after<T>(&self, outcome: Result<T, ServiceError>) -> Result<T, ServiceError> {
        if let Err(ServiceError::Fail2banOffline(outage)) = &outcome
            && outage.code != OutageCode::TimedOut
            && let Ok(probe) = self.ask(self.control.probe()).await
        {
            self.watch.online(probe);
        }
        outcome
    }

    /// A look for a user who waits for it: also reads fail2ban's database, and the list of `jail` if its turn
    /// has come.
    pub async fn look_at(&self, jail: Option<&JailName>) -> Result<Observed, ServiceError> {
        let mut memory = self.memory.lock().await;
        memory.reading.want(self.clock.uptime(), Duration::ZERO);
        self.look_with(&mut memory, None, jail).await
    }

    async fn look_with(
        &self,
        memory: &mut Memory,
        fence: Option<Fence>,
        wanted: Option<&JailName>,
    ) -> Result<Observed, ServiceError> {
        self.watch.poll_begins();
        let counters = self.count(memory).await?;
        let now = Now::of(&*self.clock);
        let mut seen = Observed { connection: memory.connection.unwrap_or_default(), ..Observed::default() };
        let suspects = memory.suspects(&counters, now.up);
        let (suspect, sound): (Vec<_>, Vec<_>) =
            counters.iter().partition(|jail| suspects.contains(&jail.name));

        let lists = self.lists(memory, sound, wanted).await?;
        let (rows, cursor, read) = self.read_history(memory).await?;
        self.record(memory, fence, &counters, lists, (rows, cursor), &mut seen).await?;
        // These may keep fail2ban waiting again: what the others tell is written by now.
        for jail in suspect {
            let lists = self.lists(memory, [jail], wanted).await?;
            if !lists.is_empty() {
                self.record(memory, fence, &counters, lists, (Rows::new(), None), &mut seen).await?;
            }
        }
        self.attend(memory, fence, read, now).await?;
        self.watch.polled();
        Ok(seen)
    }

    /// Writes what these lists and rows of fail2ban's database tell.
    async fn record(
        &self,
        memory: &mut Memory,
        fence: Option<Fence>,
        counters: &[JailCounters],
        lists: Vec<Listed<'_>>,
        (mut rows, cursor): (Rows, Option<HistoryCursor>),
        seen: &mut Observed,
    ) -> Result<(), ServiceError> {
        let now = Now::of(&*self.clock);
        seen.lists += lists.len();
        let done: Vec<(i64, Timestamp)> = rows.values().map(|row| (row.rowid, row.banned_at)).collect();
        let orders = memory.orders.clone();
        let complete = lists.iter().filter(|listed| listed.is_complete());
        let listed: BTreeMap<JailName, Timestamp> =
            complete.map(|listed| (listed.jail.name.clone(), listed.at)).collect();
        let (mut changes, unsettled) = self.compare(memory, lists, &mut rows, now).await?;
        self.tell_zone(memory);
        let state = self.watch.state();
        for row in rows.into_values() {
            let running = counters.iter().any(|jail| jail.name == row.jail);
            let at = listed.get(&row.jail).copied();
            let rule = if row.bantime.is_none() { state.rule_of(&row.jail) } else { None };
            let rule = rule.map(|rule| BanTime::from_fail2ban(rule.bantime));
            from_row(row, running, rule, at, now, memory, &mut changes);
        }
        self.missing_jails(memory, counters, now, &mut changes).await?;

        match self.write(changes, cursor, fence, now.at).await {
            Ok(events) => seen.events += events,
            Err(error) => {
                // Nothing was written: what was read counts as unread.
                memory.orders = orders;
                memory.fresh = true;
                memory.reading.want(now.up, TAIL);
                for jail in unsettled.keys() {
                    memory.jail(jail, now.up).listed = None;
                }
                return Err(error);
            }
        }
        if let Some(cursor) = cursor {
            memory.rows_done(done, cursor);
        }
        for (jail, _) in unsettled.into_iter().filter(|(_, unsettled)| *unsettled) {
            memory.jail(&jail, now.up).again_at = Some(now.up.saturating_add(UNSETTLED));
        }
        Ok(())
    }

    /// Asks fail2ban. Whoever watches sees for how long the answer does not come, and that fail2ban is away.
    async fn ask<T>(&self, asked: impl Future<Output = Result<T, ControlError>>) -> Result<T, ServiceError> {
        let answer = self.question(asked).await;
        if let Err(ControlError::Offline(outage)) = &answer {
            self.watch.offline(outage.clone());
        }
        answer.map_err(ServiceError::from)
    }

    /// Asks fail2ban something that may fail while fail2ban is there.
    async fn question<T>(
        &self,
        asked: impl Future<Output = Result<T, ControlError>>,
    ) -> Result<T, ControlError> {
        let question = self.watch.ask();
        let answer = asked.await;
        drop(question);
        answer
    }
}
