//! Collects what a private fail2ban shall be, and starts it.

use std::fs;
use std::path::PathBuf;

use super::config::Layout;
use super::error::LabError;
use super::lab::Fail2ban;
use super::spec::JailSpec;

const SOCKET_PATH_MAX: usize = 107;

/// Collects what the private fail2ban shall be.
#[derive(Debug, Default)]
pub struct Builder {
    jails: Vec<JailSpec>,
    dir: Option<PathBuf>,
    dbfile: Option<&'static str>,
    env: Vec<(String, String)>,
}

impl Builder {
    /// Adds a jail.
    #[must_use]
    pub fn jail(mut self, jail: JailSpec) -> Self {
        self.jails.push(jail);
        self
    }

    /// Keeps everything in this directory, which stays after the end. Default: a temporary one that goes.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// Whether fail2ban keeps its sqlite database. Default yes.
    #[must_use]
    pub fn database(mut self, on: bool) -> Self {
        self.dbfile = (!on).then_some("None");
        self
    }

    /// Keeps fail2ban's database in its memory (`dbfile = :memory:`).
    #[must_use]
    pub fn database_in_memory(mut self) -> Self {
        self.dbfile = Some(":memory:");
        self
    }

    /// Sets a variable in the server's environment, such as `TZ`.
    #[must_use]
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((key.into(), value.into()));
        self
    }

    /// Writes the configuration, starts the server and waits until it lists every jail.
    ///
    /// # Errors
    /// Says what is missing and how to install it, or what the server wrote before it failed.
    pub fn start(self) -> Result<Fail2ban, LabError> {
        let (dir, temporary) = if let Some(dir) = self.dir {
            fs::create_dir_all(&dir)
                .map_err(|source| LabError::io(format!("making {}", dir.display()), source))?;
            (dir, None)
        } else {
            let made = tempfile::Builder::new()
                .prefix("f2b-")
                .tempdir()
                .map_err(|source| LabError::io("making a temporary directory", source))?;
            (made.path().to_owned(), Some(made))
        };
        let layout = Layout { dir, dbfile: self.dbfile };
        if layout.socket().as_os_str().len() > SOCKET_PATH_MAX {
            return Err(LabError::PathTooLong { path: layout.socket() });
        }
        layout.write(&self.jails)?;
        let mut lab = Fail2ban { server: None, layout, jails: self.jails, env: self.env, temporary };
        lab.start_again()?;
        Ok(lab)
    }
}
