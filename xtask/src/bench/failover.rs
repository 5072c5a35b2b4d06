//! How long nobody schedules: from the end of the process that holds the scheduler lock, by `kill -9` or by a clean stop,
//! until the other replica on the same PostgreSQL database holds it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use rustix::process::Signal;

use super::complaints::Complaints;
use super::replica::Replica;
use super::table::Table;
use crate::demo::smoke::Samples;
use crate::postgres::Postgres;
use crate::stop;

/// How often the other one is asked whether it has the lock.
const POLL: Duration = Duration::from_millis(20);
/// A renewal comes every 5 s: a random wait of up to as long puts the end anywhere between two.
const BETWEEN_MILLIS: u64 = 5000;
/// How long anything may take before the measurement is given up.
const LIMIT: Duration = Duration::from_mins(1);

/// How often the holder of the lock ends.
#[derive(Args, Debug)]
pub(crate) struct FailoverArgs {
    /// How often the holder of the scheduler lock is killed; about 20 s each.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=200))]
    kills: u8,
    /// How often the holder of the scheduler lock is stopped cleanly.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=200))]
    stops: u8,
}

/// Measures and prints.
pub(super) fn run(binary: &Path, args: &FailoverArgs) -> Result<()> {
    let postgres = Postgres::start()?;
    let database = postgres.database("failover")?;
    let start = || {
        let settings = vec![("BANGUI_WORKERS", "2".to_owned())];
        Replica::start(binary, Some(&database), None, settings)
    };
    let mut pair = Pair { leader: start()?, standby: start()? };
    pair.wait_until_in_order()?;
    let mut table = Table::new(&["the holder's end", "times", "min", "median", "p95", "worst"]);
    for (name, signal, times) in
        [("`kill -9`", Signal::KILL, args.kills), ("clean stop (SIGTERM)", Signal::TERM, args.stops)]
    {
        let mut took = Vec::new();
        for number in 1..=times {
            let time = pair.end(signal).with_context(|| format!("{name}, time {number} of {times}"))?;
            println!("{name} {number} of {times}: {:.2} s", time.as_secs_f64());
            took.push(time);
        }
        let took = Samples::new(took);
        let mut cells = vec![name.to_owned(), took.len().to_string()];
        for hundredths in [0, 50, 95, 100] {
            cells.push(format!("{:.2} s", took.percentile(hundredths).as_secs_f64()));
        }
        table.row(cells);
    }
    println!(
        "\n### From the end of the lock's holder until the other replica schedules (PostgreSQL)\n\n{table}"
    );
    let mut complaints = Complaints::default();
    pair.leader.complain(&mut complaints)?;
    pair.standby.complain(&mut complaints)?;
    println!("{complaints}");
    Ok(())
}

/// Two replicas on one database.
struct Pair {
    leader: Replica,
    standby: Replica,
}

impl Pair {
    /// Ends the leader, times how long it takes the other to become it, and starts the old one again as standby.
    fn end(&mut self, signal: Signal) -> Result<Duration> {
        if stop::wait(Duration::from_millis(fastrand::u64(0..BETWEEN_MILLIS))) {
            bail!("stopped by a signal");
        }
        self.require_in_order()?;
        let start = Instant::now();
        self.leader.signal(signal)?;
        let successor = &self.standby;
        wait_for("the standby to hold the lock", || successor.scheduler().as_deref() == Some("leader"))
            .with_context(|| format!("the end of its log:\n{}", successor.log_tail()))?;
        let time = start.elapsed();
        let status = self.leader.wait_for_end()?;
        if signal == Signal::TERM && !status.success() {
            bail!("it ended with {status}; the end of its log:\n{}", self.leader.log_tail());
        }
        std::mem::swap(&mut self.leader, &mut self.standby);
        self.standby.start_again()?;
        self.wait_until_in_order()?;
        Ok(time)
    }

    /// Waits until one leads and the other stands by.
    fn wait_until_in_order(&self) -> Result<()> {
        wait_for("one leader and one standby", || self.require_in_order().is_ok())
            .or_else(|error| self.require_in_order().context(error))
    }

    fn require_in_order(&self) -> Result<()> {
        let roles = [self.leader.scheduler(), self.standby.scheduler()];
        if roles.each_ref().map(Option::as_deref) != [Some("leader"), Some("standby")] {
            bail!("one should lead and the other stand by, and they are {roles:?}");
        }
        Ok(())
    }
}

fn wait_for(what: &str, mut happened: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !happened() {
        if start.elapsed() > LIMIT {
            bail!("waited {} s for {what}", LIMIT.as_secs());
        }
        if stop::wait(POLL) {
            bail!("stopped by a signal");
        }
    }
    Ok(())
}
