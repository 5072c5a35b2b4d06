//! Databases that go away under load: restarted, crashed, cut off, hanging, locked by another program. Requests then get
//! 503 and nothing worse, and afterwards all is as if nothing had been.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bangui_persistence::DbKind;
use bangui_test_support::db::{Place, SqliteFile};
use bangui_test_support::postgres::Cluster;
use rustix::process::Signal;

use crate::checks::{Over, each_banned_once, jobs_in_order, on, role, takes_nothing, whole};
use crate::server::{Server, eventually};
use crate::storm::{Storm, patient};

/// Cuts all other connections off.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Requests without a pause while `fault` does its work; answers how often each status came.
fn under_load(servers: &[&Server], fault: impl FnOnce()) -> BTreeMap<u16, u32> {
    let (stop, statuses) = (AtomicBool::new(false), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for server in servers {
            for path in ["/api/auth/me", "/api/events?limit=5", "/api/jobs"] {
                let (stop, statuses) = (&stop, &statuses);
                scope.spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        let (status, body) = server.get(path);
                        assert!([200, 503].contains(&status), "{path}: {status} {body}");
                        *statuses.lock().expect("no panic").entry(status).or_default() += 1;
                        std::thread::sleep(Duration::from_millis(5));
                    }
                });
            }
        }
        let over = Over(&stop);
        fault();
        for server in servers {
            eventually("the database to answer again", || (server.get("/api/events").0 == 200).then_some(()));
        }
        std::thread::sleep(Duration::from_secs(1));
        drop(over);
    });
    statuses.into_inner().expect("no panic")
}

fn one_leads(servers: &[&Server]) {
    eventually("a leader", || {
        let leaders = servers.iter().filter(|server| role(server).as_deref() == Some("leader")).count();
        assert!(leaders < 2, "two processes schedule");
        (leaders == 1).then_some(())
    });
}

#[test]
fn postgresql_is_restarted_and_crashes_under_load() {
    let mut cluster = Cluster::start(&[]).expect("PostgreSQL");
    let place = Place::on(cluster.url());
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let servers = [Server::start_and_login(&setup), Server::start_and_login(&setup)];
    let both = [&servers[0], &servers[1]];
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    for (signal, away) in [(Signal::INT, 2), (Signal::QUIT, 4), (Signal::INT, 20)] {
        let statuses = under_load(&both, || {
            cluster.stop(signal).expect("it stops");
            std::thread::sleep(Duration::from_secs(away));
            cluster.start_again().expect("it starts");
        });
        one_leads(&both);
        println!("PostgreSQL gone for {away} s ({signal:?}): {statuses:?}");
    }
    let addresses = storm.end();
    for server in both {
        each_banned_once(server, &addresses);
        server.wait_for_health(200);
    }
    let runs = jobs_in_order(&servers[0]);
    whole(&place, DbKind::Postgres);
    println!("PostgreSQL restarted 3 times: {} bans, each once; {runs} runs of jobs", addresses.len());
}

#[test]
fn every_connection_is_cut_again_and_again() {
    const CUTS: u32 = 20;
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let servers = [Server::start_and_login(&setup), Server::start_and_login(&setup)];
    let both = [&servers[0], &servers[1]];
    let storm = Storm::begin(&fail2ban, Duration::from_millis(200));
    let statuses = under_load(&both, || {
        for _ in 0..CUTS {
            place.execute(CUT).expect("all others are cut off");
            std::thread::sleep(Duration::from_millis(fastrand::u64(100..900)));
        }
    });
    one_leads(&both);
    let addresses = storm.end();
    for server in both {
        each_banned_once(server, &addresses);
    }
    let runs = jobs_in_order(&servers[0]);
    whole(&place, DbKind::Postgres);
    println!(
        "all connections cut {CUTS} times: {statuses:?}; {} bans, each once; {runs} runs of jobs",
        addresses.len()
    );
}

#[test]
fn postgresql_turns_read_only_as_a_server_does_that_another_has_replaced() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let server = Server::start_and_login(&on(&place, &fail2ban.socket()));
    server.wait_for_health(200);
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    let name = place.url().rsplit('/').next().expect("a name");
    let turn = |how: &str| {
        // The connection that turns it back begins read-only itself.
        let alter = format!("ALTER DATABASE {name} SET default_transaction_read_only = {how}");
        place.execute(&format!("BEGIN READ WRITE; {alter}; COMMIT")).expect("it turns");
        place.execute(CUT).expect("all others are cut off");
    };
    turn("on");
    takes_nothing(&server);
    turn("off");
    one_leads(&[&server]);
    let addresses = storm.end();
    each_banned_once(&server, &addresses);
    server.wait_for_health(200);
    let runs = jobs_in_order(&server);
    whole(&place, DbKind::Postgres);
    println!(
        "PostgreSQL turned read-only and back: {} bans, each once; {runs} runs of jobs",
        addresses.len()
    );
}

#[test]
fn postgresql_hangs_for_longer_than_a_lease() {
    let cluster = Cluster::start(&[]).expect("PostgreSQL");
    let place = Place::on(cluster.url());
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let servers = [Server::start_and_login(&setup), Server::start_and_login(&setup)];
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    std::thread::sleep(Duration::from_secs(2));
    cluster.freeze().expect("it freezes");
    let frozen = Instant::now();
    eventually("the leader to stop scheduling", || {
        (role(&servers[0]).as_deref() == Some("lost")).then_some(())
    });
    let noticed = frozen.elapsed();
    let log = servers[0].log();
    assert!(log.contains("could not be renewed in time"), "{log}");
    assert_eq!(servers[0].get("/api/health/live").0, 200);
    std::thread::sleep(Duration::from_secs(20).saturating_sub(frozen.elapsed()));
    cluster.thaw().expect("it goes on");
    one_leads(&[&servers[0], &servers[1]]);
    let addresses = storm.end();
    for server in &servers {
        each_banned_once(server, &addresses);
        server.wait_for_health(200);
    }
    let runs = jobs_in_order(&servers[0]);
    whole(&place, DbKind::Postgres);
    println!(
        "PostgreSQL hung for 20 s: the leader stopped scheduling after {:.1} s; {} bans, each once; {runs} runs of jobs",
        noticed.as_secs_f64(),
        addresses.len()
    );
}

#[test]
fn another_program_locks_the_sqlite_file_for_longer_than_a_lease() {
    let place = Place::new(DbKind::Sqlite);
    let fail2ban = Arc::new(patient());
    let server = Server::start_and_login(&on(&place, &fail2ban.socket()));
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    let path = place.url().trim_start_matches("sqlite://").to_owned();
    let statuses = under_load(&[&server], || {
        let mut other = SqliteFile::open(std::path::Path::new(&path));
        other.execute("BEGIN IMMEDIATE");
        eventually("the server to stop scheduling", || {
            (role(&server).as_deref() == Some("lost")).then_some(())
        });
        assert_eq!(server.wait_for_health(503)["reason"], "unpolled", "nothing is recorded");
        other.execute("ROLLBACK");
    });
    one_leads(&[&server]);
    let addresses = storm.end();
    each_banned_once(&server, &addresses);
    server.wait_for_health(200);
    let runs = jobs_in_order(&server);
    whole(&place, DbKind::Sqlite);
    println!(
        "SQLite locked by another: {statuses:?}; {} bans, each once; {runs} runs of jobs",
        addresses.len()
    );
}
