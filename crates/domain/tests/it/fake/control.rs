//! The scripted fail2ban behind the domain's port.

use std::sync::Arc;

use async_trait::async_trait;
use bangui_domain::model::{
    BanId, JailCounters, JailDetail, JailName, JailSettings, Outage, OutageCode, Probe, ProblemCode, Target,
};
use bangui_domain::ports::{BanList, ControlError, Counters, JailControl, LocalTime};

use super::{FakeJail, ListAnswer, Script, name, offline};

fn counters(name_text: &str, jail: &FakeJail) -> JailCounters {
    JailCounters {
        name: name(name_text),
        currently_failed: 0,
        total_failed: 0,
        currently_banned: u64::try_from(jail.bans.len()).expect("a small number"),
        total_banned: jail.total,
    }
}

/// What is said of lines that cannot be read.
fn odd_lines() -> Vec<(ProblemCode, String)> {
    vec![(ProblemCode::BanUnreadable, "1 line".to_owned())]
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
            database_file: (!fake.keeps_no_database).then(|| "fail2ban.sqlite3".to_owned()),
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
        let (odd, sound): (Vec<_>, Vec<_>) = fake.jails.iter().partition(|(_, jail)| jail.uncounted);
        let jails = sound.into_iter().map(|(name, jail)| counters(name, jail)).collect();
        let why = "expected a count, got a text".to_owned();
        let unreadable = odd.into_iter().map(|(jail, _)| (name(jail), why.clone())).collect();
        Ok(Counters { connection: fake.connection, jails, unreadable })
    }

    async fn jail(&self, jail: &JailName) -> Result<JailDetail, ControlError> {
        let mut fake = self.edit();
        let found = fake.jail(jail)?;
        if found.uncounted {
            return Err(ControlError::Refused("its status is odd".to_owned()));
        }
        let settings = JailSettings { ignoreip: found.ignoreip.clone(), ..JailSettings::default() };
        Ok(JailDetail {
            counters: counters(jail.as_str(), found),
            file_list: Vec::new(),
            journal_matches: Vec::new(),
            log_told: true,
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
            ListAnswer::Lies => Ok(BanList { partial: true, faults: odd_lines(), ..BanList::default() }),
            ListAnswer::HalfLies => {
                let bans = bans.into_iter().step_by(2).collect();
                Ok(BanList { bans, partial: true, faults: odd_lines(), ..BanList::default() })
            }
            ListAnswer::IdsOnly => {
                let faults = vec![(ProblemCode::JailUnreadable, "year 4461763 is out of range".to_owned())];
                let ids = bans.into_iter().map(|ban| ban.id).collect();
                Ok(BanList { ids, faults, ..BanList::default() })
            }
            ListAnswer::HalfIds => {
                let ids = bans.iter().skip(1).step_by(2).map(|ban| ban.id.clone()).collect();
                let bans = bans.into_iter().step_by(2).collect();
                Ok(BanList { bans, ids, partial: false, faults: odd_lines() })
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
