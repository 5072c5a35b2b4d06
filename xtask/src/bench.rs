//! `cargo xtask bench`: measures, on this machine and against the real fail2ban, and prints the results as
//! Markdown tables. Judges nothing: figures are for people. The socket client's own benchmarks are with the crate.

mod archive;
mod complaints;
mod connection;
mod crowd;
mod failover;
mod fill;
mod history;
mod memory;
mod replica;
mod rolling;
mod sessions;
mod table;

use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::demo::smoke::measure;
use crate::demo::stack::{Options, Stack};
use crate::needs::{self, Need};
use crate::postgres::free_port;
use crate::workspace::Profile;
use crate::{process, web, workspace};
use table::Table;

/// What to measure.
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// Measure these. Without any everything is measured, which takes three quarters of an hour.
    #[arg(value_name = "PART")]
    parts: Vec<Part>,
    /// How often the way from log line to event is measured.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u8).range(1..=100))]
    samples: u8,
    #[command(flatten)]
    failover: failover::FailoverArgs,
    #[command(flatten)]
    archive: archive::ArchiveArgs,
    #[command(flatten)]
    history: history::HistoryArgs,
}

/// Something to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The socket client against fail2ban-client.
    Client,
    /// Resident memory of the server.
    Memory,
    /// The way from log line to event.
    Latency,
    /// Authenticated requests, with the session cache and without, on both databases.
    Sessions,
    /// Health and logins beside 2,000 connections that keep the server waiting.
    Crowd,
    /// How long nobody schedules when the holder of the scheduler lock is killed or stopped.
    Failover,
    /// What clients lose while replicas are restarted one after another.
    Rolling,
    /// Backup, restore and copy of a long history, on both databases.
    Archive,
    /// A history of ten million events: recording it, its size, and the questions of the pages, on both databases.
    History,
}

impl Part {
    fn needs(self) -> &'static [Need] {
        match self {
            Self::Client => &[Need::Fail2ban],
            Self::Memory | Self::Latency => &[Need::Fail2ban, Need::Node],
            Self::Sessions | Self::Failover | Self::Archive | Self::History => &[Need::Postgres],
            Self::Crowd => &[],
            Self::Rolling => &[Need::Fail2ban, Need::Postgres],
        }
    }
}

/// Measures and prints.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    let wanted = |part: &Part| args.parts.is_empty() || args.parts.contains(part);
    let parts: Vec<Part> = Part::value_variants().iter().copied().filter(wanted).collect();
    let needed: Vec<Need> = parts.iter().flat_map(|part| part.needs()).copied().collect();
    needs::require(&needed)?;
    let cores = std::thread::available_parallelism().context("count the cores")?;
    let mut against = String::new();
    if needed.contains(&Need::Fail2ban) {
        let version = process::output(Command::new("fail2ban-client").arg("--version"))
            .context("ask for fail2ban's version")?;
        against = format!("Against {}, on", version.trim());
    }
    println!("{} {cores} cores.\n", if against.is_empty() { "On" } else { &against });
    if needed.contains(&Need::Node) {
        web::build(false)?;
    }
    for part in parts {
        match part {
            Part::Client => client()?,
            Part::Memory => memory()?,
            Part::Latency => latency(args.samples)?,
            Part::Sessions => sessions::run(&workspace::build_server(Profile::Release)?)?,
            Part::Crowd => crowd::run(&workspace::build_server(Profile::Release)?)?,
            Part::Failover => failover::run(&workspace::build_server(Profile::Release)?, &args.failover)?,
            Part::Rolling => rolling::run(&workspace::build_server(Profile::Release)?)?,
            Part::Archive => archive::run(&workspace::build_server(Profile::Release)?, &args.archive)?,
            Part::History => history::run(&args.history)?,
        }
    }
    Ok(())
}

fn client() -> Result<()> {
    process::run(&mut workspace::cargo(["bench", "--package", "fail2ban-client", "--bench", "commands"]))
        .context("the socket client against fail2ban-client")
}

/// The servers, without any attack: it would disturb what is measured.
fn stack() -> Result<Stack> {
    Stack::start(&Options { profile: Profile::Release, port: Some(free_port()?), settings: Vec::new() })
}

fn memory() -> Result<()> {
    let mut stack = stack()?;
    println!("\n### Memory of `bangui serve` (release build, SQLite)\n\n{}", memory::measure(&stack)?);
    stack.require_running()
}

fn latency(samples: u8) -> Result<()> {
    let mut stack = stack()?;
    let api = stack.api()?;
    let events = api.events()?;
    let samples = measure(stack.lab(), &events, samples)?;
    let mut table = Table::new(&["samples", "min", "median", "p95", "max"]);
    let at = |hundredths: usize| format!("{} ms", samples.percentile(hundredths).as_millis());
    table.row(vec![samples.len().to_string(), at(0), at(50), at(95), at(100)]);
    println!("\n### From the line in the log to the event on a subscribed stream\n\n{table}");
    stack.require_running()
}
