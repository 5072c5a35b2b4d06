//! What the API tells of one address or network.

use insta::assert_json_snapshot;
use serde_json::json;

use crate::history::{ask, eventful};
use crate::past::{ban, record};
use crate::world::World;

#[actix_web::test]
async fn an_address_is_told_over_all_time_and_one_that_was_never_banned_as_well() {
    let world = eventful().await;
    assert_json_snapshot!(world.get("/api/addresses/203.0.113.7").await.ok(200), @r#"
    {
      "active": [
        {
          "ban_count": 3,
          "banned_at": "2026-11-22T12:00:00.000Z",
          "bantime": -1,
          "by": null,
          "expires_at": null,
          "ip": "203.0.113.7",
          "jail": "nginx",
          "origin": "detected",
          "reason": null
        }
      ],
      "around": 0,
      "bans": 4,
      "country": "NL",
      "first": "2026-11-14T12:00:00.000Z",
      "host": null,
      "ip": "203.0.113.7",
      "jails": [
        {
          "ban_count": null,
          "bans": 3,
          "failures": 15,
          "first": "2026-11-14T12:00:00.000Z",
          "jail": "sshd",
          "last": "2026-11-21T12:00:00.000Z",
          "longest": 1200
        },
        {
          "ban_count": 3,
          "bans": 1,
          "failures": 5,
          "first": "2026-11-22T12:00:00.000Z",
          "jail": "nginx",
          "last": "2026-11-22T12:00:00.000Z",
          "longest": -1
        }
      ],
      "last": "2026-11-22T12:00:00.000Z",
      "more": false,
      "neighbours": [
        {
          "bans": 1,
          "ip": "203.0.113.8"
        }
      ],
      "network": {
        "asn": "AS64500",
        "name": "Example Networks"
      },
      "special": "documentation",
      "within": null
    }
    "#);
    // Its place is that of the table.
    let never = world.get("/api/addresses/192.0.2.1").await.ok(200);
    assert_eq!(
        never,
        json!({
            "ip": "192.0.2.1", "country": "NL", "special": "documentation", "network": null, "host": null, "bans": 0, "first": null,
            "last": null, "jails": [], "active": [], "more": false, "neighbours": [], "within": null, "around": 0,
        })
    );
    let public = world.get("/api/addresses/1.1.1.1").await.ok(200);
    assert_eq!((&public["country"], &public["special"]), (&json!("NL"), &json!(null)));
    let spelt = world.get("/api/addresses/2001:0DB8:0::9").await.ok(200);
    assert_eq!((&spelt["ip"], &spelt["bans"]), (&json!("2001:db8::9"), &json!(1)));
    let message = world.get("/api/addresses/example.com").await.bad_field("ip");
    assert!(message.contains("203.0.113.7"), "{message}");
}

#[actix_web::test]
async fn a_network_is_told_with_all_that_lies_within_it() {
    let world = eventful().await;
    let network = world.get("/api/addresses/203.0.113.0%2F24").await.ok(200);
    let sums = ["ip", "bans", "within", "around", "first", "last"].map(|name| network[name].clone());
    let first = "2026-11-14T12:00:00.000Z";
    assert_eq!(json!(sums), json!(["203.0.113.0/24", 5, 2, 0, first, "2026-11-22T12:00:00.000Z"]));
    let jails = network["jails"].as_array().unwrap().iter();
    let jails: Vec<_> = jails.map(|jail| (jail["jail"].as_str().unwrap(), jail["bans"].as_u64())).collect();
    assert_eq!(jails, [("sshd", Some(4)), ("nginx", Some(1))]);
    // The chart on the same page, and the list that the number leads to, have as many.
    let timeline = ask(&world, "timeline?since=all&q=ip:203.0.113.0/24").await;
    let counts =
        timeline["series"].as_array().unwrap().iter().flat_map(|one| one["counts"].as_array().unwrap());
    assert_eq!(counts.map(|count| count.as_u64().unwrap()).sum::<u64>(), 5);
    let list = world.get("/api/events?q=ip:203.0.113.0/24+kind:ban&limit=100").await.ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 5);
    let everything = world.get("/api/addresses/::%2F0").await.ok(200);
    assert_eq!((&everything["bans"], &everything["within"]), (&json!(1), &json!(1)), "IPv6 alone");
}

#[actix_web::test]
async fn what_is_not_known_is_null_and_not_zero() {
    let world = World::ready().await;
    let (mut unknown, mut by_hand, mut both) =
        (ban("sshd", "203.0.113.1", 60), ban("sshd", "203.0.113.2", 60), ban("sshd", "203.0.113.3", 60));
    let mut other = ban("sshd", "203.0.113.3", 4_000);
    (unknown.failures, by_hand.failures, both.failures, other.failures) = (None, Some(0), Some(4), None);
    record(&world.db, vec![unknown, by_hand, both, other], Vec::new()).await;
    let mut failures = Vec::new();
    for number in 1..=3 {
        let story = world.get(&format!("/api/addresses/203.0.113.{number}")).await.ok(200);
        failures.push(story["jails"][0]["failures"].clone());
    }
    assert_eq!(json!(failures), json!([null, 0, 4]));
}
