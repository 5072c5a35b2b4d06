//! The throwaway PostgreSQL server of the tests and measurements.

use std::net::TcpListener;
use std::process::Command;

use anyhow::{Context, Result, bail};
use bangui_test_support::postgres::Cluster;

use crate::needs::{self, Need};
use crate::process;

/// A running server, gone when dropped.
pub(crate) struct Postgres {
    _cluster: Cluster,
    url: String,
}

impl Postgres {
    /// Makes a cluster in a temporary directory and starts it.
    ///
    /// # Errors
    /// When the server binaries are missing, the user to run them is, or the server does not come up.
    pub(crate) fn start() -> Result<Self> {
        needs::require(&[Need::Postgres])?;
        let cluster = Cluster::start(&[]).context("start a throwaway PostgreSQL")?;
        Ok(Self { url: cluster.url(), _cluster: cluster })
    }

    /// Makes an empty database and returns its address.
    ///
    /// # Errors
    /// When there is one of that name, or the server does not answer.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        let psql = needs::postgres_bin().context("no PostgreSQL binaries")?.join("psql");
        let statement = format!("CREATE DATABASE {name}");
        process::output(Command::new(psql).args(["-X", "-q", &self.url, "-c", &statement]))
            .with_context(|| format!("make the database {name}"))?;
        let server = self.url.strip_suffix("postgres").context("the server's address has no database")?;
        Ok(format!("{server}{name}"))
    }

    /// Address of the server, as its superuser, without password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// A free port of loopback below those that the kernel gives to outgoing connections: it stays free while the server that
/// listens there is started again.
pub(crate) fn fixed_port() -> Result<u16> {
    for _ in 0..1000 {
        let port = fastrand::u16(15_000..30_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port between 15000 and 30000 is free on loopback");
}

/// A port of loopback that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("find a free port on loopback")?;
    Ok(listener.local_addr().context("read the port that was found")?.port())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_server_answers_and_leaves_nothing() {
        let postgres = Postgres::start().unwrap();
        let psql = needs::postgres_bin().unwrap().join("psql");
        let mut command = Command::new(psql);
        command.args([postgres.url(), "-Atc", "show data_directory"]);
        let dir = process::output(&mut command).unwrap();
        let psql = command.get_program().to_owned();
        let url = postgres.database("of_its_own").unwrap();
        let name = process::output(Command::new(psql).args([&url, "-Atc", "select current_database()"]));
        assert_eq!(name.unwrap(), "of_its_own\n");
        let dir = Path::new(dir.trim());
        assert!(dir.is_absolute(), "{dir:?}");
        drop(postgres);
        assert!(!dir.exists());
    }
}
