//! The throwaway PostgreSQL server of the tests and measurements.

use std::net::TcpListener;

use anyhow::{Context, Result};
use bangui_test_support::postgres::Cluster;

use crate::needs::{self, Need};

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

    /// Address of the server, as its superuser, without password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// A port of loopback that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("find a free port on loopback")?;
    Ok(listener.local_addr().context("read the port that was found")?.port())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::process;

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
