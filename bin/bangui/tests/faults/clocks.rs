//! Clocks that are set, forward and back: the machine's, the database server's, and two that differ.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use bangui_test_support::postgres::Cluster;
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::checks::{each_banned_once, jobs_in_order, on, role, token, whole};
use crate::server::{Server, Setup, eventually};
use crate::storm::{Storm, patient};

const HOUR: i64 = 3_600;

/// The machine's own clock, in seconds since the epoch.
#[expect(clippy::disallowed_methods, reason = "a test of clocks has to know the real one")]
fn machine_secs() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("a time")
}

/// A clock that a test sets while programs run by it.
struct Clock {
    dir: TempDir,
    library: PathBuf,
}

impl Clock {
    /// One that is right.
    fn new() -> Self {
        let mut folders = Path::new("/usr/lib").read_dir().expect("/usr/lib");
        let library = folders
            .find_map(|folder| {
                let path = folder.ok()?.path().join("faketime/libfaketime.so.1");
                path.is_file().then_some(path)
            })
            .expect("libfaketime, which `cargo xtask test faults` installs");
        let clock = Self { dir: TempDir::new().expect("a directory"), library };
        // PostgreSQL runs as another user.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(clock.dir.path(), open).expect("a directory that others may read");
        clock.set(0);
        clock
    }

    /// Sets it `seconds` ahead of the machine's, or behind.
    fn set(&self, seconds: i64) {
        // In one step: whoever reads it meanwhile must not find half a number.
        let next = self.dir.path().join("next");
        std::fs::write(&next, format!("{seconds:+}")).expect("written");
        std::fs::rename(next, self.file()).expect("put in place");
    }

    /// Sets it to a minute and second of the next hour.
    fn set_to(&self, minute: i64, second: i64) -> i64 {
        let now = machine_secs();
        let ahead = (now / HOUR + 1) * HOUR + minute * 60 + second - now;
        self.set(ahead);
        ahead
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("offset")
    }

    /// What a program needs in its environment to run by it.
    fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }

    fn run_by_it(&self, setup: &mut Setup) {
        setup.settings.extend(self.env());
    }
}

/// The runs of `job` that were due.
fn ticks(server: &Server, job: &str) -> Vec<Value> {
    let jobs = server.items("/api/jobs");
    let job = jobs.iter().find(|found| found["name"] == job).expect("the job");
    let runs = job["runs"].as_array().expect("runs").iter();
    runs.filter(|run| run["trigger"] == "schedule").cloned().collect()
}

/// Looks at all `servers` for some seconds: never are two of them leaders. Answers how often it looked.
fn never_two_leaders(servers: &[&Server], seconds: u64) -> u32 {
    let (mut asked, begun) = (0, Instant::now());
    while begun.elapsed() < Duration::from_secs(seconds) {
        let leaders = servers.iter().filter(|server| role(server).as_deref() == Some("leader")).count();
        assert!(leaders < 2, "two processes schedule");
        asked += 1;
    }
    asked
}

