//! fail2ban behind the domain's `JailControl` port: one client, one connection.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bangui_domain::model::{BanId, JailDetail, JailLog, JailName, LogFile, Probe, Target};
use bangui_domain::ports::{BanList, ControlError, Counters, JailControl};
use fail2ban_client::{self as client, Client, Options, Outcome};

use crate::convert::{client_address, client_ids, client_jail, counters, error, jail_name, settings, vital};
use crate::lists::{ids_alone, listed};
use crate::logs::LogFiles;
use crate::rules::beyond;
use crate::{CommandMeter, Zone};

/// How many jails are asked for a setting in one go: fail2ban answers nobody else in between.
pub(crate) const AT_ONCE: usize = 100;
/// How many log files of a jail are told of, the missing ones first.
const MOST_FILES: usize = 100;

/// One fail2ban server, reached through its socket.
pub struct Fail2banControl {
    pub(crate) client: Client,
    zone: Zone,
    meter: CommandMeter,
    files: LogFiles,
}

impl Fail2banControl {
    /// The server at `socket`, which prints times in `zone`; `meter` counts what is asked of it. Connects when it is
    /// first asked.
    pub fn new(socket: &Path, zone: Zone, meter: CommandMeter) -> Self {
        // A server that is away is news to be told at once, and whoever asks asks again soon.
        // An older server than the oldest that is tested is refused, and its log is spared what it cannot answer.
        let options = Options::default()
            .with_reconnect_for(Duration::ZERO)
            .with_oldest(client::Version::oldest_tested());
        Self { client: Client::with_options(socket, options), zone, meter, files: LogFiles::new() }
    }

    /// Measures one call of the client.
    pub(crate) async fn ask<T>(
        &self,
        command: &'static str,
        call: impl Future<Output = Result<T, client::Error>>,
    ) -> Result<T, client::Error> {
        self.meter.time(command, call).await
    }

    /// What the jails watch, by name.
    async fn logs(&self) -> Result<Arc<[JailLog]>, ControlError> {
        let jails = self.ask("status", self.client.status_all_short()).await.map_err(|e| vital(&e))?;
        let paths = jails.iter().flat_map(|(_, status)| status.files.iter().map(client::Text::to_path));
        let mut states = self.files.look(paths.collect()).await.into_iter();
        let mut logs = Vec::with_capacity(jails.len());
        for (jail, status) in &jails {
            let seen = status.files.iter().zip(states.by_ref());
            let mut files: Vec<_> =
                seen.map(|(path, state)| LogFile { path: path.to_string(), state }).collect();
            files.sort_by(|a, b| (a.state, &a.path).cmp(&(b.state, &b.path)));
            files.truncate(MOST_FILES);
            let journal = status.journal_matches.iter().map(ToString::to_string).collect();
            logs.extend(jail_name(jail).map(|jail| JailLog { jail, files, journal }));
        }
        logs.sort_by(|a, b| a.jail.cmp(&b.jail));
        Ok(logs.into())
    }
}

/// What the server may refuse to tell, or tell in a way that is not understood, without being away.
fn optional<T>(answer: Result<Option<T>, client::Error>) -> Result<Option<T>, ControlError> {
    answer.or_else(|refused| match error(&refused) {
        ControlError::Offline(outage) => Err(ControlError::Offline(outage)),
        other => {
            tracing::warn!("fail2ban does not tell something of itself: {other}");
            Ok(None)
        }
    })
}

#[async_trait]
impl JailControl for Fail2banControl {
    async fn probe(&self) -> Result<Probe, ControlError> {
        let asked = Instant::now();
        self.ask("ping", self.client.ping()).await.map_err(|e| vital(&e))?;
        let latency_micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        let version = self.ask("version", self.client.version()).await.map_err(|e| vital(&e))?;
        let jails = self.ask("jails", self.client.jails()).await.map_err(|e| vital(&e))?;
        let database = optional(self.ask("database_file", self.client.database_file()).await)?;
        let purge_age = optional(self.ask("purge_age", self.client.database_purge_age()).await)?;
        let (rules, unreadable) = self.rules(&jails).await?;
        Ok(Probe {
            version: version.to_string(),
            latency_micros,
            jails: jails.len(),
            database_file: database.map(|path| path.to_string_lossy().into_owned()),
            purge_age_secs: purge_age,
            rules,
            logs: self.logs().await?,
            unreadable,
        })
    }

