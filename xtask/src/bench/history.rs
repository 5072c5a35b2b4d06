//! A long history on both databases: how quickly it is recorded, what it takes on disk and in memory, and how long the
//! pages' questions take, the first time and again.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use super::table::Table;
use crate::postgres::Postgres;
use crate::{needs, process, stop, workspace};

/// How much there is to ask.
#[derive(Args, Debug)]
pub(super) struct HistoryArgs {
    /// Events (beginnings and ends of bans) in the history that is asked.
    #[arg(long, default_value_t = 10_000_000)]
    events: u32,
    /// How often each question is asked.
    #[arg(long, default_value_t = 50)]
    rounds: u32,
}

/// Makes, measures and prints.
pub(super) fn run(args: &HistoryArgs) -> Result<()> {
    process::run(&mut workspace::cargo([
        "build",
        "--release",
        "--package",
        "bangui-persistence",
        "--example",
        "history",
    ]))?;
    let program = workspace::root().join("target/release/examples/history");
    let dir = tempfile::tempdir_in(workspace::root().join("target")).context("make a temporary directory")?;
    let file = dir.path().join("history.db");
    let postgres = Postgres::start()?;
    let url = postgres.database("history")?;
    let places = [("SQLite", format!("sqlite://{}", file.display())), ("PostgreSQL", url)];

    let mut sums =
        Table::new(&["database", "events", "recorded a second", "bytes an event", "memory of a process"]);
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, url) in &places {
        let filled = facts(&program, &["fill", url, &args.events.to_string()])?;
        stop::check()?;
        let bytes = if *name == "SQLite" { file_size(&file)? } else { database_size(url)? };
        let asked = facts(&program, &["ask", url, &args.rounds.to_string()])?;
        let told = |facts: &Facts, fact: &str| facts.get(fact).and_then(|values| values.first()).cloned();
        let peak: f64 = told(&asked, "memory-peak").context("no memory")?.parse().context("a size")?;
        sums.row(vec![
            (*name).to_owned(),
            told(&filled, "events").context("no events")?,
            told(&filled, "ingest").context("no speed")?,
            format!("{:.0}", bytes / f64::from(args.events)),
            format!("{:.0} MiB", peak / 1024.0),
        ]);
        for (question, values) in asked.iter().filter(|(_, values)| values.len() == 4) {
            answers.entry(question.clone()).or_default().extend(values.iter().take(3).cloned());
        }
    }
    let mut table =
        Table::new(&["question", "SQLite first", "median", "99 %", "PostgreSQL first", "median", "99 %"]);
    for (question, values) in answers {
        table.row([vec![question], values].concat());
    }
    println!("\n### A history of {} events (release build, milliseconds)\n\n{sums}\n{table}", args.events);
    Ok(())
}

type Facts = BTreeMap<String, Vec<String>>;

/// What the program prints: a name and its values on each line.
fn facts(program: &Path, arguments: &[&str]) -> Result<Facts> {
    // As in the unit of systemd.
    let mut command = Command::new(program);
    command.args(arguments).env("MALLOC_ARENA_MAX", "2");
    let text = process::output(&mut command).context("the history's own program")?;
    Ok(text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            Some((words.next()?, words.collect()))
        })
        .collect())
}

/// The file alone: SQLite's journal was moved into it when the program ended.
#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "a size for people")]
fn file_size(file: &Path) -> Result<f64> {
    Ok(std::fs::metadata(file).context("look at the file")?.len() as f64)
}

fn database_size(url: &str) -> Result<f64> {
    let psql = needs::postgres_bin().context("no PostgreSQL binaries")?.join("psql");
    let query = "SELECT pg_database_size(current_database())";
    let text = process::output(Command::new(psql).args(["-X", "-A", "-t", url, "-c", query]))?;
    text.trim().parse().context("a size")
}
