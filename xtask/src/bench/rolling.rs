//! What clients lose while the replicas are restarted one after another: three on one PostgreSQL database and a private
//! fail2ban, under the load of a client that spreads its requests as a load balancer does.

mod balancer;
mod client;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use rustix::process::Signal;

use super::complaints::Complaints;
use super::replica::Replica;
use super::table::{Table, millis};
use crate::demo::smoke::Samples;
use crate::postgres::Postgres;
use crate::stop;
use balancer::Balancer;
use client::{Tally, drive};

const REPLICAS: usize = 3;
const THREADS: usize = 8;
/// How often each replica is restarted.
const ROUNDS: usize = 2;
/// Load without a restart: before the first, between two, and after the last.
const CALM: Duration = Duration::from_secs(2);
/// How many lost requests are described.
const SHOWN: usize = 20;

/// Measures and prints.
pub(super) fn run(binary: &Path) -> Result<()> {
    let postgres = Postgres::start()?;
    let database = postgres.database("rolling")?;
    let fail2ban = Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd)).start();
    let fail2ban = fail2ban.context("start the private fail2ban")?;
    let mut replicas = Vec::new();
    for _ in 0..REPLICAS {
        let settings = vec![("BANGUI_WORKERS", REPLICAS.to_string())];
        replicas.push(Replica::start(binary, Some(&database), Some(fail2ban.socket()), settings)?);
    }
    let first = replicas.first().context("no replica")?;
    let sessions = first.sessions(THREADS)?;
    let balancer = Balancer::new(replicas.iter().map(Replica::address).collect());
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let (restarted, tallies) = std::thread::scope(|scope| {
        let (balancer, over) = (&balancer, &over);
        for replica in 0..REPLICAS {
            scope.spawn(move || balancer.check(replica, over));
        }
        let threads: Vec<_> = (0..)
            .zip(&sessions)
            .map(|(number, session)| scope.spawn(move || drive(balancer, number, session, over)))
            .collect();
        let restarted = restart_all(&mut replicas);
        over.store(true, Ordering::SeqCst);
        let tallies: Vec<_> = threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        (restarted, tallies)
    });
    let took = begun.elapsed();
    let mut total = Tally::default();
    for tally in tallies {
        total.add(tally.ok().context("a thread of the client failed")?);
    }
    let stops = restarted?;

    println!(
        "\n### Requests while {REPLICAS} replicas are restarted one after another, {ROUNDS} times (PostgreSQL, release build)\n\n\
         {THREADS} threads for {:.0} s; every tenth request is `GET /api/health`, the others are `GET /api/auth/me`.\n\n{}",
        took.as_secs_f64(),
        table(&mut total, &stops)
    );
    total.lost.sort_by_key(|lost| lost.at);
    for lost in total.lost.iter().take(SHOWN) {
        println!(
            "- lost after {:.3} s: {}",
            lost.at.saturating_duration_since(begun).as_secs_f64(),
            lost.why
        );
    }
    if total.lost.len() > SHOWN {
        println!("- and {} more", total.lost.len() - SHOWN);
    }
    if !total.lost.is_empty() {
        println!();
    }
    let mut complaints = Complaints::default();
    for replica in &mut replicas {
        replica.require_running()?;
        replica.complain(&mut complaints)?;
    }
    println!("{complaints}");
    Ok(())
}

/// Stops each in turn and starts it again; returns how long each stop took.
fn restart_all(replicas: &mut [Replica]) -> Result<Vec<Duration>> {
    let mut stops = Vec::new();
    calm()?;
    for round in 1..=ROUNDS {
        for (number, replica) in (1..).zip(replicas.iter_mut()) {
            let role = replica.scheduler().unwrap_or_else(|| "silent".to_owned());
            replica.require_running()?;
            let start = Instant::now();
            replica.signal(Signal::TERM)?;
            let status = replica.wait_for_end()?;
            let took = start.elapsed();
            stops.push(took);
            if !status.success() {
                bail!("replica {number} ended with {status}; its log ends:\n{}", replica.log_tail());
            }
            let start = Instant::now();
            replica.start_again()?;
            println!(
                "round {round}, replica {number} ({role}): stopped in {:.2} s, ready again in {:.2} s",
                took.as_secs_f64(),
                start.elapsed().as_secs_f64()
            );
            calm()?;
        }
    }
    Ok(stops)
}

fn calm() -> Result<()> {
    if stop::wait(CALM) {
        bail!("stopped by a signal");
    }
    Ok(())
}

fn table(total: &mut Tally, stops: &[Duration]) -> Table {
    let mut table = Table::new(&[
        "requests",
        "lost",
        "connects refused, taken to the next",
        "stale connections, tried again",
        "p50",
        "p99",
        "longest",
        "stops",
        "longest stop",
    ]);
    let lost = total.lost.len();
    let times = Samples::new(std::mem::take(&mut total.times));
    table.row(vec![
        (times.len() + lost).to_string(),
        lost.to_string(),
        total.refused.to_string(),
        total.stale.to_string(),
        millis(times.percentile(50)),
        millis(times.percentile(99)),
        millis(times.percentile(100)),
        stops.len().to_string(),
        format!("{:.2} s", stops.iter().max().copied().unwrap_or_default().as_secs_f64()),
    ]);
    table
}
