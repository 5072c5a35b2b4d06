//! How BanGUI is started for a task: its command line, its environment, and the files that these name. Knows neither what
//! it is started for nor whether it came up.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

/// The administrator that BanGUI makes at its first start.
pub(crate) const USER: &str = "admin";

/// A server on loopback.
pub(crate) struct Server {
    /// The binary `bangui`.
    pub(crate) binary: PathBuf,
    /// A directory of its own; it must exist.
    pub(crate) dir: PathBuf,
    /// The port of loopback to listen on.
    pub(crate) port: u16,
    /// The database's URL.
    pub(crate) database: String,
    /// fail2ban's socket.
    pub(crate) fail2ban: PathBuf,
    /// The password of [`USER`], if the database has no user yet.
    pub(crate) password: String,
    /// More variables of the environment.
    pub(crate) settings: Vec<(&'static str, String)>,
}

impl Server {
    /// The command that serves, with nothing of the caller's own BanGUI settings.
    pub(crate) fn command(&self) -> Result<Command> {
        let password_file = self.dir.join("admin-password");
        let mut file = fs::OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&password_file)
            .context("make the password file")?;
        writeln!(file, "{}", self.password).context("write the password file")?;
        // Without a file of its own the server would read the one of this machine.
        let config = self.dir.join("bangui.toml");
        fs::write(&config, "").context("write the configuration file")?;
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.dir).arg("--config").arg(config).arg("serve");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("BANGUI_"))
        {
            command.env_remove(name);
        }
        command
            .env("BANGUI_HTTP__LISTEN", format!("127.0.0.1:{}", self.port))
            .env("BANGUI_DATABASE__URL", &self.database)
            .env("BANGUI_FAIL2BAN__SOCKET", &self.fail2ban)
            .env("BANGUI_ADMIN__PASSWORD_FILE", password_file);
        for (name, value) in &self.settings {
            command.env(name, value);
        }
        Ok(command)
    }
}

/// A password that nobody can guess.
pub(crate) fn random_password() -> Result<String> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("no random bytes from the system: {error}"))?;
    Ok(format!("{:016x}", u64::from_ne_bytes(bytes)))
}
