//! fail2ban behind the domain's `JailControl` port: one client, one connection.

use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bangui_domain::model::{BanId, JailDetail, JailName, Probe, Target};
use bangui_domain::ports::{ControlError, Counters, JailControl, ReportedBan};
use fail2ban_client::{Client, Options, Outcome};

use crate::Zone;
use crate::convert::{
    client_address, client_id, client_jail, counters, error, jail_name, reported, settings, vital,
};

/// One fail2ban server, reached through its socket.
pub struct Fail2banControl {
    client: Client,
    zone: Zone,
}

impl Fail2banControl {
    /// The server at `socket`, which prints times in `zone`. Connects when it is first asked.
    pub fn new(socket: &Path, zone: Zone) -> Self {
        // A server that is away is news to be told at once, and whoever asks asks again soon.
        let options = Options::default().with_reconnect_for(Duration::ZERO);
        Self { client: Client::with_options(socket, options), zone }
    }
}

#[async_trait]
impl JailControl for Fail2banControl {
    async fn probe(&self) -> Result<Probe, ControlError> {
        let asked = Instant::now();
        self.client.ping().await.map_err(|e| vital(&e))?;
        let latency_micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        let version = self.client.version().await.map_err(|e| vital(&e))?;
        let jails = self.client.jails().await.map_err(|e| vital(&e))?.len();
        let database = self.client.database_file().await.map_err(|e| vital(&e))?;
        Ok(Probe {
            version: version.to_string(),
            latency_micros,
            jails,
            database_file: database.map(|path| path.to_string_lossy().into_owned()),
        })
    }

    async fn counters(&self) -> Result<Counters, ControlError> {
        let counted = self.client.counters().await.map_err(|e| vital(&e))?;
        let mut jails: Vec<_> = counted
            .iter()
            .filter_map(|(jail, counts)| jail_name(jail).map(|name| counters(name, counts)))
            .collect();
        jails.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Counters { connection: self.client.generation(), jails })
    }

    async fn jail(&self, jail: &JailName) -> Result<JailDetail, ControlError> {
        let name = client_jail(jail)?;
        let status = self.client.status_short(&name).await.map_err(|e| error(&e))?;
        let found = self.client.jail_settings(&name).await.map_err(|e| error(&e))?;
        Ok(JailDetail {
            counters: counters(jail.clone(), &status.counters),
            file_list: status.files.iter().map(ToString::to_string).collect(),
            journal_matches: status.journal_matches.iter().map(ToString::to_string).collect(),
            settings: settings(found),
        })
    }

    async fn bans(&self, jail: &JailName) -> Result<Vec<ReportedBan>, ControlError> {
        let tickets = self.client.banned_with_times(&client_jail(jail)?).await.map_err(|e| error(&e))?;
        Ok(tickets.iter().filter_map(|ticket| reported(ticket, &self.zone)).collect())
    }

    async fn banned_in(&self, id: &BanId) -> Result<Vec<JailName>, ControlError> {
        let answer = self.client.banned_in(&[client_id(id)?]).await.map_err(|e| error(&e))?;
        Ok(answer.iter().flatten().filter_map(jail_name).collect())
    }

    async fn ban(&self, jail: &JailName, target: &Target) -> Result<bool, ControlError> {
        let (name, address) = (client_jail(jail)?, client_address(target)?);
        let report = self.client.ban(&name, &[address]).await.map_err(|e| error(&e))?;
        Ok(report.count(Outcome::Done) > 0)
    }

    async fn unban(&self, jail: &JailName, id: &BanId) -> Result<bool, ControlError> {
        let (name, id) = (client_jail(jail)?, client_id(id)?);
        let report = self.client.unban(&name, &[id]).await.map_err(|e| error(&e))?;
        Ok(report.count(Outcome::Done) > 0)
    }
}
