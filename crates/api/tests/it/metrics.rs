//! `/metrics` over a scripted fail2ban: who may ask, what is there when, how much of it, and that nothing is asked for it.

use std::sync::atomic::Ordering;

use actix_web::test::{self, TestRequest};
use actix_web::{App, http::StatusCode};
use bangui_api::{ApiSettings, MetricsToken};
use bangui_domain::model::{LogFileState, ProblemCode};

use crate::fail2ban::Jail;
use crate::world::World;

const TOKEN: &str = "0123456789abcdef";

async fn world() -> World {
    let metrics_token = Some(MetricsToken::new(TOKEN));
    World::with(ApiSettings { metrics_token, ..ApiSettings::default() }).await
}

fn asking(world: &World, authorization: &str) -> TestRequest {
    world.request("GET", "/metrics").insert_header(("authorization", authorization))
}

/// The lines of a scrape but for the comments.
async fn scrape(world: &World) -> Vec<String> {
    let answer = world.open(asking(world, &format!("Bearer {TOKEN}"))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let format = answer.headers().get("content-type").unwrap();
    assert_eq!(format, "text/plain; version=0.0.4; charset=utf-8");
    let text = String::from_utf8(test::read_body(answer).await.to_vec()).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn value<'a>(lines: &'a [String], series: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

fn count(lines: &[String], family: &str) -> usize {
    let labelled = format!("{family}{{");
    lines.iter().filter(|line| line.starts_with(&labelled)).count()
}

#[actix_web::test]
async fn the_token_opens_it_and_nothing_else() {
    let closed = World::ready().await;
    let detail = closed.get("/metrics").await.problem(404, "metrics_off")["detail"].to_string();
    assert!(detail.contains("metrics.token") && detail.contains("metrics.listen"), "{detail}");

    let mut world = world().await;
    for authorization in [
        format!("Bearer {TOKEN}x"),
        format!("Bearer x{TOKEN}"),
        "Bearer 0123456789abcdeF".to_owned(),
        "Bearer ".to_owned(),
        "Bearer".to_owned(),
        format!("Basic {TOKEN}"),
        TOKEN.to_owned(),
        "é".to_owned(),
    ] {
        let answer = world.send(asking(&world, &authorization)).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"metrics\"");
        answer.problem(401, "metrics_token_required");
    }
    world.log_in().await;
    world.get("/metrics").await.problem(401, "metrics_token_required");
    let bearer = format!("bearer {TOKEN}");
    assert_eq!(world.open(asking(&world, &bearer)).await.status(), StatusCode::OK);
    let packed = world.open(asking(&world, &bearer).insert_header(("accept-encoding", "gzip"))).await;
    assert_eq!(packed.headers().get("content-encoding").unwrap(), "gzip");
    let head = world.request("HEAD", "/metrics").insert_header(("authorization", bearer));
    assert_eq!(world.open(head).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn a_listener_of_its_own_needs_no_token_and_serves_nothing_else() {
    let world = World::empty().await;
    let state = world.state.clone();
    let app = App::new().configure(|config| bangui_api::configure_metrics(config, state));
    let app = test::init_service(app).await;
    for (path, status) in [("/metrics", 200), ("/", 404), ("/api/health", 404), ("/metrics/x", 404)] {
        let answer = test::call_service(&app, TestRequest::with_uri(path).to_request()).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}

#[actix_web::test]
async fn scrapes_ask_fail2ban_nothing_and_leave_out_jails_while_it_is_offline() {
    let world = world().await;
    let starting = scrape(&world).await;
    assert_eq!(value(&starting, "f2b_up"), Some("0"));
    assert_eq!(value(&starting, "bangui_f2b_state_age_seconds"), None);
    assert_eq!(count(&starting, "f2b_version"), 0);

    world.fail2ban.detects("sshd", "192.0.2.1", 600);
    world.look().await;
    world.fail2ban.pass(7);
    let calls = world.fail2ban.edit().calls;
    for _ in 0..20 {
        let online = scrape(&world).await;
        for (series, expected) in [
            ("f2b_up", "1"),
            ("f2b_jail_count", "2"),
            ("f2b_version{exporter=\"bangui 0.1.0\",fail2ban=\"1.0.2\"}", "1"),
            ("f2b_jail_banned_current{jail=\"sshd\"}", "1"),
            ("f2b_jail_banned_total{jail=\"sshd\"}", "1"),
            ("f2b_jail_failed_current{jail=\"nginx\"}", "1"),
            ("f2b_jail_failed_total{jail=\"nginx\"}", "7"),
            ("f2b_config_jail_ban_time{jail=\"sshd\"}", "-1"),
            ("f2b_config_jail_find_time{jail=\"sshd\"}", "600"),
            ("f2b_config_jail_max_retries{jail=\"sshd\"}", "5"),
            ("bangui_jail_watching{jail=\"sshd\"}", "1"),
            ("bangui_active_bans", "1"),
            ("bangui_f2b_state_age_seconds", "7"),
            ("bangui_events_total{jail=\"sshd\",kind=\"ban\"}", "1"),
            ("bangui_events_total{jail=\"nginx\",kind=\"unban\"}", "0"),
            ("bangui_database_up", "1"),
            ("bangui_scheduler_role{role=\"leader\"}", "1"),
            ("bangui_scheduler_role{role=\"lost\"}", "0"),
            ("bangui_scheduler_fencing_token", "3"),
            ("bangui_live_streams", "0"),
            ("bangui_live_streams_limit", "256"),
            ("bangui_metrics_dropped_series", "0"),
        ] {
            assert_eq!(value(&online, series), Some(expected), "{series}");
        }
    }
    assert_eq!(world.fail2ban.edit().calls, calls, "no scrape reaches fail2ban");

    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    world.system.database_down.store(true, Ordering::SeqCst);
    world.system.lock_lost.store(true, Ordering::SeqCst);
    let offline = scrape(&world).await;
    assert_eq!(value(&offline, "f2b_up"), Some("0"));
    let left =
        offline.iter().filter(|line| line.starts_with("f2b_") || line.starts_with("bangui_active")).count();
    assert_eq!(left, 1, "{offline:?}");
    assert_eq!(value(&offline, "bangui_events_total{jail=\"sshd\",kind=\"ban\"}"), Some("1"));
    assert_eq!(value(&offline, "bangui_database_up"), Some("0"));
    assert_eq!(value(&offline, "bangui_scheduler_role{role=\"lost\"}"), Some("1"));
}

#[actix_web::test]
async fn labels_are_escaped_and_five_hundred_jails_have_series() {
    let world = world().await;
    let odd = "a \"b\" \\n {c=\"d\"} \\";
    world.fail2ban.edit().jails.insert(odd.to_owned(), Jail { total: 9, ..Jail::default() });
    world.look().await;
    let lines = scrape(&world).await;
    let escaped = r#"f2b_jail_banned_total{jail="a \"b\" \\n {c=\"d\"} \\"}"#;
    assert_eq!(value(&lines, escaped), Some("9"), "{lines:?}");
    let reads_nothing = escaped.replace("f2b_jail_banned_total", "bangui_jail_watching");
    assert_eq!(value(&lines, &reads_nothing), Some("0"));
    let unseen = vec![("/var/log/auth.log", LogFileState::Unknown)];
    world.fail2ban.edit().jails.get_mut("sshd").unwrap().files = unseen;
    world.look().await;
    assert_eq!(value(&scrape(&world).await, "bangui_jail_watching{jail=\"sshd\"}"), None);
    let there = vec![("/var/log/auth.log", LogFileState::Present)];
    world.fail2ban.edit().jails.get_mut("sshd").unwrap().files = there;

    for number in 0..500 {
        let name = format!("jail-{number:03}");
        world.fail2ban.edit().jails.insert(name.clone(), Jail::default());
        world.fail2ban.detects(&name, "192.0.2.9", 600);
    }
    world.look().await;
    let lines = scrape(&world).await;
    for family in ["f2b_jail_banned_current", "f2b_config_jail_ban_time", "bangui_jail_watching"] {
        assert_eq!(count(&lines, family), 500);
    }
    assert_eq!(count(&lines, "bangui_events_total"), 1_000);
    assert_eq!(value(&lines, "f2b_jail_count"), Some("503"));
    assert_eq!(value(&lines, "bangui_active_bans"), Some("500"), "those left out are counted");
    // Three jails with four counters, three settings, one log and two kinds of events.
    assert_eq!(value(&lines, "bangui_metrics_dropped_series"), Some("30"));
}

#[actix_web::test]
async fn what_strangers_ask_for_makes_no_series() {
    let world = world().await;
    for path in ["/api/nonsense/1", "/api/nonsense/2", "/nonsense", "/api/jails/a", "/api/jails/b"] {
        world.open(world.request("GET", path)).await;
    }
    for method in ["BREW", "WHEN"] {
        world.open(world.request(method, "/api/health")).await;
    }
    world.open(world.request("GET", "/api/health/live")).await;
    let lines = scrape(&world).await;
    let requests: Vec<_> =
        lines.iter().filter(|line| line.starts_with("bangui_http_requests_total")).collect();
    let expected = [
        ("GET", "/api/health/live", "200", 1),
        ("GET", "/api/jails/{jail}", "401", 2),
        ("GET", "unmatched", "401", 2),
        ("GET", "unmatched", "404", 1),
        ("other", "/api/health", "405", 2),
    ]
    .map(|(method, route, status, count)| {
        format!(
            "bangui_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
        )
    });
    assert_eq!(requests, expected.iter().collect::<Vec<_>>());
    let measured = "bangui_http_request_duration_seconds_count{method=\"GET\",route=\"/api/jails/{jail}\"}";
    assert_eq!(value(&lines, measured), Some("2"));
}

#[actix_web::test]
async fn what_is_wrong_is_counted_by_code_and_jail() {
    let world = world().await;
    world.look().await;
    assert_eq!(count(&scrape(&world).await, "bangui_problem"), 0);
    let sshd = bangui_domain::model::JailName::parse("sshd").unwrap();
    world.watch.problem(ProblemCode::JailUnreadable, Some(&sshd), "a secret of the server");
    world.watch.problem(ProblemCode::Unpolled, None, "x");
    let lines = scrape(&world).await;
    for series in [
        "bangui_problem{code=\"jail_unreadable\",jail=\"sshd\"}",
        "bangui_problem{code=\"unpolled\",jail=\"\"}",
    ] {
        assert_eq!(value(&lines, series), Some("1"), "{lines:?}");
    }
    assert!(!lines.iter().any(|line| line.contains("secret")));
}
