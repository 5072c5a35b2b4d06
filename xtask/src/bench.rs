//! `cargo xtask bench`: measures, on this machine and against the real fail2ban, and prints the results as
//! Markdown tables. Judges nothing: figures are for people. The socket client's own benchmarks are with the crate.

mod fill;
mod memory;
mod table;

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::demo::smoke::{Samples, measure};
use crate::demo::stack::{Options, Stack};
use crate::needs::{self, Need};
use crate::postgres::free_port;
use crate::workspace::Profile;
use crate::{process, web, workspace};
use table::Table;

/// What to measure.
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// How often the way from log line to event is measured.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u8).range(1..=100))]
    samples: u8,
}

/// Measures and prints.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    needs::require(&[Need::Fail2ban])?;
    let version = process::output(Command::new("fail2ban-client").arg("--version"))
        .context("ask for fail2ban's version")?;
    let cores = std::thread::available_parallelism().context("count the cores")?;
    println!("Against {}, on {cores} cores.\n", version.trim());
    process::run(&mut workspace::cargo(["bench", "--package", "fail2ban-client", "--bench", "commands"]))
        .context("the socket client against fail2ban-client")?;
    web::build(false)?;
    // No attack: it would disturb both measurements.
    let mut stack = Stack::start(&Options { profile: Profile::Release, port: Some(free_port()?) })?;
    println!("\n### Memory of `bangui serve` (release build, SQLite)\n\n{}", memory::measure(&stack)?);
    stack.require_running()?;
    drop(stack);

    let mut stack = Stack::start(&Options { profile: Profile::Release, port: Some(free_port()?) })?;
    let api = stack.api()?;
    let events = api.events()?;
    let samples = measure(stack.lab(), &events, args.samples)?;
    println!("\n### From the line in the log to the event on a subscribed stream\n\n{}", latency(&samples));
    stack.require_running()
}

fn latency(samples: &Samples) -> Table {
    let mut table = Table::new(&["samples", "min", "median", "p95", "max"]);
    let at = |hundredths: usize| format!("{} ms", samples.percentile(hundredths).as_millis());
    table.row(vec![samples.len().to_string(), at(0), at(50), at(95), at(100)]);
    table
}
