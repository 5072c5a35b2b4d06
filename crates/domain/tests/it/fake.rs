//! A scripted fail2ban, its database, and a clock that stands until it is moved. fail2ban itself cannot be told
//! to restore half of its bans or to use the hour that daylight saving repeats; this one can.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::ServiceError;
use bangui_domain::model::{
    BanEvent, BanId, BanTime, EventQuery, Fence, JailCounters, JailDetail, JailName, JailSettings, Limit,
    Outage, OutageCode, Period, Probe, ServerId, Target, Timestamp,
};
use bangui_domain::ports::{
    AllowStore, AuditLog, BanStore, Clock, ControlError, Counters, Fail2banHistory, History as _,
    HistoryCursor, HistoryError, HistoryPage, HistoryRow, JailControl, LocalTime, ReportedBan,
};
use bangui_domain::service::{AllowService, BanService, Feed, Observer, Watch};
use bangui_test_support::db::TestDb;

/// The moment at which every test begins: 2026-11-23 12:00:00 UTC.
pub(crate) const START: i64 = 1_795_435_200;

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) jails: BTreeMap<String, FakeJail>,
    pub(crate) connection: u64,
    pub(crate) offline: bool,
    /// The next question for counters fails, as when the connection is cut; nothing else does.
    pub(crate) cut_once: bool,
    pub(crate) lists_read: usize,
    pub(crate) list_delay: Duration,
    pub(crate) rows: Vec<HistoryRow>,
    pub(crate) now: i64,
}

#[derive(Default, Clone)]
pub(crate) struct FakeJail {
    pub(crate) bans: Vec<ReportedBan>,
    pub(crate) total: u64,
    pub(crate) ignoreip: Vec<String>,
}

/// Shares the script between test, control, history and clock.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<Fake>>);

impl Script {
    pub(crate) fn new() -> Self {
        let fake = Fake { connection: 1, now: START, ..Fake::default() };
        Self(Arc::new(Mutex::new(fake)))
    }

    pub(crate) fn edit(&self) -> MutexGuard<'_, Fake> {
        self.0.lock().expect("no test panics while it holds the script")
    }

    /// Lets `secs` pass.
    pub(crate) fn pass(&self, secs: i64) {
        self.edit().now += secs;
    }

    /// fail2ban bans `id` for `bantime` seconds, `ago` seconds ago; `failures` go to its database.
    pub(crate) fn bans(&self, jail: &str, id: &str, bantime: i64, ago: i64, failures: Option<u32>) {
        let mut fake = self.edit();
        let at = fake.now - ago;
        let entry = fake.jails.entry(jail.to_owned()).or_default();
        entry.total += 1;
        entry.bans.push(ReportedBan {
            id: BanId::from_reported(id),
            banned_at: LocalTime::Exact(Timestamp::from_secs(at)),
            bantime: BanTime::from_fail2ban(bantime),
        });
        if let Some(failures) = failures {
            let rowid = fake.rows.iter().map(|row| row.rowid).max().unwrap_or(0) + 1;
            fake.rows.push(HistoryRow {
                rowid,
                jail: name(jail),
                id: BanId::from_reported(id),
                banned_at: Timestamp::from_secs(at),
                bantime: Some(bantime),
                ban_count: Some(1),
                failures: Some(failures),
                matches: None,
            });
        }
    }

    /// The ban is gone from fail2ban's list; with `forget`, from its database too, as an unban does it.
    pub(crate) fn lifts(&self, jail: &str, id: &str, forget: bool) {
        let mut fake = self.edit();
        if let Some(entry) = fake.jails.get_mut(jail) {
            entry.bans.retain(|ban| ban.id.as_str() != id);
        }
        if forget {
            fake.rows.retain(|row| row.id.as_str() != id || row.jail.as_str() != jail);
        }
    }
}

fn offline() -> ControlError {
    ControlError::Offline(Outage { code: OutageCode::SocketMissing, detail: "no socket".to_owned() })
}

pub(crate) fn name(text: &str) -> JailName {
    JailName::parse(text).expect("a jail name")
}

impl Fake {
    pub(crate) fn check(&self) -> Result<(), ControlError> {
        if self.offline { Err(offline()) } else { Ok(()) }
    }

    pub(crate) fn jail(&mut self, jail: &JailName) -> Result<&mut FakeJail, ControlError> {
        self.check()?;
        self.jails.get_mut(jail.as_str()).ok_or_else(|| ControlError::JailNotFound(jail.clone()))
    }
}

