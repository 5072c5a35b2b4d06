//! Resident memory of the server: idle, and when it has taken in ten thousand bans.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::fill::{address, fill};
use super::table::Table;
use crate::demo::stack::Stack;
use crate::{procfs, stop};

const BANS: u32 = 10_000;
/// How long the server is left alone before it counts as idle.
const SETTLE: Duration = Duration::from_secs(10);
const LIMIT: Duration = Duration::from_mins(5);

/// Measures one server before and after.
pub(super) fn measure(stack: &Stack) -> Result<Table> {
    let mut table = Table::new(&["state", "resident (VmRSS)"]);
    let mut row = |state: &str| -> Result<()> {
        if stop::wait(SETTLE) {
            bail!("stopped by a signal");
        }
        let kib = procfs::resident_kib(stack.server_id())?;
        table.row(vec![state.to_owned(), format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024)]);
        Ok(())
    };
    row("idle, no ban")?;
    fill(stack.lab(), "sshd", 0, BANS)?;
    wait_for_history(stack, BANS - 1)?;
    row("10,000 bans, idle again")?;
    read_all(stack)?;
    row("10,000 bans, after one client has read them all")?;
    Ok(table)
}

/// Waits until the history has the ban of this address.
fn wait_for_history(stack: &Stack, number: u32) -> Result<()> {
    let api = stack.api()?;
    let path = format!("/api/events?ip={}", address(number));
    let start = Instant::now();
    loop {
        let (status, body) = api.get(&path)?;
        if status != 200 {
            bail!("GET {path} answers {status} {body}");
        }
        if body.get("items").and_then(Value::as_array).is_some_and(|items| !items.is_empty()) {
            return Ok(());
        }
        if start.elapsed() > LIMIT {
            bail!("the ban of {} is not in the history after {} s", address(number), LIMIT.as_secs());
        }
        if stop::wait(Duration::from_millis(200)) {
            bail!("stopped by a signal");
        }
    }
}

/// Reads every page of the active bans, and fails if they are not all there.
fn read_all(stack: &Stack) -> Result<()> {
    let api = stack.api()?;
    let mut seen = 0;
    let mut cursor = String::new();
    loop {
        let (status, body) = api.get(&format!("/api/bans?jail=sshd{cursor}"))?;
        let items = body.get("items").and_then(Value::as_array).filter(|_| status == 200);
        let items = items.with_context(|| format!("GET /api/bans answers {status} {body}"))?;
        seen += items.len();
        match body.get("next").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    if seen != usize::try_from(BANS)? {
        bail!("GET /api/bans lists {seen} bans of {BANS}");
    }
    Ok(())
}
