//! The steps that judge without running tests: formatting, lints, dependencies, documentation.

use anyhow::{Context, Result};

use crate::{needs, process, stop, workspace};

pub(super) fn fmt() -> Result<()> {
    process::run(&mut workspace::cargo(["fmt", "--all", "--", "--check"]))
        .context("`cargo fmt --all` mends it")
}

pub(super) fn clippy() -> Result<()> {
    process::run(&mut workspace::cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

pub(super) fn docs() -> Result<()> {
    let mut command =
        workspace::cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"]);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Each set of features of fail2ban-client compiles without a warning, and what would be uploaded builds by itself.
/// The toolchain is the oldest that the crate promises to work with, so that this proves the promise.
pub(super) fn package() -> Result<()> {
    for features in ["", "client", "blocking", "fake"] {
        println!("features: {}", if features.is_empty() { "none" } else { features });
        let mut command =
            workspace::cargo(["clippy", "--package", "fail2ban-client", "--no-default-features"]);
        process::run(command.args(["--quiet", "--features", features, "--", "-D", "warnings"]))?;
    }
    process::run(&mut workspace::cargo([
        "publish",
        "--dry-run",
        "--allow-dirty",
        "--quiet",
        "--package",
        "fail2ban-client",
    ]))
}

/// Bans, licences and sources are judged from what is on the machine. Advisories need a database that is
/// fetched from the network; where that fails the step says so, and where it works it counts.
pub(super) fn deny() -> Result<()> {
    needs::require_cargo_deny()?;
    process::run(&mut workspace::cargo([
        "deny",
        "--log-level",
        "error",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]))?;
    if let Err(error) = process::run(&mut workspace::cargo(["deny", "fetch", "db"])) {
        stop::check()?;
        println!(
            "LEFT OUT: advisories were not checked, because their database cannot be fetched from here ({error:#}). \
             Run `cargo deny check advisories` where it can."
        );
        return Ok(());
    }
    process::run(&mut workspace::cargo([
        "deny",
        "--log-level",
        "error",
        "check",
        "--hide-inclusion-graph",
        "advisories",
    ]))
}