fn counters(name_text: &str, jail: &FakeJail) -> JailCounters {
    JailCounters {
        name: name(name_text),
        currently_failed: 0,
        total_failed: 0,
        currently_banned: u64::try_from(jail.bans.len()).expect("a small number"),
        total_banned: jail.total,
    }
}

#[async_trait]
impl JailControl for Script {
    async fn probe(&self) -> Result<Probe, ControlError> {
        let fake = self.edit();
        fake.check()?;
        Ok(Probe {
            version: "1.0.2".to_owned(),
            latency_micros: 70,
            jails: fake.jails.len(),
            database_file: Some("fail2ban.sqlite3".to_owned()),
            purge_age_secs: Some(86_400),
            rules: Arc::new([]),
        })
    }

    async fn counters(&self) -> Result<Counters, ControlError> {
        let mut fake = self.edit();
        fake.check()?;
        if std::mem::take(&mut fake.cut_once) {
            return Err(offline());
        }
        let jails = fake.jails.iter().map(|(name, jail)| counters(name, jail)).collect();
        Ok(Counters { connection: fake.connection, jails })
    }

    async fn jail(&self, jail: &JailName) -> Result<JailDetail, ControlError> {
        let mut fake = self.edit();
        let found = fake.jail(jail)?;
        let settings = JailSettings { ignoreip: found.ignoreip.clone(), ..JailSettings::default() };
        Ok(JailDetail {
            counters: counters(jail.as_str(), found),
            file_list: Vec::new(),
            journal_matches: Vec::new(),
            settings,
        })
    }

    async fn bans(&self, jail: &JailName) -> Result<Vec<ReportedBan>, ControlError> {
        let delay = self.edit().list_delay;
        tokio::time::sleep(delay).await;
        let mut fake = self.edit();
        fake.lists_read += 1;
        Ok(fake.jail(jail)?.bans.clone())
    }

    async fn banned_in(&self, id: &BanId) -> Result<Vec<JailName>, ControlError> {
        let fake = self.edit();
        fake.check()?;
        let there = |jail: &&String| fake.jails[*jail].bans.iter().any(|ban| ban.id == *id);
        Ok(fake.jails.keys().filter(there).map(|jail| name(jail)).collect())
    }

    async fn ban(&self, jail: &JailName, target: &Target) -> Result<bool, ControlError> {
        let id = target.to_string();
        let known = self.edit().jail(jail)?.bans.iter().any(|ban| ban.id.as_str() == id);
        if !known {
            self.bans(jail.as_str(), &id, 600, 0, Some(0));
        }
        Ok(!known)
    }

    async fn unban(&self, jail: &JailName, id: &BanId) -> Result<bool, ControlError> {
        if id.as_str().starts_with('(') {
            self.edit().check()?;
            return Ok(false);
        }
        let known = self.edit().jail(jail)?.bans.iter().any(|ban| ban.id == *id);
        self.lifts(jail.as_str(), id.as_str(), true);
        Ok(known)
    }
}

#[async_trait]
impl Fail2banHistory for Script {
    async fn read(&self, path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError> {
        assert_eq!(path, "fail2ban.sqlite3");
        let fake = self.edit();
        let fresh = |row: &&HistoryRow| {
            row.rowid > after.rowid || row.banned_at.as_secs() >= after.timeofban.saturating_sub(10)
        };
        let rows: Vec<HistoryRow> =
            fake.rows.iter().filter(fresh).take(usize::from(limit)).cloned().collect();
        let cursor = rows.iter().fold(after, |cursor, row| HistoryCursor {
            rowid: cursor.rowid.max(row.rowid),
            timeofban: cursor.timeofban.max(row.banned_at.as_secs()),
        });
        Ok(HistoryPage { rows, cursor, more: false })
    }
}

impl Clock for Script {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.edit().now)
    }
}

/// A history that cannot be read, as when fail2ban's database is not mounted.
pub(crate) struct NoHistory;

#[async_trait]
impl Fail2banHistory for NoHistory {
    async fn read(&self, path: &str, _: HistoryCursor, _: u16) -> Result<HistoryPage, HistoryError> {
        Err(HistoryError::Unreadable { path: path.to_owned(), reason: "not mounted".to_owned() })
    }
}

/// The services over one script and one store.
pub(crate) struct World {
    pub(crate) script: Script,
    pub(crate) store: Arc<dyn BanStore>,
    pub(crate) observer: Arc<Observer>,
    pub(crate) bans: Arc<BanService>,
    pub(crate) allow: AllowService,
    pub(crate) watch: Arc<Watch>,
    pub(crate) db: TestDb,
}

