//! A machine with systemd and a fail2ban of its own, in a container: what `compose.prod.yml` runs beside. The directories that
//! it shares with containers beside it are the real ones of this engine's host, so that mounts go stale as they do there.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::bases::Bases;
use super::engine::Engine;
use super::project::{Project, wait};
use crate::workspace;

const NAME: &str = "bangui-test-machine";
const LIMIT: Duration = Duration::from_mins(1);
/// Directories of the machine, and their names in ours.
const SHARED: [(&str, &str); 4] =
    [("/run", "run"), ("/etc/fail2ban", "etc"), ("/var/lib/fail2ban", "lib"), ("/var/log", "log")];
const DROP_IN: &str = "/etc/systemd/system/fail2ban.service.d/bangui.conf";

/// Whom fail2ban's unit gives its socket to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Socket {
    /// As Debian ships the unit: root's, in a directory that every stop removes.
    AsShipped,
    /// Root's, in a directory that stays.
    Root,
    /// The group's, by the drop-in that we ship.
    Group,
}

/// A running machine, gone when dropped.
pub(super) struct Machine<'a> {
    engine: &'a Engine,
    image: &'static str,
    dir: TempDir,
}

impl<'a> Machine<'a> {
    /// Boots it, and waits for its fail2ban.
    pub(super) fn boot(engine: &'a Engine, bases: &Bases, socket: Socket) -> Result<Self> {
        let dir = tempfile::tempdir().context("make a temporary directory")?;
        let machine = Self { engine, image: bases.host, dir };
        machine.remove();
        // What the image has in them, since a mount would hide it.
        let copy = "for d in $0; do mkdir -p /shared/${d#*:} && cp -a ${d%%:*}/. /shared/${d#*:}; done";
        let list: Vec<String> =
            SHARED.iter().skip(1).map(|(inside, ours)| format!("{inside}:{ours}")).collect();
        machine.beside(&["sh", "-c", copy, &list.join(" ")])?;
        machine.beside(&[
            "sh",
            "-c",
            "mkdir -p /shared/run && echo a long password for this test > /shared/password",
        ])?;
        machine.beside(&["sh", "-c", "chown 10001 /shared/password && chmod 400 /shared/password"])?;

        let args =
            ["run", "--detach", "--name", NAME, "--privileged", "--cgroupns=private", "--network=none"];
        let mut run = engine.command(args);
        run.args(["--tmpfs=/tmp", "--tmpfs=/run/lock"]);
        for (inside, ours) in SHARED {
            run.arg(format!("--volume={}:{inside}", machine.path(ours).display()));
        }
        crate::process::run(run.arg(machine.image).stdout(std::process::Stdio::null()))
            .context("boot a machine")?;
        wait("a machine with systemd to boot", LIMIT, || machine.run(&["fail2ban-client", "ping"]).is_ok())?;
        machine.set_socket(socket)?;
        Ok(machine)
    }

    /// Where one of its directories is on the engine's host.
    fn path(&self, ours: &str) -> PathBuf {
        self.dir.path().join(ours)
    }

    /// Names its directories to a project that runs beside it, and the file with the password.
    pub(super) fn tell(&self, project: &mut Project<'_>) -> Result<()> {
        let path = |ours: &str| self.path(ours).display().to_string();
        project.set("FAIL2BAN_RUN", path("run/fail2ban"));
        project.set("FAIL2BAN_DATA", path("lib"));
        project.set("FAIL2BAN_CONFIG", path("etc"));
        project.set("FAIL2BAN_LOGS", path("log"));
        project.set("BANGUI_ADMIN_PASSWORD_FILE", path("password"));
        project.set("FAIL2BAN_GID", self.run(&["sh", "-c", "getent group bangui | cut -d: -f3"])?);
        Ok(())
    }

    /// Changes the unit, and restarts fail2ban.
    pub(super) fn set_socket(&self, socket: Socket) -> Result<()> {
        self.run(&["mkdir", "-p", "/etc/systemd/system/fail2ban.service.d"])?;
        let shipped = workspace::root().join("Docker/fail2ban-bangui.conf");
        self.engine.quiet(["cp", &shipped.display().to_string(), &format!("{NAME}:{DROP_IN}")])?;
        match socket {
            Socket::AsShipped => self.run(&["rm", DROP_IN])?,
            Socket::Root => self.run(&["sed", "-i", "/^ExecStartPost/d", DROP_IN])?,
            Socket::Group => String::new(),
        };
        self.run(&["systemctl", "daemon-reload"])?;
        self.systemctl("restart")
    }

    /// `systemctl restart fail2ban` and its like; waits for the server after a start.
    pub(super) fn systemctl(&self, verb: &str) -> Result<()> {
        // systemd gives a unit up that is started many times within seconds, as it is here.
        self.run(&["systemctl", "reset-failed", "fail2ban"])?;
        self.run(&["systemctl", verb, "fail2ban"])?;
        if verb == "stop" {
            return Ok(());
        }
        wait("fail2ban", LIMIT, || self.run(&["fail2ban-client", "ping"]).is_ok()).map(|_| ())
    }

    /// As many failed logins in the machine's log as ban an address.
    pub(super) fn attack(&self, ip: &str) -> Result<()> {
        let line = "$(date '+%b %e %H:%M:%S') machine sshd[$pid]: Failed password for invalid user x from $0 port 4001 ssh2";
        let script = format!(
            "pid=$(shuf -i 1000-9999 -n 1); for i in 1 2 3 4 5; do echo \"{line}\"; done >> /var/log/auth.log"
        );
        self.run(&["sh", "-c", &script, ip]).map(|_| ())
    }

    /// What a command on the machine prints.
    pub(super) fn run(&self, args: &[&str]) -> Result<String> {
        let output = self.engine.command(["exec", NAME]).args(args).output().context("start docker")?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "`{}` on the machine failed: {said}", args.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// A command in a container that has the shared directories, and root's rights over them.
    fn beside(&self, args: &[&str]) -> Result<()> {
        let volume = format!("{}:/shared", self.dir.path().display());
        let fixed = ["run", "--rm", "--network=none", "--volume", &volume, self.image];
        self.engine.quiet(fixed.iter().chain(args))
    }

    fn remove(&self) {
        if let Err(error) = self.engine.command(["rm", "--force", NAME]).output() {
            eprintln!("{NAME} could not be removed: {error}");
        }
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        self.remove();
        // They are root's, whoever runs this.
        if let Err(error) = self.beside(&["sh", "-c", "rm -rf /shared/*"]) {
            eprintln!("the machine's directories in {} remain: {error:#}", self.dir.path().display());
        }
    }
}
