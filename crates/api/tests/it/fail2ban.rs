//! A scripted fail2ban without a database of its own, and the clock of a test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bangui_domain::model::{
    BanId, BanRule, BanTime, JailCounters, JailDetail, JailLog, JailName, JailSettings, LogFile,
    LogFileState, Outage, OutageCode, Probe, Target, Timestamp,
};
use bangui_domain::ports::{
    BanList, Clock, ControlError, Counters, Fail2banHistory, HistoryCursor, HistoryError, HistoryPage,
    IgnoreControl, IgnoreList, JailControl, LocalTime, ReportedBan,
};

/// The moment at which every test begins: 2026-11-23 12:00:00 UTC.
pub(crate) const START: i64 = 1_795_435_200;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) jails: BTreeMap<String, Jail>,
    pub(crate) offline: bool,
    /// Takes commands and never says whether they were carried out.
    pub(crate) mute: bool,
    /// Calls answered, of any sort.
    pub(crate) calls: usize,
    pub(crate) now_millis: i64,
}

#[derive(Default)]
pub(crate) struct Jail {
    pub(crate) bans: Vec<ReportedBan>,
    pub(crate) total: u64,
    pub(crate) ignoreip: Vec<String>,
    /// Paths with their states.
    pub(crate) files: Vec<(&'static str, LogFileState)>,
    pub(crate) journal: Vec<String>,
    /// What fail2ban says to every question about this jail alone.
    pub(crate) refuses: Option<&'static str>,
}

/// Shares the script between the test, the API and the clock.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<State>>);

impl Script {
    /// With the jails `sshd`, which ignores 192.168.0.0/16, and `nginx`.
    pub(crate) fn new() -> Self {
        let sshd = Jail {
            ignoreip: vec!["192.168.0.0/16".to_owned()],
            files: vec![("/var/log/auth.log", LogFileState::Present)],
            ..Jail::default()
        };
        let nginx = Jail { journal: vec!["_COMM=nginx".to_owned()], ..Jail::default() };
        let jails = BTreeMap::from([("nginx".to_owned(), nginx), ("sshd".to_owned(), sshd)]);
        Self(Arc::new(Mutex::new(State { jails, now_millis: START * 1000, ..State::default() })))
    }

    pub(crate) fn edit(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Lets `secs` pass.
    pub(crate) fn pass(&self, secs: i64) {
        self.edit().now_millis += secs * 1000;
    }

    /// A filter of `jail` bans `id` now, for `bantime` seconds.
    pub(crate) fn detects(&self, jail: &str, id: &str, bantime: i64) {
        let mut state = self.edit();
        let banned_at = LocalTime::Exact(Timestamp::from_millis(state.now_millis));
        let jail = state.jails.get_mut(jail).unwrap();
        jail.total += 1;
        let (id, bantime) = (BanId::from_reported(id), BanTime::from_fail2ban(bantime));
        jail.bans.push(ReportedBan { id, banned_at, bantime });
    }
}

impl State {
    fn answer(&mut self) -> Result<(), ControlError> {
        self.calls += 1;
        if self.offline {
            let detail = "there is no socket /run/fail2ban/fail2ban.sock".to_owned();
            return Err(ControlError::Offline(Outage { code: OutageCode::SocketMissing, detail }));
        }
        Ok(())
    }

    fn jail(&mut self, name: &JailName) -> Result<&mut Jail, ControlError> {
        self.answer()?;
        let jail =
            self.jails.get_mut(name.as_str()).ok_or_else(|| ControlError::JailNotFound(name.clone()))?;
        match jail.refuses {
            Some(said) => Err(ControlError::Refused(said.to_owned())),
            None => Ok(jail),
        }
    }

