//! The tarball: the binary and what belongs to it, for machines without dpkg.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::contents::Item;
use super::{Release, lay_out};
use crate::process;

/// Writes the tarball into `out`. The same input makes the same bytes.
pub(super) fn write(release: &Release, items: &[Item], out: &Path) -> Result<PathBuf> {
    let name = format!("bangui-{}-{}", release.version, release.target);
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    lay_out(&dir.path().join(&name), items.iter().filter_map(|item| Some((item.tar?, item))))?;
    let path = out.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.arg("--directory").arg(dir.path()).args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    tar.arg(format!("--mtime=@{}", release.time)).args(["--use-compress-program", "gzip -9n"]);
    process::run(tar.arg("--create").arg("--file").arg(&path).arg(&name)).context("pack the tarball")?;
    Ok(path)
}
