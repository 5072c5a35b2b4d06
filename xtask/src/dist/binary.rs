//! The static binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// What is in a released binary beside the defaults: TLS to PostgreSQL, with an OpenSSL that is compiled along.
pub(super) const FEATURES: &str = "vendored-openssl";

/// Builds the binary for a target.
pub(super) fn build(target: &str) -> Result<PathBuf> {
    let targets = process::output(Command::new("rustup").args(["target", "list", "--installed"]))
        .context("ask rustup for its targets")?;
    if !targets.lines().any(|installed| installed == target) {
        process::run(Command::new("rustup").args(["target", "add", target]))
            .with_context(|| format!("install the Rust target {target}"))?;
    }
    let mut command = workspace::cargo(["build", "--release", "--package", "bangui", "--features", FEATURES]);
    // Where OpenSSL looks for the machine's certificates: else below the folder that it was compiled in.
    command.args(["--target", target]).env("OPENSSL_CONFIG_DIR", "/etc/ssl");
    process::run(&mut command).context("build the static binary")?;
    Ok(workspace::root().join("target").join(target).join("release/bangui"))
}

/// Fails if the binary needs a library of the machine.
pub(super) fn require_static(binary: &Path) -> Result<()> {
    let output = Command::new("ldd").arg(binary).stdin(Stdio::null()).output().context("run ldd")?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if said.contains("statically linked") || said.contains("not a dynamic executable") {
        return Ok(());
    }
    bail!("{} is not static:\n{said}", binary.display())
}
