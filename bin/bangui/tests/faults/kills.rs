//! kill -9 at random moments: during bans, job runs, starts and migrations, on both databases.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use rustix::process::Signal;

use crate::checks::{each_banned_once, jobs_in_order, on, role, whole};
use crate::server::{PATIENCE, Server, Setup, eventually};
use crate::storm::{Storm, patient};

/// Kills of a server that serves, and of one that starts.
const KILLS: u32 = 5;
/// Servers that are killed at their first start, each on an empty database.
const EMPTY: usize = 16;
const MIGRATED: &str = "SELECT count(*) AS count FROM __diesel_schema_migrations";

fn random(below: u64) -> Duration {
    Duration::from_millis(fastrand::u64(..below))
}

fn kill(server: &mut Server) {
    server.signal(Signal::KILL);
    server.wait();
}

/// Logs when a job begins.
fn telling_jobs(mut setup: Setup) -> Setup {
    setup.settings.push(("BANGUI_LOG__FILTER", "info,bangui_jobs=debug,sqlx=warn".to_owned()));
    setup
}

/// Asks for a run of a queued job, and waits: in even rounds until it begins, in the others for some time, in which it may
/// begin and end.
fn start_a_job(server: &Server, round: u32) {
    let begins = |server: &Server| server.log().matches("job runs job=\"prune_jobs\"").count();
    let before = begins(server);
    let (status, body) = server.call("POST", "/api/jobs/prune_jobs/run", None);
    assert_eq!(status, 202, "{body}");
    if round.is_multiple_of(2) {
        let begun = Instant::now();
        while begins(server) == before {
            assert!(begun.elapsed() < PATIENCE, "waited for the job to begin");
            std::thread::sleep(Duration::from_millis(1));
        }
    } else {
        std::thread::sleep(random(3_000));
    }
}

/// Runs that met the end of a process, among the last of each job.
fn interrupted(server: &Server) -> usize {
    let jobs = server.items("/api/jobs");
    let runs = jobs.iter().flat_map(|job| job["runs"].as_array().expect("runs"));
    runs.filter(|run| run["attempts"].as_u64() > Some(1)).count()
}

#[test]
fn on_sqlite_nothing_is_lost_or_doubled() {
    let place = Place::new(DbKind::Sqlite);
    let fail2ban = Arc::new(patient());
    let setup = telling_jobs(on(&place, &fail2ban.socket()));
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    let mut worst = Duration::ZERO;
    for round in 0..KILLS {
        let begun = Instant::now();
        let mut server = Server::start_and_login(&setup);
        worst = worst.max(begun.elapsed());
        start_a_job(&server, round);
        kill(&mut server);
        // One that still starts, or waits for the dead one's lease.
        let mut early = Server::spawn(&setup);
        std::thread::sleep(random(2_000));
        kill(&mut early);
    }
    let addresses = storm.end();
    let server = Server::start_and_login(&setup);
    each_banned_once(&server, &addresses);
    let runs = jobs_in_order(&server);
    whole(&place, DbKind::Sqlite);
    println!(
        "kills on SQLite: {} killed ({KILLS} while serving), {} bans, each once; {runs} runs of jobs ended, {} of them had met a \
         kill; slowest start {:.1} s",
        2 * KILLS,
        addresses.len(),
        interrupted(&server),
        worst.as_secs_f64()
    );
}

#[test]
fn on_postgresql_nothing_is_lost_or_doubled_and_somebody_always_serves() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let setup = telling_jobs(on(&place, &fail2ban.socket()));
    let mut replicas = [Server::start_and_login(&setup), Server::start_and_login(&setup)];
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    let (mut leaders, mut slowest) = (0, Duration::ZERO);
    for round in 0..KILLS {
        // The job begins in the one that leads.
        let (index, other) = if role(&replicas[0]).as_deref() == Some("leader") { (0, 1) } else { (1, 0) };
        leaders += u32::from(role(&replicas[index]).as_deref() == Some("leader"));
        start_a_job(&replicas[index], round);
        kill(&mut replicas[index]);
        assert_eq!(replicas[other].get("/api/events").0, 200, "the other one serves");
        let begun = Instant::now();
        replicas[index] = Server::start_and_login(&setup);
        slowest = slowest.max(begun.elapsed());
        // Whoever comes next finds a leader, old or new.
        eventually("a leader", || {
            replicas.iter().any(|replica| role(replica).as_deref() == Some("leader")).then_some(())
        });
    }
    let addresses = storm.end();
    let runs = replicas.iter().map(jobs_in_order).max().unwrap_or(0);
    for server in &replicas {
        each_banned_once(server, &addresses);
    }
    whole(&place, DbKind::Postgres);
    println!(
        "kills on PostgreSQL: {KILLS} killed ({leaders} of them leaders), {} bans, each once on both; {runs} runs of jobs \
         ended, {} of them had met a kill; slowest start {:.1} s",
        addresses.len(),
        interrupted(&replicas[0]),
        slowest.as_secs_f64()
    );
}

/// How long a server takes from its start until an empty database has its tables.
fn time_to_migrate(setup: &Setup) -> Duration {
    let begun = Instant::now();
    let mut server = Server::spawn(setup);
    while !server.log().contains("database migrated") {
        assert!(begun.elapsed() < PATIENCE, "waited for the migration");
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = begun.elapsed();
    kill(&mut server);
    took
}

/// How many migrations there are.
fn migrations() -> i64 {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");
    i64::try_from(std::fs::read_dir(folder).expect("the migrations").count()).expect("a few")
}

#[test]
fn during_the_first_migration_the_next_start_finishes_it() {
    for kind in [DbKind::Sqlite, DbKind::Postgres] {
        let fail2ban = patient();
        let places: Vec<Place> = (0..EMPTY).map(|_| Place::new(kind)).collect();
        let setups: Vec<_> = places.iter().map(|place| on(place, &fail2ban.socket())).collect();
        let first = Place::new(kind);
        let migrates = time_to_migrate(&on(&first, &fail2ban.socket()));
        // How many had no table yet, some, or all.
        let mut found = [0; 3];
        for (place, setup) in places.iter().zip(&setups) {
            let mut server = Server::spawn(setup);
            // Around the end of the migration, which takes most of that time.
            std::thread::sleep(
                migrates / 3 + random(u64::try_from(migrates.as_millis()).unwrap_or(1).max(1)),
            );
            kill(&mut server);
            match place.count(MIGRATED).unwrap_or(0) {
                0 => found[0] += 1,
                all if all == migrations() => found[2] += 1,
                _ => found[1] += 1,
            }
        }
        assert_eq!(found[1], 0, "all tables or none: {found:?}");
        let mut servers: Vec<Server> = setups.iter().map(Server::spawn).collect();
        for (server, place) in servers.iter_mut().zip(&places) {
            server.wait_until_alive();
            assert_eq!(place.count(MIGRATED).expect("a count"), migrations());
            whole(place, kind);
        }
        println!(
            "kills at the first start on {kind:?}: {EMPTY} killed, around the {} ms after which one has its tables; {} databases \
             had no table, {} some, {} all; all are whole after the next start",
            migrates.as_millis(),
            found[0],
            found[1],
            found[2]
        );
    }
}
