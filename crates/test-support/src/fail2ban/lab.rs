//! The private fail2ban itself: starts it, waits until it is ready, asks it, stops it, and leaves nothing behind.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::builder::Builder;
use super::config::Layout;
use super::error::LabError;
use super::process::Server;
use super::spec::JailSpec;

const READY_WITHIN: Duration = Duration::from_mins(1);
const STOP_WITHIN: Duration = Duration::from_secs(30);
const BAN_WITHIN: Duration = Duration::from_secs(30);

/// A running private fail2ban. Dropping it kills the server and deletes its temporary directory.
#[derive(Debug)]
pub struct Fail2ban {
    // Dropped first: the server must be gone before its directory is.
    pub(super) server: Option<Server>,
    pub(super) layout: Layout,
    pub(super) jails: Vec<JailSpec>,
    pub(super) env: Vec<(String, String)>,
    pub(super) temporary: Option<TempDir>,
}

impl Fail2ban {
    /// Starts to describe a private fail2ban.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The server's socket. The path is the same after a restart, the file is another.
    pub fn socket(&self) -> PathBuf {
        self.layout.socket()
    }

    /// The directory that holds everything of this server.
    pub fn dir(&self) -> &Path {
        &self.layout.dir
    }

    /// The server's own sqlite file; it does not exist when the database is off.
    pub fn database_path(&self) -> PathBuf {
        self.layout.database_path()
    }

    /// The server's own log.
    pub fn server_log(&self) -> PathBuf {
        self.layout.log()
    }

    /// The log file that a jail watches.
    ///
    /// # Errors
    /// There is no such jail.
    pub fn log_path(&self, jail: &str) -> Result<PathBuf, LabError> {
        let found = self.jails.iter().enumerate().find(|(_, spec)| spec.name == jail);
        found
            .map(|(place, spec)| self.layout.jail_log(place, spec))
            .ok_or_else(|| LabError::NoSuchJail { jail: jail.to_owned() })
    }

    /// Appends one line to a jail's log; the line end is added.
    ///
    /// # Errors
    /// There is no such jail, or its log cannot be written.
    pub fn append(&self, jail: &str, line: &str) -> Result<(), LabError> {
        let path = self.log_path(jail)?;
        let failed = |source| LabError::io(format!("appending to {}", path.display()), source);
        let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(failed)?;
        file.write_all(format!("{line}\n").as_bytes()).map_err(failed)
    }

    /// Runs Debian's `fail2ban-client` against this server and returns what it prints, trimmed.
    ///
    /// # Errors
    /// The program is not installed, or ended with an error, which carries what it printed.
    pub fn client(&self, args: &[&str]) -> Result<String, LabError> {
        let output = Command::new("fail2ban-client")
            .arg("-c")
            .arg(self.layout.config())
            .arg("-s")
            .arg(self.socket())
            .args(args)
            .output()
            .map_err(|source| LabError::spawn("fail2ban-client", source))?;
        let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() {
            return Ok(printed);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(LabError::Client {
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            output: format!("{printed} {} ({})", complaint.trim(), output.status),
        })
    }

    /// Whether `fail2ban-client` says that this jail has banned this address.
    ///
    /// # Errors
    /// As [`Fail2ban::client`].
    pub fn is_banned(&self, jail: &str, ip: IpAddr) -> Result<bool, LabError> {
        Ok(self.client(&["get", jail, "banned", &ip.to_string()])? == "1")
    }

    /// Waits until this jail has banned this address; a ban from a log line takes up to two seconds.
    ///
    /// # Errors
    /// As [`Fail2ban::client`], or the ban did not come within half a minute.
    pub fn wait_for_ban(&self, jail: &str, ip: IpAddr) -> Result<(), LabError> {
        let start = Instant::now();
        while start.elapsed() < BAN_WITHIN {
            if self.is_banned(jail, ip)? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(LabError::NotReady { why: format!("{jail} has not banned {ip}"), output: self.output() })
    }

    /// Waits until this text, such as a banned address, stands in the server's database: it is written by another
    /// thread, after the ban is in force, and a server that is stopped before loses it.
    ///
    /// # Errors
    /// The database cannot be read, or the text did not come within half a minute.
    pub fn wait_for_row(&self, text: &str) -> Result<(), LabError> {
        let path = self.database_path();
        let start = Instant::now();
        while start.elapsed() < BAN_WITHIN {
            let file = fs::read(&path)
                .map_err(|source| LabError::io(format!("reading {}", path.display()), source))?;
            if file.windows(text.len()).any(|window| window == text.as_bytes()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(LabError::NotReady { why: format!("{text} is not in its database"), output: self.output() })
    }

    /// The server's process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.server.as_ref().map(Server::pid)
    }

    /// Stops the server as `fail2ban-client stop` does. Bans stay in its database.
    ///
    /// # Errors
    /// The server refused, or did not end; it is killed then.
    pub fn stop(&mut self) -> Result<(), LabError> {
        if self.server.is_none() {
            return Ok(());
        }
        let asked = self.client(&["stop"]);
        let ended = self.server.as_mut().is_none_or(|server| server.wait(STOP_WITHIN));
        let output = self.output();
        self.server = None;
        if ended {
            return Ok(());
        }
        asked?;
        Err(LabError::NotReady { why: "it did not end after stop".to_owned(), output })
    }

    /// Kills the server (SIGKILL). Its socket file stays, and nobody listens on it.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Starts the server with the same configuration and database, killing a running one first.
    ///
    /// # Errors
    /// As [`Builder::start`].
    pub fn start_again(&mut self) -> Result<(), LabError> {
        self.kill();
        let args: [OsString; 8] = [
            "-f".into(),
            "-x".into(),
            "-c".into(),
            self.layout.config().into(),
            "-s".into(),
            self.socket().into(),
            "-p".into(),
            self.layout.pid_file().into(),
        ];
        let remove = self.temporary.as_ref().map(TempDir::path);
        self.server = Some(Server::start(&args, &self.env, &self.layout.output(), remove)?);
        self.wait_until_ready()
    }

    /// The server configures itself in one command, during which it answers nobody: the first answer that names
    /// every jail comes after all of them have started.
    fn wait_until_ready(&mut self) -> Result<(), LabError> {
        let start = Instant::now();
        let mut why = "it made no socket".to_owned();
        while start.elapsed() < READY_WITHIN {
            if let Some(status) = self.server.as_mut().and_then(Server::ended) {
                why = format!("it ended ({status})");
                break;
            }
            if self.socket().exists() {
                let answer = self.client(&["ping"]).and_then(|_| self.client(&["status"]));
                match answer {
                    Ok(text) if self.jails.iter().all(|jail| text.contains(&jail.name)) => return Ok(()),
                    Ok(text) => why = format!("jails are missing in: {text}"),
                    Err(LabError::Missing { program }) => return Err(LabError::Missing { program }),
                    Err(error) => why = error.to_string(),
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = self.output();
        self.server = None;
        Err(LabError::NotReady { why, output })
    }

    /// What the server printed, and the end of its log.
    fn output(&self) -> String {
        let read = |path: PathBuf| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n")
        };
        format!("{}\n{}", read(self.layout.output()), read(self.layout.log()))
    }
}
