//! A scripted fail2ban, its database, and a clock that stands until it is moved. fail2ban itself cannot be told
//! to restore half of its bans or to use the hour that daylight saving repeats; this one can.

mod control;
mod history;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bangui_domain::model::{BanId, BanTime, JailName, Outage, OutageCode, Timestamp};
use bangui_domain::ports::{Clock, ControlError, HistoryRow, LocalTime, ReportedBan};

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
    /// fail2ban keeps no database.
    pub(crate) keeps_no_database: bool,
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
    /// Whether fail2ban refuses to tell its counters.
    pub(crate) uncounted: bool,
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
    /// Its lines cannot be read, and neither can the ids alone.
    Lies,
    /// Every second line cannot be read, and neither can the ids alone.
    HalfLies,
    /// Only the ids can be read: fail2ban refuses the times.
    IdsOnly,
    /// Every second line cannot be read, but its id.
    HalfIds,
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

impl Clock for Script {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.edit().now)
    }

    fn uptime(&self) -> Duration {
        self.edit().up
    }
}
