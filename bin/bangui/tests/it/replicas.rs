//! Two processes on one PostgreSQL database: what one learns or does, the other tells, with notices and without, and
//! while the leader is gone.

use std::path::Path;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use serde_json::{Value, json};

use crate::fail2ban::{attack, fail2ban};
use crate::live::Live;
use crate::server::{Server, Setup};

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
