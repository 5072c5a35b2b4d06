//! What a shell would do: find a program, and put two of them into a pipe.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// Where `program` is on the path.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs both, the output of `from` being the input of `to`.
pub(super) fn pipe(from: &mut Command, to: &mut Command) -> Result<()> {
    let mut first =
        from.stdout(Stdio::piped()).spawn().with_context(|| format!("start `{}`", process::show(from)))?;
    let output = first.stdout.take().context("no output to read")?;
    let status = to.stdin(output).status().with_context(|| format!("start `{}`", process::show(to)))?;
    let first = first.wait().context("wait for the first of two programs")?;
    if !status.success() || !first.success() {
        bail!("`{} | {}` failed: {first}, {status}", process::show(from), process::show(to));
    }
    Ok(())
}