#[test]
fn the_machines_clock_on_sqlite() {
    let place = Place::new(DbKind::Sqlite);
    let fail2ban = Arc::new(patient());
    let clock = Clock::new();
    let mut setup = on(&place, &fail2ban.socket());
    clock.run_by_it(&mut setup);
    let mut server = Server::start_and_login(&setup);
    let before = token(&place);
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    // More than two renewals at each. By less than a ban lasts: fail2ban goes by the machine's own clock all the while.
    for ahead in [HOUR, -HOUR, 20 * HOUR, 0] {
        clock.set(ahead);
        never_two_leaders(&[&server], 11);
        assert_eq!((role(&server).as_deref(), token(&place)), (Some("leader"), before), "{ahead} s ahead");
    }
    let addresses = storm.end();
    each_banned_once(&server, &addresses);

    // A tick, and once more the same one.
    let ahead = clock.set_to(6, 57);
    let run = eventually("the hourly run", || {
        let runs = ticks(&server, "prune_sessions");
        runs.into_iter().find(|run| run["state"] == "done")
    });
    clock.set(ahead - 20);
    std::thread::sleep(Duration::from_secs(26));
    let again = ticks(&server, "prune_sessions");
    let same = again.iter().filter(|other| other["due_at"] == run["due_at"]).count();
    assert_eq!(same, 1, "{again:?}");
    jobs_in_order(&server);

    // What a dead process left is waited for by no clock that can be set.
    server.signal(Signal::KILL);
    server.wait();
    clock.set(-HOUR);
    let server = Server::start(&setup);
    assert_eq!((role(&server).as_deref(), token(&place)), (Some("leader"), before + 1));
    whole(&place, DbKind::Sqlite);
    println!(
        "clock on SQLite: set 8 times, one holder all along, {} bans, each once; one run of a tick that came twice",
        addresses.len()
    );
}

#[test]
fn the_servers_clock_on_postgresql() {
    let clock = Clock::new();
    let env = clock.env();
    let env: Vec<(&str, &str)> = env.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let cluster = Cluster::start(&env).expect("PostgreSQL by that clock");
    let place = Place::on(cluster.url());
    let fail2ban = Arc::new(patient());
    let setup = on(&place, &fail2ban.socket());
    let first = Server::start_and_login(&setup);
    let second = Server::start_and_login(&setup);
    let before = token(&place);
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    let mut asked = 0;
    for ahead in [HOUR, -HOUR, 48 * HOUR, 0] {
        clock.set(ahead);
        let now = "SELECT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT) AS count";
        let theirs = place.count(now).expect("a time");
        assert!((theirs - machine_secs() - ahead).abs() < 60, "the server runs by the clock");
        asked += never_two_leaders(&[&first, &second], 11);
        assert_eq!((role(&first).as_deref(), role(&second).as_deref()), (Some("leader"), Some("standby")));
        assert_eq!(token(&place), before);
        for server in [&first, &second] {
            assert_eq!(server.get("/api/health").0, 200, "{ahead} s ahead");
        }
    }
    let addresses = storm.end();
    for server in [&first, &second] {
        each_banned_once(server, &addresses);
    }
    println!(
        "clock of PostgreSQL: set 4 times, asked {asked} times, never two leaders; {} bans, each once",
        addresses.len()
    );
}

#[test]
fn two_machines_whose_clocks_differ_run_a_tick_once_also_when_the_leader_dies_at_it() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let (ahead, behind) = (Clock::new(), Clock::new());
    let offset = ahead.set_to(6, 50);
    behind.set(offset - 3);
    let mut setups = Vec::new();
    for clock in [&ahead, &behind] {
        let mut setup = on(&place, &fail2ban.socket());
        clock.run_by_it(&mut setup);
        setups.push(setup);
    }
    let mut leader = Server::start_and_login(&setups[0]);
    let standby = Server::start_and_login(&setups[1]);
    assert_eq!((role(&leader).as_deref(), role(&standby).as_deref()), (Some("leader"), Some("standby")));
    eventually("the leader's tick", || (!ticks(&leader, "prune_sessions").is_empty()).then_some(()));
    leader.signal(Signal::KILL);
    leader.wait();
    never_two_leaders(&[&standby], 1);
    eventually("the successor", || (role(&standby).as_deref() == Some("leader")).then_some(()));
    let runs = eventually("the tick's one run", || {
        let runs = ticks(&standby, "prune_sessions");
        (runs.len() == 1 && runs[0]["state"] == "done").then_some(runs)
    });
    // By the successor's clock the tick came later, and is made good within minutes: it is the same one.
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(ticks(&standby, "prune_sessions"), runs);
    jobs_in_order(&standby);
    println!(
        "two clocks that differ: the leader died at a tick; one run, after {} tries",
        runs[0]["attempts"]
    );
}
