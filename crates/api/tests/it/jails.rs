//! Jails, and the process as a whole.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::world::World;

#[actix_web::test]
async fn jails_come_as_last_counted_even_while_fail2ban_is_away() {
    let mut world = World::empty().await;
    world.log_in().await;
    world.get("/api/jails").await.problem(503, "fail2ban_starting");
    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    world.get("/api/jails").await.problem(503, "fail2ban_offline");

    world.fail2ban.edit().offline = false;
    world.look().await;
    let calls = world.fail2ban.edit().calls;
    let list = world.get("/api/jails").await.ok(200);
    assert_json_snapshot!(list, @r#"
    {
      "items": [
        {
          "currently_banned": 0,
          "currently_failed": 1,
          "log": "watching",
          "name": "nginx",
          "problem": null,
          "total_banned": 0,
          "total_failed": 7,
          "watches": {
            "files": [],
            "journal": [
              "_COMM=nginx"
            ]
          }
        },
        {
          "currently_banned": 0,
          "currently_failed": 1,
          "log": "watching",
          "name": "sshd",
          "problem": null,
          "total_banned": 0,
          "total_failed": 7,
          "watches": {
            "files": [
              {
                "path": "/var/log/auth.log",
                "state": "present"
              }
            ],
            "journal": []
          }
        }
      ],
      "next": null,
      "observed_at": "2026-11-23T12:00:00.000Z",
      "online": true
    }
    "#);
    assert_eq!(world.fail2ban.edit().calls, calls, "no request reaches fail2ban");

    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    let stale = world.get("/api/jails").await.ok(200);
    assert_eq!(stale["online"], false);
    let count = |list: &Value| {
        list["items"].as_array().unwrap().iter().map(|jail| jail["total_failed"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(count(&stale), count(&list));
    assert_eq!(count(&stale), [7, 7]);
}

#[actix_web::test]
async fn a_jail_is_told_with_all_of_its_settings() {
    let world = World::ready().await;
    assert_json_snapshot!(world.get("/api/jails/sshd").await.ok(200));
    let problem = world.get("/api/jails/nowhere").await.problem(404, "jail_not_found");
    assert_eq!(problem["detail"], "fail2ban has no jail nowhere");
    world.get("/api/jails/a%2Fb%20c").await.problem(404, "jail_not_found");
    world.get("/api/jails/--x").await.bad_field("jail");
    world.get(&format!("/api/jails/{}", "x".repeat(201))).await.bad_field("jail");
    world.fail2ban.edit().offline = true;
    world.get("/api/jails/sshd").await.problem(503, "fail2ban_offline");
}

/// What is told of the jail sshd in the list of jails, and of it alone: the word and the whole.
async fn watched(world: &World) -> [(Value, Value); 2] {
    let told = |jail: &Value| (jail["log"].clone(), jail["watches"].clone());
    let list = world.get("/api/jails").await.ok(200);
    assert_eq!(list["items"][1]["name"], "sshd");
    [told(&list["items"][1]), told(&world.get("/api/jails/sshd").await.ok(200))]
}

#[actix_web::test]
async fn what_a_jail_watches_is_told_and_whether_it_is_there() {
    use bangui_domain::model::LogFileState::{Missing, Present, Unknown};
    let world = World::ready().await;
    let file = |path: &str, state: &str| json!({"path": path, "state": state});
    for (files, journal, log) in [
        (vec![("/var/log/auth.log", Present)], vec![], "watching"),
        (vec![("/var/log/auth.log", Present), ("/var/log/\u{fffd}.log", Missing)], vec![], "missing"),
        (vec![("/var/log/auth.log", Unknown)], vec![], "unknown"),
        (vec![], vec!["_COMM=sshd".to_owned()], "watching"),
        (vec![], vec![String::new()], "watching"),
        (vec![], vec![], "nothing"),
    ] {
        let shown: Vec<Value> = files.iter().map(|(path, state)| file(path, state.as_str())).collect();
        let watches = json!({"files": shown, "journal": journal});
        {
            let mut state = world.fail2ban.edit();
            let sshd = state.jails.get_mut("sshd").unwrap();
            (sshd.files, sshd.journal) = (files, journal);
        }
        world.prober.probe().await.unwrap();
        let wanted = (json!(log), watches);
        assert_eq!(watched(&world).await, [wanted.clone(), wanted]);
    }

    // A file that the jail reads since the last probe was not looked at yet.
    world.fail2ban.edit().jails.get_mut("sshd").unwrap().files = vec![("/new.log", Missing)];
    let [(listed, _), (now, watches)] = watched(&world).await;
    assert_eq!((listed, now), (json!("nothing"), json!("unknown")));
    assert_eq!(watches["files"], json!([file("/new.log", "unknown")]));

    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    let away = world.get("/api/jails").await.ok(200);
    assert_eq!(away["items"][1]["log"], "unknown");
    assert_eq!(away["items"][1]["watches"], json!({"files": [], "journal": []}));
}

#[actix_web::test]
async fn the_system_page_has_process_fail2ban_and_scheduler() {
    let world = World::ready().await;
    let online = world.get("/api/system").await.ok(200);
    assert_json_snapshot!(online, @r#"
    {
      "database": "sqlite",
      "fail2ban": {
        "catch_up": null,
        "checked_at": "2026-11-23T12:00:00.000Z",
        "jails": 2,
        "latency_ms": 1.25,
        "problem": null,
        "problems": [],
        "since": "2026-11-23T12:00:00.000Z",
        "state": "online",
        "version": "1.0.2"
      },
      "scheduler": {
        "holder": {
          "host": "guard",
          "pid": 4711,
          "version": "0.1.0"
        },
        "role": "leader",
        "since": "2026-11-23T12:00:00.000Z",
        "token": 3
      },
      "started_at": "2026-11-23T12:00:00.000Z",
      "version": "0.1.0",
      "workers": 2
    }
    "#);
    world.fail2ban.edit().offline = true;
    world.fail2ban.pass(61);
    world.prober.probe().await.unwrap();
    let offline = world.get("/api/system").await.ok(200);
    assert_eq!(offline["fail2ban"]["version"], Value::Null);
    assert_json_snapshot!(offline["fail2ban"], @r#"
    {
      "catch_up": null,
      "checked_at": "2026-11-23T12:01:01.000Z",
      "jails": null,
      "latency_ms": null,
      "problem": {
        "code": "socket_missing",
        "detail": "there is no socket /run/fail2ban/fail2ban.sock",
        "hint": "Check that fail2ban runs (systemctl status fail2ban) and that fail2ban.socket names its socket. In a container, mount the socket's directory, not the file."
      },
      "problems": [],
      "since": "2026-11-23T12:01:01.000Z",
      "state": "offline",
      "version": null
    }
    "#);
}

/// One jail whose list fail2ban refuses to tell.
#[actix_web::test]
async fn a_jail_that_cannot_be_read_is_a_named_problem_and_no_outage() {
    const SAID: &str = "ValueError: year 4461763 is out of range";
    let world = World::ready().await;
    world.fail2ban.detects("sshd", "192.0.2.1", 600);
    world.fail2ban.detects("nginx", "192.0.2.2", 600);
    world.fail2ban.edit().jails.get_mut("sshd").unwrap().refuses = Some(SAID);
    world.look().await;
    assert_eq!(
        world.get("/api/bans").await.ok(200)["items"].as_array().unwrap().len(),
        1,
        "the other jail's"
    );
    assert_eq!(world.get("/api/health").await.ok(200)["status"], "ok", "one odd jail is no outage");

    let system = world.get("/api/system").await.ok(200);
    let [problem] = system["fail2ban"]["problems"].as_array().unwrap().as_slice() else { panic!("{system}") };
    assert_eq!((&problem["code"], &problem["jail"]), (&json!("jail_unreadable"), &json!("sshd")));
    assert!(problem["detail"].as_str().unwrap().contains(SAID), "{problem}");
    assert!(!problem["hint"].as_str().unwrap().is_empty());
    assert_eq!(problem["since"], "2026-11-23T12:00:00.000Z");
    let list = world.get("/api/jails").await.ok(200);
    assert_eq!((&list["items"][0]["problem"], &list["items"][1]["problem"]), (&Value::Null, problem));

    // What fail2ban does not tell of the jail itself is not an error of the server either.
    let detail = world.get("/api/jails/sshd").await.ok(200);
    assert_eq!(detail["problem"], *problem);
    assert!(detail["unreadable"][0].as_str().unwrap().contains(SAID), "{detail}");
    assert_eq!((&detail["currently_banned"], &detail["log"]), (&json!(1), &json!("watching")));

    world.fail2ban.edit().jails.get_mut("sshd").unwrap().refuses = None;
    world.fail2ban.pass(31);
    world.look().await;
    assert_eq!(world.get("/api/system").await.ok(200)["fail2ban"]["problems"], json!([]));
    assert_eq!(world.get("/api/bans").await.ok(200)["items"].as_array().unwrap().len(), 2);
}
