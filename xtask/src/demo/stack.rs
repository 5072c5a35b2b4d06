//! The demo's servers: a private real fail2ban with three jails, and BanGUI on SQLite in front of it. All
//! of it lives in temporary directories and ends with this value.

use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::api::Api;
use crate::postgres::free_port;
use crate::procfs;
pub(crate) use crate::server::USER;
use crate::server::{self, Server};
use crate::service::Service;
use crate::workspace::{self, Profile};

/// The jails, and for how many seconds each bans: short enough in one that unbans are seen soon.
pub(crate) const JAILS: [(&str, Filter, i64); 3] =
    [("sshd", Filter::Sshd, 600), ("nginx", Filter::Nginx, 45), ("postfix", Filter::Postfix, 180)];
/// Failures that make a ban, in every jail.
pub(crate) const MAXRETRY: u32 = 3;

const PORT: u16 = 8686;
const READY_WITHIN: Duration = Duration::from_mins(1);

/// How to start it.
pub(crate) struct Options {
    /// How the server is built.
    pub(crate) profile: Profile,
    /// The port that must be used, if any.
    pub(crate) port: Option<u16>,
    /// More variables of BanGUI's environment.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// The running servers.
pub(crate) struct Stack {
    // In the order in which they have to end.
    server: Service,
    lab: Fail2ban,
    _dir: TempDir,
    url: String,
    password: String,
}

impl Stack {
    /// Builds BanGUI, starts fail2ban and BanGUI, and waits until BanGUI is alive.
    pub(crate) fn start(options: &Options) -> Result<Self> {
        let port = port(options.port)?;
        println!("Building the server.");
        let binary = workspace::build_server(options.profile)?;
        println!("Starting a private fail2ban and BanGUI.");
        let mut builder = Fail2ban::builder();
        for (name, filter, bantime) in JAILS {
            builder = builder.jail(JailSpec::new(name, filter).bantime(bantime).maxretry(MAXRETRY));
        }
        let lab = builder.start().context("start the private fail2ban")?;
        let dir =
            tempfile::Builder::new().prefix("bangui-").tempdir().context("make a temporary directory")?;
        let password = server::random_password()?;
        let serve = Server {
            binary,
            dir: dir.path().to_path_buf(),
            port,
            database: format!("sqlite://{}", dir.path().join("bangui.db").display()),
            fail2ban: lab.socket(),
            password: password.clone(),
            settings: options.settings.clone(),
        };
        let log = dir.path().join("bangui.log");
        let mut server = Service::start("BanGUI", serve.command()?, &log, Signal::TERM)?;
        let url = format!("http://127.0.0.1:{port}");
        let api = Api::new(&url);
        server.wait_until(READY_WITHIN, || {
            api.get("/api/health/live").is_ok_and(|(status, _)| status == 200)
        })?;
        Ok(Self { server, lab, _dir: dir, url, password })
    }

    /// Address of the pages and the API.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Password of [`USER`].
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// The private fail2ban.
    pub(crate) fn lab(&self) -> &Fail2ban {
        &self.lab
    }

    /// The private fail2ban, to stop and start it.
    pub(crate) fn lab_mut(&mut self) -> &mut Fail2ban {
        &mut self.lab
    }

    /// BanGUI's process id.
    pub(crate) fn server_id(&self) -> u32 {
        self.server.id()
    }

    /// The end of BanGUI's log.
    pub(crate) fn server_log(&self) -> String {
        self.server.log_tail()
    }

    /// All of BanGUI's log.
    pub(crate) fn whole_server_log(&self) -> Result<String> {
        self.server.log()
    }

    /// How a person asks the private fail2ban.
    pub(crate) fn client_line(&self) -> String {
        format!("fail2ban-client -s {} status", self.lab.socket().display())
    }

    /// A client that is signed in.
    pub(crate) fn api(&self) -> Result<Api> {
        let mut api = Api::new(&self.url);
        api.login(USER, &self.password)?;
        Ok(api)
    }

    /// An error when one of the servers has ended by itself.
    pub(crate) fn require_running(&mut self) -> Result<()> {
        self.server.require_running()?;
        if !self.lab.pid().is_some_and(procfs::runs) {
            bail!("the private fail2ban stopped by itself");
        }
        Ok(())
    }
}

/// The wanted port, which must be free; or the usual one if it is free, else any.
fn port(wanted: Option<u16>) -> Result<u16> {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port));
    if let Some(port) = wanted {
        free(port).with_context(|| {
            format!("port {port} cannot be used: choose another with --port, or leave it out")
        })?;
        return Ok(port);
    }
    if free(PORT).is_ok() { Ok(PORT) } else { free_port() }
}
