//! The Debian package: a tree laid out by hand and packed by dpkg-deb, which every Debian machine has.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::contents::{CONFFILE, Item};
use super::{Release, generated, lay_out};
use crate::{process, workspace};

/// What runs around the installation.
pub(super) const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

/// How the package is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// As small as it can be.
    Small,
    /// Not at all, which is quick.
    Quick,
}

/// Writes the package into `out`. The same input makes the same bytes.
pub(super) fn write(release: &Release, items: &[Item], out: &Path, packing: Packing) -> Result<PathBuf> {
    let architecture = architecture(&release.target)?;
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let root = dir.path().join("root");
    lay_out(&root, items.iter().filter_map(|item| Some((item.deb?, item))))?;
    let size = size_of(&root)?;
    let sums = sums_of(&root, items)?;
    let about = root.join("DEBIAN");
    fs::create_dir(&about).context("make the folder DEBIAN")?;
    for (name, text) in [
        ("control", control(release, architecture, size)),
        ("conffiles", format!("/{CONFFILE}\n")),
        ("md5sums", sums),
    ] {
        fs::write(about.join(name), text).with_context(|| format!("write {name}"))?;
        fs::set_permissions(about.join(name), fs::Permissions::from_mode(0o644))?;
    }
    for name in SCRIPTS {
        fs::copy(workspace::root().join("packaging/debian").join(name), about.join(name))
            .with_context(|| format!("copy {name}"))?;
        fs::set_permissions(about.join(name), fs::Permissions::from_mode(0o755))?;
    }
    close_to_umask(&root)?;
    let path = out.join(format!("bangui_{}_{architecture}.deb", generated::version(release)));
    let mut pack = Command::new("dpkg-deb");
    pack.arg("--root-owner-group").env("SOURCE_DATE_EPOCH", release.time.to_string());
    if packing == Packing::Quick {
        pack.arg("-Znone");
    }
    process::run(pack.arg("--build").arg(&root).arg(&path)).context("pack the Debian package")?;
    Ok(path)
}

/// The folders' modes, whatever the umask of whoever packs.
fn close_to_umask(folder: &Path) -> Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            close_to_umask(&entry.path())?;
        }
    }
    Ok(())
}

/// Debian's name for the machine that a target stands for.
pub(super) fn architecture(target: &str) -> Result<&'static str> {
    match target.split('-').next() {
        Some("x86_64") => Ok("amd64"),
        Some("aarch64") => Ok("arm64"),
        _ => bail!("no Debian architecture is known for {target}"),
    }
}

fn control(release: &Release, architecture: &str, size: u64) -> String {
    format!(
        "Package: bangui
Version: {}
Architecture: {architecture}
Maintainer: {}
Installed-Size: {size}
Depends: init-system-helpers (>= 1.54~), systemd
Recommends: fail2ban (>= 0.11)
Section: admin
Priority: optional
Description: control plane for fail2ban, with pages and a REST API
 BanGUI shows what fail2ban does, live and over time, explains it, and bans and
 unbans on demand. It remembers bans that fail2ban has forgotten, and says so
 when fail2ban is not there.
 .
 It talks to fail2ban's socket, serves its pages and its API itself, and keeps
 its data in SQLite, or in PostgreSQL for several processes.
",
        generated::version(release),
        generated::MAINTAINER,
    )
}

/// In KiB, as dpkg counts: each file rounded up.
fn size_of(folder: &Path) -> Result<u64> {
    let mut size = 1;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        size += if found.is_dir() { size_of(&entry.path())? } else { found.len().div_ceil(1024) };
    }
    Ok(size)
}

fn sums_of(root: &Path, items: &[Item]) -> Result<String> {
    let mut text = String::new();
    for name in items.iter().filter_map(|item| item.deb).filter(|name| *name != CONFFILE) {
        let sum = process::output(Command::new("md5sum").current_dir(root).arg(name))?;
        write!(text, "{sum}")?;
    }
    Ok(text)
}
