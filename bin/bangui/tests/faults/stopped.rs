//! A process that is stopped (SIGSTOP) while it holds the scheduler lock, and wakes up when another one has it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use rustix::process::Signal;

use crate::checks::{each_banned_once, jobs_in_order, on, role, token, whole};
use crate::server::{Server, eventually};
use crate::storm::{Storm, patient};

#[test]
fn on_postgresql_a_leader_that_wakes_up_stands_by_and_writes_nothing() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let sleeper = Server::start_and_login(&setup);
    let standby = Server::start_and_login(&setup);
    assert_eq!((role(&sleeper), role(&standby)), (Some("leader".into()), Some("standby".into())));
    let before = token(&place);

    let storm = Storm::begin(&fail2ban, Duration::from_millis(200));
    std::thread::sleep(Duration::from_secs(1));
    sleeper.signal(Signal::STOP);
    let stopped = Instant::now();
    eventually("the standby to take over", || (role(&standby).as_deref() == Some("leader")).then_some(()));
    let taken = stopped.elapsed();
    assert_eq!(token(&place), before + 1);

    sleeper.signal(Signal::CONT);
    let (mut asked, woken) = (0, Instant::now());
    while woken.elapsed() < Duration::from_secs(8) {
        let (theirs, ours) = (role(&sleeper), role(&standby));
        assert!(
            !(theirs.as_deref() == Some("leader") && ours.as_deref() == Some("leader")),
            "two processes schedule"
        );
        asked += 1;
    }
    assert_eq!((role(&sleeper), role(&standby)), (Some("standby".into()), Some("leader".into())));
    assert_eq!(token(&place), before + 1, "nobody took it since");
    assert!(sleeper.log().contains("stopped scheduling"), "{}", sleeper.log());

    let addresses = storm.end();
    for server in [&sleeper, &standby] {
        each_banned_once(server, &addresses);
    }
    let runs = jobs_in_order(&standby);
    whole(&place, DbKind::Postgres);
    println!(
        "SIGSTOP of a leader: taken over after {:.1} s; asked {asked} times after SIGCONT, never two leaders; {} bans, each once; \
         {runs} runs of jobs",
        taken.as_secs_f64(),
        addresses.len()
    );
}

#[test]
fn on_postgresql_a_leader_that_is_stopped_within_a_transaction_is_taken_over_from() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let sleeper = Server::start_and_login(&setup);
    let standby = Server::start_and_login(&setup);
    assert_eq!(role(&sleeper).as_deref(), Some("leader"));

    // The leader publishes what it knows: it has the lock's row by then, and waits for this table.
    let held = place.hold("LOCK TABLE runtime_state IN SHARE MODE").expect("a lock");
    let waiting = "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() \
                   AND wait_event_type = 'Lock'";
    eventually("the leader to wait within a transaction", || {
        place.count(waiting).is_ok_and(|count| count > 0).then_some(())
    });
    sleeper.signal(Signal::STOP);
    drop(held);
    eventually("the standby to take over", || (role(&standby).as_deref() == Some("leader")).then_some(()));

    sleeper.signal(Signal::CONT);
    eventually("the sleeper to stand by", || (role(&sleeper).as_deref() == Some("standby")).then_some(()));
    assert_eq!(role(&standby).as_deref(), Some("leader"));
    whole(&place, DbKind::Postgres);
}

#[test]
fn on_sqlite_the_one_that_was_stopped_for_too_long_ends_when_it_wakes_up() {
    let place = Place::new(DbKind::Sqlite);
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let mut sleeper = Server::start_and_login(&setup);
    let storm = Storm::begin(&fail2ban, Duration::from_millis(200));
    std::thread::sleep(Duration::from_secs(1));
    sleeper.signal(Signal::STOP);
    let next = Server::start_and_login(&setup);
    assert_eq!(role(&next).as_deref(), Some("leader"));

    sleeper.signal(Signal::CONT);
    assert_eq!(sleeper.wait(), 75);
    let log = sleeper.log();
    assert!(
        log.contains("taken this database over") && log.contains(&format!("process {}", next.pid())),
        "{log}"
    );
    assert_eq!(role(&next).as_deref(), Some("leader"));
    let addresses = storm.end();
    each_banned_once(&next, &addresses);
    whole(&place, DbKind::Sqlite);
    println!("SIGSTOP on SQLite: the sleeper ended with 75, {} bans, each once", addresses.len());
}
