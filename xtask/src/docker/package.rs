//! The Debian package, with the binary of the image in it: installed on a machine with real systemd beside Debian's fail2ban,
//! upgraded and purged. What has to hold there is in `dist::proof`.

use anyhow::{Context, Result};

use super::bases::Bases;
use super::engine::Engine;
use super::project::IMAGE;
use crate::dist::{self, DistArgs};

/// Takes the binary out of the image, packs and proves it.
pub(super) fn run(engine: &Engine, _: &Bases) -> Result<()> {
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let binary = dir.path().join("bangui");
    let container = engine.output(["create", IMAGE])?;
    let from = format!("{container}:/usr/bin/bangui");
    let taken = engine.quiet(["cp", &from, &binary.display().to_string()]);
    engine.quiet(["rm", &container])?;
    taken.context("take the binary out of the image")?;
    dist::run(&DistArgs::proving(binary))
}
