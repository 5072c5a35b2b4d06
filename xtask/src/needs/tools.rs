//! Finding programs: on the path, in PostgreSQL's own folder, among cargo's subcommands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// The oldest Node.js that the pages' build tools run on.
const NODE: (u32, u32) = (20, 19);

/// Whether `program` is on the path or where Debian keeps the administrator's programs.
pub(super) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .any(|folder| folder.join(program).is_file())
}

/// The library that tells a program another time, where Debian keeps it.
pub(super) fn faketime() -> Option<PathBuf> {
    let mut folders = Path::new("/usr/lib").read_dir().ok()?;
    let library = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.ok()?.path().join("faketime/libfaketime.so.1");
        path.is_file().then_some(path)
    };
    folders.find_map(library)
}

/// Fails when Node.js is older than the build tools need.
pub(super) fn require_node_version() -> Result<()> {
    let text = process::output(Command::new("node").arg("--version")).context("ask node for its version")?;
    let found =
        parse_node_version(&text).with_context(|| format!("node calls its version {:?}", text.trim()))?;
    if found < NODE {
        bail!(
            "the pages need Node.js {}.{} or newer, and this is {}: Debian 13 has a newer one, or install it by hand",
            NODE.0,
            NODE.1,
            text.trim()
        );
    }
    Ok(())
}

fn parse_node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Whether `cargo NAME` exists.
pub(crate) fn cargo_has(subcommand: &str) -> bool {
    process::succeeds(workspace::cargo([subcommand, "--version"]).stderr(Stdio::null()))
}

/// Makes sure of cargo-deny; compiling it takes some minutes.
pub(crate) fn require_cargo_deny() -> Result<()> {
    if cargo_has("deny") { Ok(()) } else { install("cargo-deny") }
}

/// Makes sure of mdBook; compiling it takes some minutes.
pub(crate) fn require_mdbook() -> Result<()> {
    if on_path("mdbook") { Ok(()) } else { install("mdbook") }
}

fn install(package: &str) -> Result<()> {
    println!("Missing: {package}. Installing it takes some minutes: cargo install --locked {package}");
    let mut install = workspace::cargo(["install", "--locked", package]);
    process::run(&mut install).with_context(|| format!("install {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert_eq!(parse_node_version("v20.19.1\n"), Some((20, 19)));
        assert!(parse_node_version("v20.9.0").unwrap() < NODE);
        assert!(parse_node_version("v22.0.0").unwrap() > NODE);
        assert_eq!(parse_node_version("20"), None);
    }

    #[test]
    fn programs_are_found_on_the_path_only_if_they_exist() {
        assert!(on_path("sh"));
        assert!(!on_path("no-such-program-of-ours"));
    }
}