    async fn counters(&self) -> Result<Counters, ControlError> {
        let counted = self.ask("counters", self.client.counters_of_each()).await.map_err(|e| vital(&e))?;
        let (mut jails, mut unreadable) = (Vec::with_capacity(counted.len()), Vec::new());
        for (jail, counts) in &counted {
            match (jail_name(jail), counts) {
                (Some(name), Ok(counts)) => jails.push(counters(name, counts)),
                (Some(name), Err(error)) => unreadable.push((name, error.to_string())),
                (None, _) => {}
            }
        }
        jails.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Counters { connection: self.client.generation(), jails, unreadable })
    }

    async fn jail(&self, jail: &JailName) -> Result<JailDetail, ControlError> {
        let name = client_jail(jail)?;
        let status = self.ask("status", self.client.status_short(&name)).await.map_err(|e| error(&e))?;
        let found = self.ask("settings", self.client.jail_settings(&name)).await.map_err(|e| error(&e))?;
        Ok(JailDetail {
            counters: counters(jail.clone(), &status.counters),
            file_list: status.files.iter().map(ToString::to_string).collect(),
            journal_matches: status.journal_matches.iter().map(ToString::to_string).collect(),
            log_told: true,
            unreadable: found.unreadable.iter().map(ToString::to_string).chain(beyond(&found)).collect(),
            settings: settings(found),
        })
    }

    async fn bans(&self, jail: &JailName) -> Result<BanList, ControlError> {
        let name = client_jail(jail)?;
        let refused = match self.ask("bans", self.client.banned_with_times(&name)).await {
            Ok(list) if list.unreadable.is_empty() => return Ok(listed(&list, None, &self.zone)),
            Ok(list) => {
                let all = self.ask("ids", self.client.banned_unsorted(&name)).await.map_err(|e| error(&e));
                let all = match all {
                    Err(ControlError::Refused(_)) => None,
                    answered => Some(answered?),
                };
                return Ok(listed(&list, all.as_deref(), &self.zone));
            }
            Err(refused) => refused,
        };
        let ControlError::Refused(detail) = error(&refused) else { return Err(error(&refused)) };
        // The times of one ban can keep fail2ban from telling those of all: what is banned it tells all the same.
        let ids = self.ask("ids", self.client.banned_unsorted(&name)).await.map_err(|e| error(&e))?;
        Ok(ids_alone(&ids, detail))
    }

    async fn banned_in(&self, id: &BanId) -> Result<Vec<JailName>, ControlError> {
        let ids = client_ids(id)?;
        let answer = self.ask("banned_in", self.client.banned_in(&ids)).await.map_err(|e| error(&e))?;
        let mut jails: Vec<JailName> = Vec::new();
        for jail in answer.iter().flatten().filter_map(jail_name) {
            if !jails.contains(&jail) {
                jails.push(jail);
            }
        }
        Ok(jails)
    }

    async fn ban(&self, jail: &JailName, target: &Target) -> Result<bool, ControlError> {
        let (name, address) = (client_jail(jail)?, client_address(target)?);
        let report = self.ask("ban", self.client.ban(&name, &[address])).await.map_err(|e| error(&e))?;
        Ok(report.count(Outcome::Done) > 0)
    }

    async fn unban(&self, jail: &JailName, id: &BanId) -> Result<bool, ControlError> {
        let (name, ids) = (client_jail(jail)?, client_ids(id)?);
        let report = self.ask("unban", self.client.unban(&name, &ids)).await.map_err(|e| error(&e))?;
        Ok(report.count(Outcome::Done) > 0)
    }
}
