//! The history through the API.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::world::World;

fn ips(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|event| event["ip"].as_str().unwrap()).collect()
}

/// Three bans, ten seconds apart, then the first one is lifted.
async fn eventful() -> World {
    let world = World::ready().await;
    for (jail, id) in [("sshd", "203.0.113.9"), ("nginx", "9.9.9.9"), ("sshd", "203.0.113.10")] {
        world.fail2ban.pass(10);
        world.fail2ban.detects(jail, id, 600);
        world.look().await;
    }
    world.fail2ban.pass(10);
    world.delete("/api/bans/203.0.113.9").await.ok(200);
    world
}

#[actix_web::test]
async fn the_history_is_newest_first_and_complete() {
    let world = eventful().await;
    let page = world.get("/api/events").await.ok(200);
    assert_eq!(ips(&page), ["203.0.113.9", "203.0.113.10", "9.9.9.9", "203.0.113.9"]);
    assert_json_snapshot!(page["items"][0], @r#"
    {
      "ban": 1,
      "ban_count": null,
      "banned_at": "2026-11-23T12:00:10.000Z",
      "bantime": 600,
      "by": "admin",
      "country": "unknown",
      "expires_at": "2026-11-23T12:10:10.000Z",
      "failures": null,
      "id": 4,
      "ip": "203.0.113.9",
      "jail": "sshd",
      "kind": "unban",
      "network": null,
      "occurred_at": "2026-11-23T12:00:40.000Z",
      "origin": "manual",
      "reason": null,
      "special": "documentation"
    }
    "#);
}

#[actix_web::test]
async fn filters_join_and_pages_follow_each_other() {
    let world = eventful().await;
    let get = async |query: &str| world.get(&format!("/api/events?{query}")).await.ok(200);
    assert_eq!(ips(&get("kind=unban").await), ["203.0.113.9"]);
    assert_eq!(ips(&get("jail=nginx").await), ["9.9.9.9"]);
    assert_eq!(ips(&get("ip=203.0.113.0/24&kind=ban").await), ["203.0.113.10", "203.0.113.9"]);
    assert_eq!(ips(&get("origin=manual").await), ["203.0.113.9"]);
    assert_eq!(ips(&get("q=9.9.9").await), ["9.9.9.9"]);
    let since = "since=2026-11-23T12:00:20Z&until=2026-11-23T13:00:40%2B01:00";
    assert_eq!(ips(&get(since).await), ["203.0.113.10", "9.9.9.9"]);

    let first = get("limit=3").await;
    let next = first["next"].as_str().unwrap();
    let second = get(&format!("limit=3&cursor={next}")).await;
    assert_eq!((ips(&second), &second["next"]), (vec!["203.0.113.9"], &Value::Null));
    world.get(&format!("/api/bans?cursor={next}")).await.problem(400, "cursor_invalid");

    let newer = second["newer"].as_str().unwrap();
    let third = get(&format!("limit=2&newer={newer}")).await;
    assert_eq!(ips(&third), ["203.0.113.10", "9.9.9.9"], "the nearest, newest first");
    let older = third["next"].as_str().unwrap();
    assert_eq!(ips(&get(&format!("limit=2&cursor={older}")).await), ["203.0.113.9"]);
    let newer = third["newer"].as_str().unwrap();
    let newest = get(&format!("limit=2&newer={newer}")).await;
    assert_eq!((ips(&newest), &newest["newer"]), (vec!["203.0.113.9"], &Value::Null));
    let newer = first["newer"].as_str().unwrap();
    let none = get(&format!("newer={newer}")).await;
    assert_eq!(none, json!({"items": [], "next": null, "newer": null}));
    let both = format!("/api/events?newer={newer}&cursor={next}");
    assert!(world.get(&both).await.bad_field("newer").contains("cursor"));
}

#[actix_web::test]
async fn a_question_in_words_is_narrowed_by_the_other_parameters() {
    let world = eventful().await;
    let found = async |query: &str| {
        let page = world.get(&format!("/api/events?{query}")).await.ok(200);
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("q=jail:sshd+kind:ban").await, [3, 1]);
    assert_eq!(found("q=-jail:sshd").await, [2]);
    assert_eq!(found("q=ip:203.0.113.0/24+origin:manual").await, [4]);
    assert_eq!(found("q=since:2026-11-23T12:00+until:2026-11-23T12:00:30").await, [2, 1]);
    assert_eq!(found("q=since:2026-11-23T21:00:30&tz=Asia/Tokyo").await, [4, 3]);
    assert_eq!(found("q=since:1m+until:1d&until=2026-11-23T12:00:20Z").await, [1]);
    assert_eq!(found("q=203.0.113.10+nginx").await, [0_i64; 0]);
    assert_eq!(found("since=all&q=country:unknown+nginx").await, [2]);

    assert_eq!(found("q=jail:sshd,nginx&jail=nginx").await, [2]);
    assert_eq!(found("q=kind:ban&kind=ban&ip=203.0.113.10").await, [3]);
    assert_eq!(found("q=ip:203.0.113.9,9.9.9.9&ip=203.0.113.0/24").await, [4, 1]);
    assert_eq!(found("q=ip:203.0.113.0/24&ip=203.0.113.10").await, [3]);
    for apart in [
        "q=jail:sshd&jail=nginx",
        "q=-jail:nginx&jail=nginx",
        "q=kind:ban&kind=unban",
        "q=ip:203.0.113.0/24&ip=9.9.9.9",
        "q=-ip:203.0.113.0/24&ip=203.0.113.10",
        "q=origin:detected&origin=manual",
    ] {
        assert_eq!(found(apart).await, [0_i64; 0], "{apart}");
    }
}

#[actix_web::test]
async fn bad_filters_are_named_all_at_once() {
    let world = World::ready().await;
    let query = "ip=999.1.1.1&kind=boom&origin=unknown&since=yesterday&until=now&limit=-1&jail=--x";
    let problem = world.get(&format!("/api/events?{query}")).await.problem(400, "invalid");
    let named: Vec<_> = problem["fields"].as_array().unwrap().iter().map(|field| &field["field"]).collect();
    assert_eq!(named, ["since", "until", "jail", "ip", "kind", "origin", "limit"]);
    let message = world.get("/api/events?origin=unknown").await.bad_field("origin");
    assert_eq!(message, "\"unknown\" is not one of detected, manual, restored, expired");
    let message = world.get("/api/events?since=2026-11-23T19:31:48+01:00").await.bad_field("since");
    assert!(message.contains("%2B"), "{message}");
    assert_eq!(world.get("/api/events?q=%20").await.ok(200)["items"], json!([]));
}
