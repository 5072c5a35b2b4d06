//! One `bangui serve` that is measured: started, asked whether it is ready, signalled, and started again on the same port.
//! Knows nothing of the others.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use serde::Deserialize;
use tempfile::TempDir;

use super::complaints::Complaints;
use super::connection::{Connection, Failure, get};
use crate::api::Api;
use crate::postgres::fixed_port;
use crate::server::{Server, USER, random_password};
use crate::service::Service;

/// A socket that nobody listens on, for measurements that need no fail2ban: the server serves all the same.
const NO_FAIL2BAN: &str = "/nonexistent/fail2ban.sock";
/// How long a start may take, and a stop.
const LIMIT: Duration = Duration::from_mins(1);
const PATIENCE: Duration = Duration::from_secs(2);

/// What `GET /api/health/ready` says.
#[derive(Debug, Deserialize)]
pub(super) struct Readiness {
    status: String,
    /// `leader`, `standby` or `lost`.
    pub(super) scheduler: String,
}

/// A server and the directory that it lives in.
pub(super) struct Replica {
    // Dropped first: the server must be gone before its directory is.
    service: Service,
    server: Server,
    _dir: TempDir,
    log: PathBuf,
}

impl Replica {
    /// Starts one on `database`, or on an SQLite file of its own, and waits until it is ready.
    pub(super) fn start(
        binary: &Path,
        database: Option<&str>,
        fail2ban: Option<PathBuf>,
        settings: Vec<(&'static str, String)>,
    ) -> Result<Self> {
        let dir =
            tempfile::Builder::new().prefix("bangui-").tempdir().context("make a temporary directory")?;
        let sqlite = || format!("sqlite://{}", dir.path().join("bangui.db").display());
        let server = Server {
            binary: binary.to_path_buf(),
            dir: dir.path().to_path_buf(),
            port: fixed_port()?,
            database: database.map_or_else(sqlite, str::to_owned),
            fail2ban: fail2ban.unwrap_or_else(|| NO_FAIL2BAN.into()),
            password: random_password()?,
            settings,
        };
        let log = dir.path().join("bangui.log");
        let service = Service::start("BanGUI", server.command()?, &log, Signal::TERM)?;
        let mut replica = Self { service, server, _dir: dir, log };
        replica.wait_until_ready()?;
        Ok(replica)
    }

    /// Starts it again after it has ended, and waits until it is ready.
    pub(super) fn start_again(&mut self) -> Result<()> {
        self.service = Service::start("BanGUI", self.server.command()?, &self.log, Signal::TERM)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let address = self.address();
        self.service.wait_until(LIMIT, || is_ready(address))
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.server.port).into()
    }

    /// Its process id, until it is started again.
    pub(super) fn id(&self) -> u32 {
        self.service.id()
    }

    /// Its part in scheduling; none when it does not answer.
    pub(super) fn scheduler(&self) -> Option<String> {
        Some(readiness(self.address())?.scheduler)
    }

    /// Sessions of the user that this server made, as cookies.
    pub(super) fn sessions(&self, count: usize) -> Result<Vec<String>> {
        let mut api = Api::new(&format!("http://{}", self.address()));
        (0..count)
            .map(|_| {
                api.login(USER, &self.server.password)?;
                Ok(api.cookie().to_owned())
            })
            .collect()
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        self.service.signal(signal)
    }

    /// Waits until it has ended.
    pub(super) fn wait_for_end(&mut self) -> Result<ExitStatus> {
        self.service.wait_for_end(LIMIT)
    }

    /// An error when it has ended by itself.
    pub(super) fn require_running(&mut self) -> Result<()> {
        self.service.require_running()
    }

    /// The end of its log.
    pub(super) fn log_tail(&self) -> String {
        self.service.log_tail()
    }

    /// Adds what it has logged as a warning or an error.
    pub(super) fn complain(&self, complaints: &mut Complaints) -> Result<()> {
        complaints.add(&std::fs::read_to_string(&self.log).context("read a server's log")?);
        Ok(())
    }
}

/// Whether the server there calls itself ready.
pub(super) fn is_ready(address: SocketAddr) -> bool {
    readiness(address).is_some_and(|readiness| readiness.status == "ok")
}

fn readiness(address: SocketAddr) -> Option<Readiness> {
    let ask = || -> Result<_, Failure> {
        Connection::open(address, PATIENCE)?.ask(&get("/api/health/ready", None))
    };
    serde_json::from_slice(&ask().ok()?.body).ok()
}