    fn command(&mut self, name: &JailName) -> Result<&mut Jail, ControlError> {
        if self.mute {
            return Err(ControlError::OutcomeUnknown("no answer within 10 s".to_owned()));
        }
        self.jail(name)
    }
}

fn counters(name: &str, jail: &Jail) -> JailCounters {
    JailCounters {
        name: JailName::parse(name).unwrap(),
        currently_failed: 1,
        total_failed: 7,
        currently_banned: u64::try_from(jail.bans.len()).unwrap(),
        total_banned: jail.total,
    }
}

#[async_trait]
impl JailControl for Script {
    async fn probe(&self) -> Result<Probe, ControlError> {
        let mut state = self.edit();
        state.answer()?;
        let jails = state.jails.len();
        let rule = |name: &String| BanRule {
            jail: JailName::parse(name).unwrap(),
            maxretry: 5,
            findtime: 600,
            bantime: -1,
        };
        let rules = state.jails.keys().map(rule).collect();
        let log = |(name, jail): (&String, &Jail)| JailLog {
            jail: JailName::parse(name).unwrap(),
            files: jail
                .files
                .iter()
                .map(|(path, state)| LogFile { path: (*path).to_owned(), state: *state })
                .collect(),
            journal: jail.journal.clone(),
        };
        let logs = state.jails.iter().map(log).collect();
        Ok(Probe {
            version: "1.0.2".to_owned(),
            latency_micros: 1_250,
            jails,
            database_file: None,
            purge_age_secs: None,
            rules,
            logs,
            unreadable: Arc::default(),
        })
    }

    async fn counters(&self) -> Result<Counters, ControlError> {
        let mut state = self.edit();
        state.answer()?;
        let jails = state.jails.iter().map(|(name, jail)| counters(name, jail)).collect();
        Ok(Counters { connection: 1, jails, unreadable: Vec::new() })
    }

    async fn jail(&self, name: &JailName) -> Result<JailDetail, ControlError> {
        let mut state = self.edit();
        let jail = state.jail(name)?;
        let settings = JailSettings {
            ignoreip: jail.ignoreip.clone(),
            findtime: Some(600),
            bantime: Some(600),
            maxretry: Some(5),
            usedns: Some("warn".to_owned()),
            ..JailSettings::default()
        };
        Ok(JailDetail {
            counters: counters(name.as_str(), jail),
            file_list: jail.files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            journal_matches: jail.journal.clone(),
            log_told: true,
            settings,
            unreadable: Vec::new(),
        })
    }

    async fn bans(&self, name: &JailName) -> Result<BanList, ControlError> {
        Ok(BanList { bans: self.edit().jail(name)?.bans.clone(), ..BanList::default() })
    }

    async fn banned_in(&self, id: &BanId) -> Result<Vec<JailName>, ControlError> {
        let mut state = self.edit();
        state.answer()?;
        let there = state.jails.iter().filter(|(_, jail)| jail.bans.iter().any(|ban| ban.id == *id));
        Ok(there.map(|(name, _)| JailName::parse(name).unwrap()).collect())
    }

    async fn ban(&self, name: &JailName, target: &Target) -> Result<bool, ControlError> {
        let id = BanId::from(*target);
        if self.edit().command(name)?.bans.iter().any(|ban| ban.id == id) {
            return Ok(false);
        }
        self.detects(name.as_str(), id.as_str(), 600);
        Ok(true)
    }

    async fn unban(&self, name: &JailName, id: &BanId) -> Result<bool, ControlError> {
        let mut state = self.edit();
        let bans = &mut state.command(name)?.bans;
        let before = bans.len();
        bans.retain(|ban| ban.id != *id);
        Ok(bans.len() < before)
    }
}

#[async_trait]
impl IgnoreControl for Script {
    async fn ignored(&self) -> Result<Vec<IgnoreList>, ControlError> {
        let mut state = self.edit();
        state.answer()?;
        let list = |(name, jail): (&String, &Jail)| IgnoreList {
            unreadable: None,
            jail: JailName::parse(name).unwrap(),
            entries: jail.ignoreip.clone(),
        };
        Ok(state.jails.iter().map(list).collect())
    }

    async fn ignore(&self, name: &JailName, targets: &[Target]) -> Result<(), ControlError> {
        self.edit().command(name)?.ignoreip.extend(targets.iter().map(ToString::to_string));
        Ok(())
    }

    async fn stop_ignoring(&self, name: &JailName, targets: &[Target]) -> Result<(), ControlError> {
        let gone: Vec<String> = targets.iter().map(ToString::to_string).collect();
        self.edit().command(name)?.ignoreip.retain(|entry| !gone.contains(entry));
        Ok(())
    }
}

#[async_trait]
impl Fail2banHistory for Script {
    async fn read(&self, path: &str, _: HistoryCursor, _: u16) -> Result<HistoryPage, HistoryError> {
        Err(HistoryError::Unreadable { path: path.to_owned(), reason: "this fail2ban keeps none".to_owned() })
    }
}

impl Clock for Script {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.edit().now_millis)
    }

    fn uptime(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.edit().now_millis.unsigned_abs())
    }
}
