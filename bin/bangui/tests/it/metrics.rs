//! `/metrics` of a real server over a real fail2ban: what is shown, to whom, and what the book says of it.

mod book;
mod exposition;
mod lint;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use rustix::process::Signal;
use serde_json::json;

use self::exposition::Scrape;
use crate::lab::{attack, ip};
use crate::server::{PATIENCE, Server, Setup, eventually, free_port};

const TOKEN: &str = "a token for Prometheus' scrapes";
/// A name that fail2ban takes, and that has to be escaped.
const ODD: &str = r#"odd "jail" \n"#;

/// Status and body, asked as Prometheus does.
fn ask(address: SocketAddr, token: Option<&str>) -> (u16, String) {
    let config =
        ureq::config::Config::builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
    let mut request = ureq::Agent::new_with_config(config).get(format!("http://{address}/metrics"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut answer = request.call().expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("a body"))
}

fn scrape(address: SocketAddr) -> Scrape {
    let (status, text) = ask(address, None);
    assert_eq!(status, 200, "{text}");
    Scrape::read(&text)
}

fn jail(name: &str) -> [(&'static str, &str); 1] {
    [("jail", name)]
}

#[test]
fn what_is_served_keeps_to_the_rules_and_to_the_book() {
    let mut fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(600).findtime(300))
        .jail(JailSpec::new("nginx", Filter::Nginx).maxretry(2).bantime(-1))
        .jail(JailSpec::new(ODD, Filter::Sshd).log_path("/dev/null"))
        .start()
        .expect("fail2ban starts");
    let metrics = free_port();
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings.push(("BANGUI_METRICS__LISTEN", metrics.to_string()));
    let mut server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    attack(&fail2ban, "sshd", "192.0.2.1");
    attack(&fail2ban, "sshd", "2001:db8::1");
    attack(&fail2ban, "nginx", "192.0.2.2");
    fail2ban.append("sshd", &lines::sshd(ip("192.0.2.3"))).expect("a line");
    let order = json!({"ip": "192.0.2.4", "jail": ODD});
    assert_eq!(server.call("POST", "/api/bans", Some(&order)).0, 201);
    assert_eq!(server.call("DELETE", "/api/bans/192.0.2.4", None).0, 200);

    let mut book = book::tables();
    assert!(book.remove("bangui_problem").is_some(), "absent where nothing is wrong");
    let shown = eventually("everything to be shown", || {
        let shown = scrape(metrics);
        let counted = shown.value("f2b_jail_failed_total", &jail("sshd")) >= Some(5.0)
            && shown.value("bangui_events_total", &[("jail", "nginx"), ("kind", "ban")]) == Some(1.0)
            && shown.value("bangui_events_total", &[("jail", ODD), ("kind", "unban")]) == Some(1.0)
            && shown.value("f2b_jail_banned_total", &jail(ODD)) == Some(1.0)
            && shown.value("f2b_jail_banned_current", &jail(ODD)) == Some(0.0);
        (counted && book.keys().all(|name| shown.0.contains_key(name))).then_some(shown)
    });
    assert_eq!(lint::problems(&shown), Vec::<String>::new());
    let found: BTreeMap<_, _> = shown
        .0
        .iter()
        .map(|(name, family)| {
            let labels = family.samples.iter().flat_map(|sample| &sample.labels);
            let labels = labels.map(|(label, _)| label.clone()).filter(|label| label != "le");
            (name.clone(), (family.kind.clone(), labels.collect::<BTreeSet<_>>()))
        })
        .collect();
    assert_eq!(found, book);
    for (what, names) in [("the dashboard", book::dashboard()), ("the alert rules", book::alerts())] {
        let unknown: Vec<_> = names.iter().filter(|name| !book.contains_key(*name)).collect();
        assert!(unknown.is_empty() && names.len() > 10, "{what} asks for {unknown:?}");
    }

    for (name, labels, value) in [
        ("f2b_up", [].as_slice(), 1.0),
        ("f2b_jail_count", &[], 3.0),
        ("f2b_jail_banned_current", &jail("sshd"), 2.0),
        ("f2b_jail_banned_total", &jail("sshd"), 2.0),
        ("f2b_jail_banned_current", &jail("nginx"), 1.0),
        ("f2b_jail_banned_total", &jail(ODD), 1.0),
        ("f2b_jail_banned_current", &jail(ODD), 0.0),
        ("f2b_config_jail_ban_time", &jail("nginx"), -1.0),
        ("f2b_config_jail_ban_time", &jail(ODD), 600.0),
        ("f2b_config_jail_find_time", &jail("sshd"), 300.0),
        ("f2b_config_jail_max_retries", &jail("sshd"), 2.0),
        ("f2b_errors", &[("type", "socket_conn")], 0.0),
        ("bangui_active_bans", &[], 3.0),
        ("bangui_events_total", &[("jail", "sshd"), ("kind", "ban")], 2.0),
        ("bangui_events_total", &[("jail", ODD), ("kind", "unban")], 1.0),
        ("bangui_scheduler_role", &[("role", "leader")], 1.0),
        ("bangui_http_requests_total", &[("method", "POST"), ("route", "/api/bans"), ("status", "201")], 1.0),
        ("bangui_metrics_dropped_series", &[], 0.0),
    ] {
        assert_eq!(shown.value(name, labels), Some(value), "{name} {labels:?}");
    }
    assert!(shown.value("process_resident_memory_bytes", &[]) > Some(1e6));

    let jails = |shown: &Scrape| shown.samples("f2b_jail_banned_current").count();
    fail2ban.stop().expect("a stop");
    let away = eventually("the outage to be told", || {
        Some(scrape(metrics)).filter(|shown| {
            shown.value("f2b_up", &[]) == Some(0.0)
                && shown.value("f2b_errors", &[("type", "socket_conn")]) > Some(0.0)
        })
    });
    assert_eq!((jails(&away), away.samples("f2b_version").count()), (0, 0));
    let errors = |shown: &Scrape| shown.value("f2b_errors_total", &[("type", "socket_conn")]);
    assert_eq!(errors(&away), away.value("f2b_errors", &[("type", "socket_conn")]));
    fail2ban.start_again().expect("a start");
    eventually("the return to be told", || {
        let back = scrape(metrics);
        (back.value("f2b_up", &[]) == Some(1.0) && jails(&back) == 3).then_some(())
    });

    assert_eq!(server.call("GET", "/metrics", None).1["code"], "metrics_off");
    server.signal(Signal::TERM);
    assert_eq!(server.wait(), 0);
    TcpListener::bind(metrics).expect("the listener for metrics has ended with the others");
}

#[test]
fn scrapes_by_token_send_nothing_to_fail2ban() {
    let fail2ban = crate::lab::fail2ban();
    let mut setup = Setup::with_socket(&fail2ban.socket());
    let file = fail2ban.dir().join("token");
    let token = TOKEN.replace(' ', "-");
    std::fs::write(&file, format!("{token}\n")).expect("a file");
    setup.settings.push(("BANGUI_METRICS__TOKEN_FILE", file.display().to_string()));
    setup.settings.push(("BANGUI_FAIL2BAN__POLL_INTERVAL_MS", "60000".to_owned()));
    let server = Server::start(&setup);
    server.wait_for_health(200);
    for wrong in [None, Some("x"), Some(TOKEN)] {
        let (status, text) = ask(server.address, wrong);
        assert!(status == 401 && text.contains("metrics_token_required"), "{status} {text}");
    }
    let commands = || {
        let (status, text) = ask(server.address, Some(&token));
        assert_eq!(status, 200, "{text}");
        let shown = Scrape::read(&text);
        assert_eq!(shown.value("f2b_up", &[]), Some(1.0));
        let counts = shown.samples("bangui_f2b_command_duration_seconds_count");
        counts.map(|sample| sample.value).sum::<f64>()
    };
    eventually("twenty scrapes between which no job asks fail2ban", || {
        let before = commands();
        let unchanged = (0..20).filter(|_| commands() <= before).count();
        (before > 0.0 && unchanged == 20).then_some(())
    });
    assert!(!server.log().contains(&token), "the token is in the log");
}

#[test]
fn replicas_tell_the_same_of_fail2ban_and_each_its_own_role() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = crate::lab::fail2ban();
    let start = |socket: &Path| {
        let mut setup = Setup::with_socket(socket);
        setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
        setup.settings.push(("BANGUI_WORKERS", "2".to_owned()));
        setup.settings.push(("BANGUI_METRICS__TOKEN", TOKEN.replace(' ', "-")));
        Server::start(&setup)
    };
    let leader = start(&fail2ban.socket());
    leader.wait_for_health(200);
    // What this one tells of jails it can know from the leader alone.
    let standby = start("/nowhere/fail2ban.sock".as_ref());
    attack(&fail2ban, "sshd", "192.0.2.1");
    let of_fail2ban = |shown: &Scrape| -> Vec<String> {
        let all = ["f2b_up", "f2b_version", "f2b_jail", "f2b_config", "bangui_active_bans", "bangui_events"];
        let families = shown.0.iter().filter(|(name, _)| all.iter().any(|start| name.starts_with(start)));
        families.flat_map(|(_, family)| &family.samples).map(|sample| format!("{sample:?}")).collect()
    };
    let ask = |server: &Server| Scrape::read(&ask(server.address, Some(&TOKEN.replace(' ', "-"))).1);
    eventually("both to tell of the ban", || {
        let (ours, theirs) = (ask(&leader), ask(&standby));
        let told = [("bangui_events_total", [("jail", "sshd"), ("kind", "ban")].as_slice()), ("f2b_up", &[])]
            .iter()
            .all(|(name, labels)| ours.value(name, labels) == Some(1.0));
        let rules = ours.value("f2b_config_jail_max_retries", &jail("sshd")) == Some(2.0);
        (told && rules && of_fail2ban(&ours) == of_fail2ban(&theirs)).then_some(())
    });
    for (server, role) in [(&leader, "leader"), (&standby, "standby")] {
        let shown = ask(server);
        let roles = shown.samples("bangui_scheduler_role").filter(|sample| sample.value > 0.0);
        assert_eq!(roles.map(|sample| sample.label("role")).collect::<Vec<_>>(), [Some(role)]);
    }
    let jobs = |server: &Server| -> f64 {
        ask(server).samples("bangui_job_runs_total").map(|sample| sample.value).sum()
    };
    assert!(jobs(&leader) > 0.0 && jobs(&standby) < 1.0, "jobs count where they run");
}

#[test]
fn an_address_that_is_taken_ends_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let mut setup = Setup::with_socket("/nowhere/fail2ban.sock".as_ref());
    setup.settings.push(("BANGUI_METRICS__LISTEN", address.to_string()));
    let mut server = Server::spawn(&setup);
    assert_eq!(server.wait(), 74);
    assert!(server.log().contains("BANGUI_METRICS__LISTEN"), "{}", server.log());
    assert!(!server.dir.path().join("bangui.db").exists(), "nothing was changed");
}
