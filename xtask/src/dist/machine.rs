//! A machine to install on: a small Debian in a directory, booted by systemd-nspawn, with real systemd and a network of its
//! own. Needs root. Knows nothing of BanGUI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::debian::{Mirror, mirror};
use crate::service::Service;
use crate::{process, stop, workspace};

/// What it has beside the smallest Debian.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,fail2ban,python3-systemd,nftables,curl,procps";
/// How long anything in it may take.
const PATIENCE: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(200);

/// A running machine, gone when dropped.
pub(super) struct Machine {
    // In the order in which they have to end.
    service: Service,
    dir: TempDir,
}

impl Machine {
    /// Boots a new machine with `files` copied to its folder `/srv`.
    pub(super) fn boot(files: &[&Path]) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            bail!("a machine is booted by root alone: run this as root");
        }
        let base = base()?;
        let dir = tempfile::Builder::new().prefix("bangui-machine-").tempdir_in("/var/tmp")?;
        let root = dir.path().join("root");
        process::run(Command::new("cp").args(["--archive", "--reflink=auto", "--"]).arg(&base).arg(&root))?;
        for file in files {
            let name = file.file_name().context("a file without a name")?;
            fs::copy(file, root.join("srv").join(name))
                .with_context(|| format!("copy {}", file.display()))?;
        }
        let mut nspawn = Command::new("systemd-nspawn");
        nspawn.args(["--boot", "--private-network", "--register=no", "--keep-unit", "--console=pipe"]);
        nspawn.args(["--machine=bangui-proof", "--hostname=proof", "--directory"]).arg(&root);
        let log = dir.path().join("console");
        let service = Service::start("systemd-nspawn", nspawn, &log, Signal::TERM)?;
        let mut machine = Self { service, dir };
        machine
            .wait_until("systemd to be up", "systemctl is-system-running | grep -Eq 'running|degraded'")?;
        Ok(machine)
    }

    /// The path of a file of the machine, seen from outside.
    pub(super) fn path(&self, inside: &str) -> PathBuf {
        self.dir.path().join("root").join(inside.trim_start_matches('/'))
    }

    /// Runs a line of shell in it and returns what it writes; fails unless it exits with 0.
    pub(super) fn run(&self, script: &str) -> Result<String> {
        let output = self.enter(script)?.output().context("run nsenter")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if !output.status.success() {
            bail!("in the machine, `{script}` failed ({}):\n{said}", output.status);
        }
        Ok(said)
    }

    /// Whether a line of shell exits with 0.
    pub(super) fn holds(&self, script: &str) -> Result<bool> {
        Ok(self.enter(script)?.output().context("run nsenter")?.status.success())
    }

    /// Fails unless a line of shell exits with 0.
    pub(super) fn require(&self, what: &str, script: &str) -> Result<()> {
        println!("  {what}");
        self.run(script).map(drop).with_context(|| format!("{what}, which does not hold"))
    }

    /// Waits until a line of shell exits with 0.
    pub(super) fn wait_until(&mut self, what: &str, script: &str) -> Result<()> {
        println!("  waiting for {what}");
        let start = Instant::now();
        loop {
            self.service.require_running()?;
            if self.holds(script).unwrap_or(false) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                let journal = self.run("systemctl --no-pager --failed; journalctl --no-pager -n 60");
                bail!(
                    "waited {} s for {what}; the journal:\n{}",
                    PATIENCE.as_secs(),
                    journal.unwrap_or_else(|error| format!("(it cannot be read: {error:#})"))
                );
            }
            if stop::wait(POLL) {
                bail!("stopped by a signal");
            }
        }
    }

    fn enter(&self, script: &str) -> Result<Command> {
        let id = self.service.id();
        let children =
            fs::read_to_string(format!("/proc/{id}/task/{id}/children")).context("find the machine")?;
        let init = children.split_whitespace().next().context("the machine has not begun")?;
        let mut command = Command::new("nsenter");
        command.args(["--all", "--target", init, "--", "/bin/sh", "-euc", script]).stdin(Stdio::null());
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", "/root");
        Ok(command)
    }
}

/// The Debian that machines are copied from, made once: it takes half a minute.
fn base() -> Result<PathBuf> {
    let base = workspace::root().join("target/machine");
    if base.join("etc/fail2ban").is_dir() && !base.join("debootstrap").exists() {
        return Ok(base);
    }
    let Mirror { uri, suite } = mirror()?;
    println!("Making a small Debian ({suite}) in {}.", base.display());
    fs::create_dir_all(&base).context("make its folder")?;
    let mut make = Command::new("debootstrap");
    make.arg("--variant=minbase").arg(format!("--include={PACKAGES}")).arg(suite).arg(&base).arg(uri);
    process::run(make.stdout(Stdio::null())).context("make a Debian to install on")?;
    Ok(base)
}
