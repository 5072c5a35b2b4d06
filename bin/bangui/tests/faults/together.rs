//! Four replicas started at the same instant on an empty database.

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;

use crate::checks::{on, role, token};
use crate::lab::{attack, fail2ban, story};
use crate::server::{PASSWORD, Server, eventually};

const REPLICAS: usize = 4;
const ROUNDS: usize = 3;

#[test]
fn one_migrates_one_leads_and_all_serve() {
    let fail2ban = fail2ban();
    for round in 0..ROUNDS {
        let place = Place::new(DbKind::Postgres);
        let setup = on(&place, &fail2ban.socket());
        let mut servers: Vec<Server> = (0..REPLICAS).map(|_| Server::spawn(&setup)).collect();
        for server in &mut servers {
            server.wait_until_alive();
            server.wait_for_health(200);
        }
        let migrated = servers.iter().filter(|server| server.log().contains("database migrated")).count();
        assert_eq!(migrated, 1, "one of them migrates");
        let leaders = servers.iter().filter(|server| role(server).as_deref() == Some("leader")).count();
        assert_eq!((leaders, token(&place)), (1, 1), "one of them leads, and none before it");
        let admins = "SELECT count(*) AS count FROM users WHERE name = 'admin'";
        assert_eq!(place.count(admins).expect("a count"), 1, "one of them made the first user");

        servers[0].log_in(PASSWORD);
        for index in 1..REPLICAS {
            let (before, after) = servers.split_at_mut(index);
            after[0].share_session(&before[0]);
            assert_eq!(after[0].get("/api/auth/me").0, 200, "a session holds on all");
        }
        let address = format!("192.0.2.{}", 100 + round);
        attack(&fail2ban, "sshd", &address);
        for server in &servers {
            eventually("the ban on every replica", || {
                (story(server, &address) == ["ban detected -"]).then_some(())
            });
        }
    }
    println!("{REPLICAS} replicas at one instant, {ROUNDS} times: one migrated, one led, all served");
}