impl World {
    pub(crate) async fn new() -> Self {
        let script = Script::new();
        Self::over(TestDb::sqlite().await, script.clone(), Arc::new(script)).await
    }

    /// fail2ban's database cannot be read.
    pub(crate) async fn without_history() -> Self {
        Self::over(TestDb::sqlite().await, Script::new(), Arc::new(NoHistory)).await
    }

    /// BanGUI is started again: same store, same fail2ban, nothing remembered.
    pub(crate) async fn restarted(self) -> Self {
        let history = Arc::new(self.script.clone());
        Self::over(self.db, self.script, history).await
    }

    async fn over(db: TestDb, script: Script, history: Arc<dyn Fail2banHistory>) -> Self {
        let store: Arc<dyn BanStore> = Arc::new(db.db().clone());
        let audit: Arc<dyn AuditLog> = Arc::new(db.db().clone());
        let allowlist: Arc<dyn AllowStore> = Arc::new(db.db().clone());
        let control: Arc<dyn JailControl> = Arc::new(script.clone());
        let clock: Arc<dyn Clock> = Arc::new(script.clone());
        let watch = Arc::new(Watch::new(Arc::clone(&clock)));
        let feed = Feed::begin(ServerId::local(), Arc::clone(&store), Arc::clone(&watch));
        let feed = feed.await.expect("a feed");
        let observer = Observer::new(
            ServerId::local(),
            Arc::clone(&control),
            Arc::clone(&store),
            history,
            None,
            Arc::new(feed),
            Arc::clone(&clock),
        );
        let observer = Arc::new(observer.with_watch_log(Arc::new(db.db().clone())));
        let bans = BanService::new(
            ServerId::local(),
            control,
            Arc::clone(&store),
            Arc::clone(&allowlist),
            Arc::clone(&audit),
            Arc::clone(&observer),
            Arc::clone(&clock),
        );
        let bans = Arc::new(bans);
        let allow = AllowService::new(
            ServerId::local(),
            allowlist,
            Arc::new(script.clone()),
            Arc::clone(&bans),
            Arc::clone(&watch),
            audit,
            clock,
        );
        Self { script, store, observer, bans, allow, watch, db }
    }

    pub(crate) async fn look(&self) {
        self.observer.look(None).await.expect("a look");
    }

    /// A look of the process that holds the scheduler lock.
    pub(crate) async fn leads(&self, fence: Fence) -> Result<(), ServiceError> {
        self.observer.look(Some(fence)).await.map(drop)
    }

    /// Takes the scheduler lock.
    pub(crate) async fn lead(&self) -> Fence {
        self.db.lead().await
    }

    /// The gaps of the history, in seconds from the start.
    pub(crate) async fn gaps(&self) -> Vec<(i64, i64, &'static str)> {
        let all = Period { since: Timestamp::from_millis(0), until: Timestamp::from_secs(START * 2) };
        let gaps = self.db.db().gaps(&ServerId::local(), all).await.expect("gaps");
        let after = |at: Timestamp| at.as_secs() - START;
        gaps.iter()
            .map(|gap| (after(gap.period.since), after(gap.period.until), gap.cause.as_str()))
            .collect()
    }

    /// The history in short, oldest first: `ban 192.0.2.1 detected +0`, times in seconds from the start.
    pub(crate) async fn story(&self) -> Vec<String> {
        self.events().await.iter().map(line).collect()
    }

    /// The history, oldest first.
    pub(crate) async fn events(&self) -> Vec<BanEvent> {
        let limit = Limit::new(Limit::MAX).expect("a limit");
        let query = EventQuery { limit, ..EventQuery::of(ServerId::local()) };
        let mut events = self.store.find_events(&query).await.expect("events").items;
        events.reverse();
        events
    }

    /// What is banned, as BanGUI sees it.
    pub(crate) async fn active(&self, jail: &str) -> Vec<String> {
        let bans = self.store.active(&ServerId::local(), &name(jail)).await.expect("bans");
        let mut ids: Vec<String> = bans.into_iter().map(|ban| ban.key.id.to_string()).collect();
        ids.sort();
        ids
    }
}

fn line(event: &BanEvent) -> String {
    let by = event.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let offset = event.occurred_at.as_secs() - START;
    format!("{} {} {}{by} {offset:+}", event.kind.as_str(), event.key.id, event.origin.as_str())
}
