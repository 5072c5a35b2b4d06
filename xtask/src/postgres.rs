//! A throwaway PostgreSQL server on loopback: made, started, and gone with its directory when dropped.
//! Without any protection against a power cut, since nothing in it is to be kept.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::needs::{self, Need};
use crate::process;
use crate::service::Service;

/// Concurrent tests each hold a pool or two.
const CONNECTIONS: u32 = 300;
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A running server.
pub(crate) struct Postgres {
    // Dropped first: the server must be gone before its directory is.
    _server: Service,
    _dir: TempDir,
    url: String,
}

impl Postgres {
    /// Makes a cluster in a temporary directory and starts it.
    ///
    /// # Errors
    /// When the server binaries are missing, the user to run them is, or the server does not come up.
    pub(crate) fn start() -> Result<Self> {
        needs::require(&[Need::Postgres])?;
        let bin = needs::postgres_bin().context("no PostgreSQL server binaries below /usr/lib/postgresql")?;
        let owner = Owner::find()?;
        let dir =
            tempfile::Builder::new().prefix("bangui-pg-").tempdir().context("make a temporary directory")?;
        if let Some((user, group)) = owner.0 {
            std::os::unix::fs::chown(dir.path(), Some(user), Some(group))
                .with_context(|| format!("give {} to the user postgres", dir.path().display()))?;
        }
        let data = dir.path().join("data");
        let mut initdb = owner.command(&bin.join("initdb"), dir.path());
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        process::output(initdb.arg("--pgdata").arg(&data)).context("make a PostgreSQL cluster")?;

        let port = free_port()?;
        let mut command = owner.command(&bin.join("postgres"), dir.path());
        command.arg("-D").arg(&data);
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", dir.path().display()),
            format!("max_connections={CONNECTIONS}"),
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        // SIGQUIT is PostgreSQL's immediate shutdown.
        let mut server = Service::start("PostgreSQL", command, &dir.path().join("log"), Signal::QUIT)?;
        let ready = bin.join("pg_isready");
        let port = port.to_string();
        server.wait_until(READY_WITHIN, || {
            process::succeeds(Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port]))
        })?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { _server: server, _dir: dir, url })
    }

    /// Address of the server, as its superuser, without password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Whom the server runs as: PostgreSQL refuses to run as root, so then it is Debian's user `postgres`.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn find() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self(None));
        }
        let id = |flag: &str| -> Result<u32> {
            let text = process::output(Command::new("id").args([flag, "postgres"]));
            match text {
                Ok(text) => text.trim().parse().context("`id` printed no number"),
                Err(_) => bail!(
                    "PostgreSQL does not run as root, and this machine has no user `postgres` to run it as: \
                     `adduser --system --group postgres` makes one"
                ),
            }
        };
        Ok(Self(Some((id("-u")?, id("-g")?))))
    }

    fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new::<&OsStr>(program.as_ref());
        command.current_dir(dir);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

/// A port of loopback that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("find a free port on loopback")?;
    Ok(listener.local_addr().context("read the port that was found")?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_answers_and_leaves_nothing() {
        let postgres = Postgres::start().unwrap();
        let psql = needs::postgres_bin().unwrap().join("psql");
        let mut command = Command::new(psql);
        command.args([postgres.url(), "-Atc", "show data_directory"]);
        let dir = process::output(&mut command).unwrap();
        let dir = Path::new(dir.trim());
        assert!(dir.is_absolute(), "{dir:?}");
        drop(postgres);
        assert!(!dir.exists());
    }
}
