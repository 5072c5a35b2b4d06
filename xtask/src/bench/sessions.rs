//! What a session costs: authenticated requests on both databases, with the sessions kept in memory and without, and beside
//! them a route that needs none. Taken in turns, so that a disturbance of the machine hits all alike.

mod load;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::complaints::Complaints;
use super::connection::get;
use super::replica::Replica;
use super::table::{Table, millis};
use crate::demo::smoke::Samples;
use crate::postgres::Postgres;
use load::{CONNECTIONS, REQUESTS, Round};

const ROUNDS: usize = 5;

/// One row: a server, and what is asked of it.
struct Row {
    name: &'static str,
    server: usize,
    requests: Vec<Vec<u8>>,
    rounds: Vec<Round>,
}

/// Measures and prints.
pub(super) fn run(binary: &Path) -> Result<()> {
    let postgres = Postgres::start()?;
    let mut servers = Vec::new();
    let mut rows = Vec::new();
    for (name, database, cache_secs) in [
        ("SQLite, cache on", None, 10),
        ("SQLite, cache off", None, 0),
        ("PostgreSQL, cache on", Some("cache_on"), 10),
        ("PostgreSQL, cache off", Some("cache_off"), 0),
    ] {
        let database = database.map(|name| postgres.database(name)).transpose()?;
        let settings = vec![("BANGUI_SESSION__CACHE_SECS", cache_secs.to_string())];
        let server = Replica::start(binary, database.as_deref(), None, settings)?;
        let sessions = server.sessions(CONNECTIONS).with_context(|| format!("sign in at {name}"))?;
        let requests = sessions.iter().map(|cookie| get("/api/auth/me", Some(cookie))).collect();
        rows.push(Row { name, server: servers.len(), requests, rounds: Vec::new() });
        servers.push(server);
    }
    // The peer: all that HTTP costs, on the server of the first row.
    let requests = vec![get("/api/health/live", None); CONNECTIONS];
    rows.push(Row { name: "no session: `GET /api/health/live`", server: 0, requests, rounds: Vec::new() });

    for round in 0..ROUNDS {
        // Each time another is the first.
        for place in 0..rows.len() {
            let place = (place + round) % rows.len();
            let Some(row) = rows.get_mut(place) else { continue };
            let server = servers.get(row.server).context("a row without server")?;
            let measured = load::round(server.address(), server.id(), &row.requests);
            row.rounds.push(measured.with_context(|| format!("{}, round {}", row.name, round + 1))?);
        }
    }

    println!(
        "\n### Authenticated requests: `GET /api/auth/me` (release build)\n\n\
         {CONNECTIONS} connections, each with a session and {REQUESTS} requests in each of {ROUNDS} rounds, taken in turns.\n\
         PostgreSQL runs on this machine and its own processor time is not in the table.\n\n{}",
        table(&rows)
    );
    let mut complaints = Complaints::default();
    for server in &mut servers {
        server.require_running()?;
        server.complain(&mut complaints)?;
    }
    println!("{complaints}");
    Ok(())
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "sessions",
        "requests",
        "lost",
        "requests/s",
        "slowest and fastest round",
        "ratio",
        "p50",
        "p99",
        "the server's processor time per request",
        "the client's",
    ]);
    let mut first = None;
    for row in rows {
        let total = Round::sum(&row.rounds);
        let rate = total.rate();
        let first = *first.get_or_insert(rate);
        let mut rates: Vec<f64> = row.rounds.iter().map(Round::rate).collect();
        rates.sort_by(f64::total_cmp);
        let [slowest, fastest] = [rates.first(), rates.last()].map(|rate| rate.copied().unwrap_or_default());
        let per_request = |time: Duration| format!("{:.0} µs", time.as_secs_f64() * 1e6 / total.answered());
        let (server, client) = (per_request(total.server), per_request(total.client));
        let lost = total.lost.to_string();
        let samples = Samples::new(total.times);
        table.row(vec![
            row.name.to_owned(),
            samples.len().to_string(),
            lost,
            format!("{rate:.0}"),
            format!("{slowest:.0} to {fastest:.0}"),
            format!("{:.2}", rate / first),
            millis(samples.percentile(50)),
            millis(samples.percentile(99)),
            server,
            client,
        ]);
    }
    table
}
