//! What the kernel says of a process: whether it runs, and how much memory it holds.

use std::fs;

use anyhow::{Context, Result};

/// Whether the process exists and has not ended (a zombie has).
pub(crate) fn runs(pid: u32) -> bool {
    field(pid, "State").is_ok_and(|state| !state.starts_with(['Z', 'X']))
}

/// Resident memory in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    let text = field(pid, "VmRSS")?;
    let number = text.split_whitespace().next().unwrap_or_default();
    number.parse().with_context(|| format!("VmRSS of process {pid} reads {text:?}"))
}

fn field(pid: u32, name: &str) -> Result<String> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    Ok(value.with_context(|| format!("{path} has no {name}"))?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs_and_holds_memory() {
        assert!(runs(std::process::id()));
        assert!(resident_kib(std::process::id()).unwrap() > 100);
        assert!(!runs(u32::MAX));
    }
}
