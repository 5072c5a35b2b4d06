//! A scripted fail2ban, its database, and a clock that stands until it is moved. fail2ban itself cannot be told
//! to restore half of its bans or to use the hour that daylight saving repeats; this one can.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{
    BanId, BanTime, JailCounters, JailDetail, JailName, JailSettings, Outage, OutageCode, Probe, ProblemCode,
    Target, Timestamp,
};
use bangui_domain::ports::{
    BanList, Clock, ControlError, Counters, Fail2banHistory, HistoryCursor, HistoryError, HistoryPage,
    HistoryRow, JailControl, LocalTime, ReportedBan,
};

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
    /// By how many seconds the times of lists are read too late, as in another time zone.
    pub(crate) zone: i64,
    /// What has passed, whatever the clock was set to.
    pub(crate) up: Duration,
    /// How long each reading of fail2ban's database takes, and how many rows it brings at most.
    pub(crate) page: (Duration, usize),
    /// Why fail2ban's database cannot be read, if it cannot.
    pub(crate) history_fault: Option<HistoryFault>,
}

/// Why a reading of fail2ban's database fails.
#[derive(Clone, Copy)]
pub(crate) enum HistoryFault {
    /// It is unreadable, for this reason.
    Unreadable(&'static str),
    /// It is busy.
    Busy,
}

#[derive(Default, Clone)]
pub(crate) struct FakeJail {
    pub(crate) bans: Vec<ReportedBan>,
    pub(crate) total: u64,
    pub(crate) ignoreip: Vec<String>,
    /// What fail2ban says instead of what the jail ignores.
    pub(crate) ignoreip_refused: Option<String>,
    /// What becomes of a question for the list of this jail.
    pub(crate) list: ListAnswer,
}

/// How a jail answers when its list is asked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListAnswer {
    /// As it should.
    #[default]
    True,
    /// fail2ban refuses, in words.
    Refused,
    /// No answer comes in time.
    Stalls,
    /// The list has lines that cannot be read, and lacks these bans.
    Lies,
}

/// Shares the script between test, control, history and clock.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<Fake>>);

impl Script {
    pub(crate) fn new() -> Self {
        let fake = Fake { connection: 1, now: START, page: (Duration::ZERO, usize::MAX), ..Fake::default() };
        Self(Arc::new(Mutex::new(fake)))
    }

    pub(crate) fn edit(&self) -> MutexGuard<'_, Fake> {
        self.0.lock().expect("no test panics while it holds the script")
    }

    /// Lets `secs` pass.
    pub(crate) fn pass(&self, secs: i64) {
        let mut fake = self.edit();
        fake.now += secs;
        fake.up += Duration::from_secs(u64::try_from(secs).expect("time goes forward"));
    }

    /// Somebody sets the clock, by so many seconds.
    pub(crate) fn set_clock(&self, secs: i64) {
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
    /// Something takes so long.
    pub(crate) fn spend(&mut self, time: Duration) {
        let before = self.up.as_secs();
        self.up += time;
        self.now += i64::try_from(self.up.as_secs() - before).expect("a short time");
    }

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
            logs: Arc::new([]),
            unreadable: Arc::new([]),
        })
    }

    async fn counters(&self) -> Result<Counters, ControlError> {
        let mut fake = self.edit();
        fake.check()?;
        if std::mem::take(&mut fake.cut_once) {
            return Err(offline());
        }
        let jails = fake.jails.iter().map(|(name, jail)| counters(name, jail)).collect();
        Ok(Counters { connection: fake.connection, jails, unreadable: Vec::new() })
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
            unreadable: Vec::new(),
        })
    }

    async fn bans(&self, jail: &JailName) -> Result<BanList, ControlError> {
        let delay = self.edit().list_delay;
        tokio::time::sleep(delay).await;
        let mut fake = self.edit();
        fake.spend(delay);
        fake.lists_read += 1;
        let zone = fake.zone;
        let jail = fake.jail(jail)?;
        let mut bans = jail.bans.clone();
        for ban in &mut bans {
            if let LocalTime::Exact(at) = &mut ban.banned_at {
                *at = at.plus_secs(zone);
            }
        }
        match jail.list {
            ListAnswer::True => Ok(BanList { bans, ..BanList::default() }),
            ListAnswer::Refused => {
                Err(ControlError::Refused("ValueError: year 4461763 is out of range".to_owned()))
            }
            ListAnswer::Stalls => {
                let detail = "no answer within 15 s".to_owned();
                Err(ControlError::Offline(Outage { code: OutageCode::TimedOut, detail }))
            }
            ListAnswer::Lies => {
                let faults = vec![(ProblemCode::BanUnreadable, "1 line".to_owned())];
                Ok(BanList { bans: Vec::new(), ids: Vec::new(), partial: true, faults })
            }
        }
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
        let mut fake = self.edit();
        let (takes, most) = fake.page;
        fake.spend(takes);
        match fake.history_fault {
            Some(HistoryFault::Unreadable(reason)) => {
                return Err(HistoryError::Unreadable { path: path.to_owned(), reason: reason.to_owned() });
            }
            Some(HistoryFault::Busy) => return Err(HistoryError::Busy),
            None => {}
        }
        let mut rows: Vec<HistoryRow> =
            fake.rows.iter().filter(|row| row.rowid > after.rowid).cloned().collect();
        let more = rows.len() > most.min(usize::from(limit));
        rows.truncate(most.min(usize::from(limit)));
        if !more {
            let again = |row: &&HistoryRow| {
                row.rowid <= after.rowid && row.banned_at.as_secs() >= after.timeofban.saturating_sub(10)
            };
            rows.extend(fake.rows.iter().filter(again).cloned());
        }
        let cursor = rows.iter().fold(after, |cursor, row| HistoryCursor {
            rowid: cursor.rowid.max(row.rowid),
            timeofban: cursor.timeofban.max(row.banned_at.as_secs()),
        });
        let left = fake.rows.iter().filter(|row| row.rowid > cursor.rowid).count();
        Ok(HistoryPage { rows, cursor, more, left: u64::try_from(left).expect("a small number") })
    }
}

impl Clock for Script {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.edit().now)
    }

    fn uptime(&self) -> Duration {
        self.edit().up
    }
}
