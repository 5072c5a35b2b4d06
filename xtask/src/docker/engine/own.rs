//! An engine for the tests alone. Debian's stable release may have one that is too old for Compose files as they are written
//! today, so the next release's is unpacked, not installed, and run with the installed release's runc. It sets no firewall
//! rule, makes no bridge of its own, and keeps its images for the next run.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::{Engine, HOME};
use crate::docker::debian;
use crate::needs::{self, Need};
use crate::process;
use crate::service::Service;

/// The release whose engine is taken.
const RELEASE: &str = "trixie";
const PACKAGES: [&str; 5] = ["docker.io", "docker-cli", "containerd", "docker-compose", "docker-buildx"];
const READY_WITHIN: Duration = Duration::from_mins(1);

/// Why none can be started here, if so.
pub(super) fn obstacle() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return Some("that takes root");
    }
    if debian::mirror().is_none() {
        return Some("that takes a Debian machine with its package sources");
    }
    None
}

/// Starts it.
pub(super) fn start() -> Result<Engine> {
    needs::require(&[Need::Containers])?;
    let home = Path::new(HOME);
    let unpacked = home.join("unpacked");
    if !unpacked.join("usr/sbin/dockerd").exists() {
        unpack(home, &unpacked).context("unpack a newer Docker engine")?;
    }
    let programs = home.join("bin");
    link_all(&unpacked.join("usr/libexec/docker/cli-plugins"), &home.join("config/cli-plugins"))?;
    for folder in ["usr/bin", "usr/sbin"] {
        link_all(&unpacked.join(folder), &programs)?;
    }
    // The newer release's own needs a newer C library.
    let runc = ["/usr/sbin/runc", "/usr/bin/runc"].into_iter().find(|path| Path::new(path).exists());
    link(Path::new(runc.context("docker.io is installed, and there is no runc")?), &programs.join("runc"))?;

    let socket = home.join("docker.sock");
    let mut command = Command::new(programs.join("dockerd"));
    let mut path = vec![programs.clone()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    command.env("PATH", std::env::join_paths(path).context("a path with a colon")?);
    command.arg("--host").arg(format!("unix://{}", socket.display()));
    for (option, place) in [("--data-root", "data"), ("--exec-root", "exec"), ("--pidfile", "docker.pid")] {
        command.arg(option).arg(home.join(place));
    }
    command.args([
        "--storage-driver=overlay2",
        "--iptables=false",
        "--ip6tables=false",
        "--ip-forward=false",
    ]);
    command.arg("--bridge=none");
    let mut service = Service::start("dockerd", command, &home.join("dockerd.log"), Signal::TERM)?;
    let engine = Engine {
        program: programs.join("docker"),
        env: vec![
            ("DOCKER_HOST", PathBuf::from(format!("unix://{}", socket.display()))),
            ("DOCKER_CONFIG", home.join("config")),
        ],
        bridgeless: true,
        _own: None,
    };
    service.wait_until(READY_WITHIN, || process::succeeds(&mut engine.command(["version"])))?;
    Ok(Engine { _own: Some(service), ..engine })
}

fn unpack(home: &Path, target: &Path) -> Result<()> {
    let mirror = debian::mirror().context("no package source of Debian")?;
    let downloads = home.join("packages");
    for folder in [&downloads, &home.join("apt/lists/partial"), &home.join("apt/cache/archives/partial")] {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    let list = home.join("apt/sources.list");
    let line =
        format!("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {mirror} {RELEASE} main\n");
    fs::write(&list, line).context("write the list of package sources")?;
    let apt = || {
        let mut command = Command::new("apt-get");
        command.current_dir(&downloads).arg("--quiet=2");
        for (option, value) in [
            ("Dir::Etc::sourcelist", list.display().to_string()),
            ("Dir::Etc::sourceparts", "-".to_owned()),
            ("Dir::State::lists", home.join("apt/lists").display().to_string()),
            ("Dir::Cache", home.join("apt/cache").display().to_string()),
            ("APT::Sandbox::User", "root".to_owned()),
        ] {
            command.args(["-o", &format!("{option}={value}")]);
        }
        command
    };
    process::run(apt().arg("update"))?;
    process::run(apt().arg("download").args(PACKAGES))?;
    let mut packages = 0;
    for entry in downloads.read_dir().context("read the downloaded packages")? {
        process::run(Command::new("dpkg-deb").arg("--extract").arg(entry?.path()).arg(target))?;
        packages += 1;
    }
    if packages < PACKAGES.len() {
        bail!("apt-get downloaded {packages} packages of {}", PACKAGES.len());
    }
    Ok(())
}

fn link_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("make {}", to.display()))?;
    for entry in from.read_dir().with_context(|| format!("read {}", from.display()))? {
        let path = entry?.path();
        link(&path, &to.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> Result<()> {
    if to.symlink_metadata().is_ok() {
        fs::remove_file(to).with_context(|| format!("remove {}", to.display()))?;
    }
    symlink(from, to).with_context(|| format!("link {} to {}", to.display(), from.display()))
}
