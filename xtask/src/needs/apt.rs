//! Debian's packages: installing them as root or through a sudo that asks for no password, and
//! undoing the services that some of them start by themselves.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::needs::tools;
use crate::process;

/// Installs `packages`, or fails with the line that would.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let line = format!("apt-get update && apt-get install -y {}", packages.join(" "));
    if !tools::on_path("apt-get") {
        bail!(
            "this machine has no apt-get: install the counterparts of these Debian packages: {}",
            packages.join(", ")
        );
    }
    let Some(mut update) = as_root("apt-get") else {
        bail!("run this line, then try again:\n  sudo sh -c '{line}'");
    };
    println!("Installing them: {line}");
    process::run(update.args(["update", "--quiet"]).env("DEBIAN_FRONTEND", "noninteractive"))
        .context("refresh the package lists")?;
    let mut install = as_root("apt-get").context("the right to install is gone")?;
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    process::run(install.env("DEBIAN_FRONTEND", "noninteractive")).context("install Debian packages")
}

/// Some packages start their service at once: fail2ban with Debian's sshd jail on this machine's real log, a proxy on
/// port 80. Whoever asked for a demo or a test did not ask for that.
pub(super) fn stop_new_service(name: &str) {
    if let Some(mut command) = as_root("systemctl").filter(|_| systemd_runs()) {
        let unit = format!("{name}.service");
        if process::succeeds(command.args(["disable", "--now", &unit])) {
            println!("The service {name} that the package started was stopped and disabled.");
        } else {
            println!("The package may have started its service: `systemctl disable --now {unit}` stops it.");
        }
    }
}

/// The package makes and starts a cluster `main`; the tests use their own.
pub(super) fn drop_new_cluster() {
    let version = bangui_test_support::postgres::postgres_bin()
        .and_then(|bin| Some(bin.parent()?.file_name()?.to_string_lossy().into_owned()));
    if let Some((version, mut command)) = version.zip(as_root("pg_dropcluster")) {
        if process::succeeds(command.args(["--stop", &version, "main"])) {
            println!("The PostgreSQL cluster that the package made ({version} main) was dropped.");
        } else {
            println!("No PostgreSQL cluster {version} main to drop: the package made none.");
        }
    }
}

fn systemd_runs() -> bool {
    std::path::Path::new("/run/systemd/system").is_dir()
}

/// `program` with root's rights, where that takes no password.
fn as_root(program: &str) -> Option<Command> {
    if rustix::process::geteuid().is_root() {
        return Some(Command::new(program));
    }
    process::succeeds(Command::new("sudo").args(["-n", "true"])).then(|| {
        let mut command = Command::new("sudo");
        // sudo drops the environment, so the one variable that matters is set on its inside.
        command.args(["-n", "env", "DEBIAN_FRONTEND=noninteractive", program]);
        command
    })
}
