//! Where things are: the workspace's root, cargo, the pages' sources, what cargo built.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use cargo_metadata::Message;

use crate::process;

/// The workspace's root directory.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Folder of the web pages' sources and npm scripts.
pub(crate) fn ui() -> PathBuf {
    root().join("crates/web-ui/ui")
}

/// Folder of the built web pages.
pub(crate) fn dist() -> PathBuf {
    root().join("crates/web-ui/dist")
}

/// The cargo that runs this program.
pub(crate) fn cargo_path() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A cargo command in the workspace's root, without the variables that cargo sets for the
/// package it runs: build scripts watch some of them, and would run again for nothing.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(cargo_path());
    command.current_dir(root()).args(args);
    for (name, _) in std::env::vars_os() {
        let lossy = name.to_string_lossy();
        if lossy.starts_with("CARGO_PKG_") || lossy.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// How a binary is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Unoptimised: minutes faster to build, and shared with `cargo test`.
    Dev,
    /// As it is shipped.
    Release,
}

/// Builds the package `bangui` and returns the path of its binary.
///
/// # Errors
/// When cargo fails, or builds no such binary.
pub(crate) fn build_server(profile: Profile) -> Result<PathBuf> {
    let mut command = cargo(["build", "--package", "bangui", "--message-format", "json-render-diagnostics"]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    let output = process::output(command.stderr(Stdio::inherit())).context("build the server")?;
    for message in Message::parse_stream(output.as_bytes()) {
        if let Message::CompilerArtifact(artifact) = message.context("read cargo's messages")?
            && artifact.target.name == "bangui"
            && let Some(path) = artifact.executable
        {
            return Ok(path.into_std_path_buf());
        }
    }
    bail!("`cargo build --package bangui` named no binary `bangui`: does bin/bangui still have that target?")
}
