//! Writes the configuration directory of the private fail2ban. The text is our own: no stock file is read.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::LabError;
use super::spec::JailSpec;

/// Where everything of one private fail2ban lies.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) dir: PathBuf,
    /// What `dbfile` says; `None` is a file of its own.
    pub(super) dbfile: Option<&'static str>,
}

impl Layout {
    pub(super) fn config(&self) -> PathBuf {
        self.dir.join("etc")
    }
    pub(super) fn socket(&self) -> PathBuf {
        self.dir.join("f2b.sock")
    }
    pub(super) fn pid_file(&self) -> PathBuf {
        self.dir.join("f2b.pid")
    }
    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("fail2ban.log")
    }
    pub(super) fn output(&self) -> PathBuf {
        self.dir.join("output.log")
    }
    pub(super) fn database_path(&self) -> PathBuf {
        self.dir.join("f2b.sqlite3")
    }

    /// The log of the jail at this place in the list: its own, or one made from its name.
    pub(super) fn jail_log(&self, place: usize, jail: &JailSpec) -> PathBuf {
        jail.log_path.clone().unwrap_or_else(|| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let file: String = jail.name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
            let suffix = if file == jail.name { String::new() } else { format!("-{place}") };
            self.dir.join("log").join(format!("{file}{suffix}.log"))
        })
    }

    /// Writes every file of the configuration and makes the logs where they are missing.
    pub(super) fn write(&self, jails: &[JailSpec]) -> Result<(), LabError> {
        for folder in ["etc/filter.d", "etc/action.d", "log"] {
            let path = self.dir.join(folder);
            fs::create_dir_all(&path)
                .map_err(|source| LabError::io(format!("making {}", path.display()), source))?;
        }
        let config = self.config();
        put(&config.join("fail2ban.conf"), &self.server_text())?;
        let mut sections = String::from(
            "[DEFAULT]\nenabled = true\nbackend = polling\nusedns = no\nignoreself = false\nlogencoding = utf-8\n",
        );
        for (place, jail) in jails.iter().enumerate() {
            let log = self.jail_log(place, jail);
            if !log.exists() {
                put(&log, "")?;
            }
            sections.push_str(&section(place, jail, &log));
            let failregex = escape(jail.filter.failregex()).replace('\n', "\n    ");
            put(
                &config.join(format!("filter.d/lab{place}.conf")),
                &format!("[Definition]\nfailregex = {failregex}\nignoreregex =\n"),
            )?;
            put(
                &config.join(format!("action.d/noop{place}.conf")),
                &format!(
                    "[Definition]\nactionstart =\nactionstop =\nactioncheck =\nactionban = {}\nactionunban =\n",
                    escape(&jail.actionban)
                ),
            )?;
        }
        put(&config.join("jail.conf"), &sections)
    }

    fn server_text(&self) -> String {
        let database = self.dbfile.map_or_else(|| self.database_path().display().to_string(), str::to_owned);
        format!(
            "[Definition]\nloglevel = INFO\nlogtarget = {log}\nsyslogsocket = auto\nsocket = {socket}\npidfile = {pid}\n\
             allowipv6 = true\ndbfile = {database}\ndbmaxmatches = 10\ndbpurgeage = 1d\n",
            log = self.log().display(),
            socket = self.socket().display(),
            pid = self.pid_file().display(),
        )
    }
}

fn section(place: usize, jail: &JailSpec, log: &Path) -> String {
    let mut text = format!(
        "\n[{name}]\nfilter = lab{place}\naction = noop{place}\nlogpath = {log}\nfindtime = {findtime}\nbantime = {bantime}\n\
         maxretry = {maxretry}\nbantime.increment = {increment}\n",
        name = jail.name,
        log = log.display(),
        findtime = jail.findtime,
        bantime = jail.bantime,
        maxretry = jail.maxretry,
        increment = jail.bantime_increment,
    );
    if !jail.ignoreip.is_empty() {
        let _ = writeln!(text, "ignoreip = {}", jail.ignoreip.join(" "));
    }
    for (key, value) in &jail.options {
        let _ = writeln!(text, "{key} = {}", escape(value));
    }
    text
}

/// In a configuration value a lone `%` starts an interpolation.
fn escape(value: &str) -> String {
    value.replace('%', "%%")
}

fn put(path: &Path, text: &str) -> Result<(), LabError> {
    fs::write(path, text).map_err(|source| LabError::io(format!("writing {}", path.display()), source))
}
