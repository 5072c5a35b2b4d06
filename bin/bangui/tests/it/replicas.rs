//! Two processes on one PostgreSQL database: what one learns or does, the other tells, with notices and without, and
//! while the leader is gone.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use bangui_test_support::fail2ban::Fail2ban;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::lab::{attack, fail2ban, story};
use crate::live::Live;
use crate::server::{Server, Setup, eventually};

fn setup(place: &Place, socket: &Path) -> Setup {
    let mut setup = Setup::with_socket(socket);
    setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
    setup.settings.push(("BANGUI_WORKERS", "2".to_owned()));
    setup
}

fn role(server: &Server) -> Value {
    server.get("/api/health/ready").1["scheduler"].clone()
}

/// The leader, and one that stands by and reaches fail2ban at `socket`.
fn two(place: &Place, leaders: &Path, standbys: &Path) -> (Server, Server) {
    let leader = Server::start_and_login(&setup(place, leaders));
    leader.wait_for_health(200);
    let standby = Server::start_and_login(&setup(place, standbys));
    assert_eq!((role(&leader), role(&standby)), (json!("leader"), json!("standby")));
    (leader, standby)
}

#[test]
fn live_streams_of_every_replica_tell_everything_once_and_in_order() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = fail2ban();
    let (leader, standby) = two(&place, &fail2ban.socket(), &fail2ban.socket());
    let (here, there) = (Live::open(&leader), Live::open(&standby));

    attack(&fail2ban, "sshd", "192.0.2.70");
    there.wait_for("ban 192.0.2.70 -");
    // Each replica bans for a user, while the leader looks.
    for (server, address) in [(&standby, "203.0.113.70"), (&leader, "203.0.113.71")] {
        let order = json!({"ip": address, "jail": "nginx"});
        assert_eq!(server.call("POST", "/api/bans", Some(&order)).0, 201);
    }
    assert_eq!(standby.call("DELETE", "/api/bans/192.0.2.70", None).0, 200);
    for live in [&here, &there] {
        live.wait_for("ban 203.0.113.70 admin");
        live.wait_for("ban 203.0.113.71 admin");
        live.wait_for("unban 192.0.2.70 admin");
    }
    let told = here.told();
    assert_eq!(told, there.told());
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told.is_sorted_by(|a, b| a.id < b.id), "{told:?}");
}

#[test]
fn a_stream_misses_nothing_when_notices_are_lost() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = fail2ban();
    let (leader, standby) = two(&place, &fail2ban.socket(), &fail2ban.socket());
    let (here, there) = (Live::open(&leader), Live::open(&standby));
    for number in 80..84 {
        place
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE application_name = 'bangui notices' AND datname = current_database()",
            )
            .expect("the listeners are cut off");
        attack(&fail2ban, "sshd", &format!("192.0.2.{number}"));
    }
    for number in 80..84 {
        here.wait_for(&format!("ban 192.0.2.{number} -"));
        there.wait_for(&format!("ban 192.0.2.{number} -"));
    }
    assert_eq!(here.told(), there.told());
    assert_eq!(here.told().len(), 4);
    for server in [&leader, &standby] {
        assert!(server.log().contains("notices of other processes do not come in"), "{}", server.log());
    }
}

/// What a replica says of fail2ban, but for when it was asked.
fn said(server: &Server) -> Value {
    let mut fail2ban = server.get("/api/system").1["fail2ban"].take();
    fail2ban["checked_at"].take();
    fail2ban
}

#[test]
fn every_replica_gives_the_leaders_answer_about_fail2ban() {
    let place = Place::new(DbKind::Postgres);
    let mut fail2ban = fail2ban();
    // The one that stands by would find nothing if it asked.
    let nothing = fail2ban.dir().join("no.sock");
    let (leader, standby) = two(&place, &fail2ban.socket(), &nothing);
    standby.wait_for_health(200);
    eventually("the same answer", || (said(&leader) == said(&standby)).then_some(()));
    attack(&fail2ban, "sshd", "192.0.2.90");
    for server in [&leader, &standby] {
        eventually("the jail's counters", || {
            let jails = server.items("/api/jails");
            jails.iter().any(|jail| jail["currently_banned"] == 1).then_some(())
        });
    }

    fail2ban.stop().expect("it stops");
    for server in [&leader, &standby] {
        server.wait_for_health(503);
    }
    eventually("the same answer", || (said(&leader) == said(&standby)).then_some(()));
    let detail = said(&standby)["problem"]["detail"].as_str().expect("text").to_owned();
    assert!(detail.contains(fail2ban.socket().to_str().expect("a path")), "{detail}");
    fail2ban.start_again().expect("it starts");
    for server in [&leader, &standby] {
        server.wait_for_health(200);
    }
    assert_eq!(role(&standby), "standby");
}

#[test]
fn a_standby_is_right_while_the_leader_is_gone_and_its_successor_misses_no_ban() {
    let place = Place::new(DbKind::Postgres);
    let mut fail2ban = fail2ban();
    let (mut leader, standby) = two(&place, &fail2ban.socket(), &fail2ban.socket());
    standby.wait_for_health(200);
    let live = Live::open(&standby);
    leader.signal(Signal::KILL);
    leader.wait();
    // The dead leader's lease is renewed until the test lets it run out.
    let renewing = AtomicBool::new(true);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while renewing.load(Ordering::SeqCst) {
                place.execute("UPDATE scheduler_lock SET expires_at = expires_at + 1").expect("a renewal");
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        alone(&mut fail2ban, &standby);
        renewing.store(false, Ordering::SeqCst);
    });

    place.execute("UPDATE scheduler_lock SET expires_at = 0").expect("a lease that was given back");
    eventually("the successor", || {
        assert_eq!(standby.get("/api/health").0, 200);
        (role(&standby) == "leader").then_some(())
    });
    for address in ["192.0.2.91", "2001:db8::91"] {
        live.wait_for(&format!("ban {address} -"));
        assert_eq!(story(&standby, address), ["ban detected -"]);
    }
    assert_eq!(live.told().len(), 2, "{:?}", live.told());
    let third = Server::start_and_login(&setup(&place, &fail2ban.dir().join("no.sock")));
    third.wait_for_health(200);
    assert_eq!(role(&third), "standby");
}

/// A standby whose leader is gone, and has no successor.
fn alone(fail2ban: &mut Fail2ban, standby: &Server) {
    fail2ban.stop().expect("it stops");
    standby.wait_for_health(503);
    fail2ban.start_again().expect("it starts");
    standby.wait_for_health(200);
    for address in ["192.0.2.91", "2001:db8::91"] {
        attack(fail2ban, "sshd", address);
    }
    assert_eq!(role(standby), "standby");
    assert!(standby.items("/api/events").is_empty(), "nobody writes without the lock");
}
