//! What has to hold when it is over, whatever has happened: every ban once, nothing stuck, a whole database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use serde_json::Value;

use crate::server::{PATIENCE, Server, Setup, eventually};

/// A server on the database of `place`, for the fail2ban at `socket`.
pub(crate) fn on(place: &Place, socket: &std::path::Path) -> Setup {
    let mut setup = Setup::with_socket(socket);
    setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
    if place.url().starts_with("postgres") {
        setup.settings.push(("BANGUI_WORKERS", "4".to_owned()));
    }
    setup
}

/// What the server is to the scheduler lock; nothing while it does not answer.
pub(crate) fn role(server: &Server) -> Option<String> {
    let (_, body) = server.try_get("/api/health/ready")?;
    body["scheduler"].as_str().map(str::to_owned)
}

/// The token of the scheduler lock.
pub(crate) fn token(place: &Place) -> i64 {
    place.count("SELECT token AS count FROM scheduler_lock WHERE name = 'scheduler'").expect("a lock")
}

/// Every event there is, page by page.
fn history(server: &Server) -> Vec<Value> {
    let mut events = Vec::new();
    let mut path = "/api/events?limit=500".to_owned();
    loop {
        let (status, body) = server.get(&path);
        assert_eq!(status, 200, "{body}");
        events.extend(body["items"].as_array().expect("a page").iter().cloned());
        match body["next"].as_str() {
            Some(next) => path = format!("/api/events?limit=500&cursor={next}"),
            None => return events,
        }
    }
}

/// Each of `addresses` has been banned once by the history, and nothing else has happened.
pub(crate) fn each_banned_once(server: &Server, addresses: &[String]) {
    let started = Instant::now();
    let missing = |found: &BTreeMap<String, u32>| {
        addresses.iter().filter(|address| !found.contains_key(*address)).count()
    };
    let found = loop {
        let mut found: BTreeMap<String, u32> = BTreeMap::new();
        for event in history(server) {
            assert_eq!(event["kind"], "ban", "no ban has ended: {event}");
            *found.entry(event["ip"].as_str().expect("an address").to_owned()).or_default() += 1;
        }
        if missing(&found) == 0 {
            break found;
        }
        assert!(started.elapsed() < PATIENCE, "{} of {} bans are lost", missing(&found), addresses.len());
        std::thread::sleep(std::time::Duration::from_millis(200));
    };
    let wanted: BTreeSet<&String> = addresses.iter().collect();
    for (address, times) in found {
        assert!(wanted.contains(&address), "{address} was never attacked");
        assert_eq!(times, 1, "{address} is in the history {times} times");
    }
}

/// No job is stuck, and no tick has two runs.
pub(crate) fn jobs_in_order(server: &Server) -> usize {
    let jobs = eventually("every queued run to end", || {
        let jobs = server.items("/api/jobs");
        jobs.iter().all(|job| job["pending"] == 0).then_some(jobs)
    });
    let mut runs = 0;
    for job in jobs {
        let mut due = BTreeSet::new();
        for run in job["runs"].as_array().expect("runs") {
            let key = (run["due_at"].to_string(), run["trigger"].to_string(), run["by"].to_string());
            assert!(due.insert(key), "two runs of one tick: {job}");
            runs += 1;
        }
    }
    runs
}

/// The database is whole: every ban is there once, and SQLite finds no damage.
pub(crate) fn whole(place: &Place, kind: DbKind) {
    let doubled = "SELECT count(*) AS count FROM (SELECT 1 FROM bans \
                   GROUP BY address_id, jail_id, banned_at HAVING count(*) > 1) AS doubled";
    assert_eq!(place.count(doubled).expect("a count"), 0);
    let without = "SELECT count(*) AS count FROM active_bans WHERE NOT EXISTS (SELECT 1 FROM bans AS b \
                   JOIN addresses AS a ON a.id = b.address_id JOIN jails AS j ON j.id = b.jail_id \
                   WHERE a.ip = active_bans.ip AND j.name = active_bans.jail AND b.end_id IS NULL)";
    assert_eq!(place.count(without).expect("a count"), 0, "a ban that is active and has no event");
    if kind == DbKind::Sqlite {
        let damage = "SELECT count(*) AS count FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        assert_eq!(place.count(damage).expect("a check"), 0);
    }
}

/// While the database takes nothing: readable, honest about it, and not a crash.
pub(crate) fn takes_nothing(server: &Server) {
    eventually("the server to stop scheduling", || (role(server).as_deref() == Some("lost")).then_some(()));
    assert_eq!(server.get("/api/health/live").0, 200);
    assert_eq!(server.wait_for_health(503)["reason"], "unpolled", "nothing is recorded");
    assert_eq!(server.get("/api/system").1["fail2ban"]["state"], "online", "fail2ban is seen all the same");
    assert_eq!(server.get("/api/events").0, 200, "what is there can be read");
    let (status, body) = server.call("DELETE", "/api/sessions", None);
    assert_eq!((status, &body["code"]), (503, &"database_unavailable".into()), "{body}");
}

/// Ends what loops until the flag is set, also when the test fails before it says so.
pub(crate) struct Over<'a>(pub(crate) &'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
