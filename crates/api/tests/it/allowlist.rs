//! The allowlist through the API.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::world::World;

#[actix_web::test]
async fn an_entry_is_made_listed_checked_and_removed() {
    let world = World::ready().await;
    world.fail2ban.detects("nginx", "203.0.113.7", 600);
    world.fail2ban.detects("sshd", "203.0.0.0/16", 600);
    world.look().await;
    let body =
        json!({"address": "203.0.113.0/24", "note": " the office ", "until": "2026-11-24T13:00:00+01:00"});
    let made = world.post("/api/allowlist", body.clone()).await.ok(201);
    assert_json_snapshot!(made["entry"], @r#"
    {
      "address": "203.0.113.0/24",
      "by": "admin",
      "created_at": "2026-11-23T12:00:00.000Z",
      "id": 1,
      "jail": null,
      "note": "the office",
      "until": "2026-11-24T12:00:00.000Z"
    }
    "#);
    assert_eq!((&made["pending"], &made["lifted"]), (&Value::Null, &json!(1)));
    assert_eq!(made["still_banned"][0]["ip"], "203.0.0.0/16");
    assert_eq!(made["still_banned"].as_array().unwrap().len(), 1);
    world.post("/api/allowlist", body).await.problem(409, "allowed_already");

    let list = world.get("/api/allowlist").await.ok(200);
    let own = json!([{"jail": "sshd", "entries": ["192.168.0.0/16"]}]);
    assert_eq!((&list["items"], &list["most"]), (&json!([made["entry"]]), &json!(1000)));
    assert_eq!((&list["next"], &list["own"]), (&Value::Null, &own));

    let check = world.get("/api/allowlist/check?address=203.0.113.99").await.ok(200);
    assert_eq!(
        check,
        json!({"address": "203.0.113.99", "allowed": true, "entries": list["items"], "own": []})
    );
    let check = world.get("/api/allowlist/check?address=192.168.4.0%2F24").await.ok(200);
    assert_eq!((&check["allowed"], &check["entries"], &check["own"]), (&json!(true), &json!([]), &own));
    let check = world.get("/api/allowlist/check?address=203.0.0.0%2F16").await.ok(200);
    assert_eq!(check["allowed"], false, "a part of it is not all of it");
    world.get("/api/allowlist/check?address=here").await.bad_field("address");
    world.get("/api/allowlist/check").await.problem(400, "query_malformed");

    let order = json!({"ip": "203.0.113.7", "jail": "sshd", "force": true});
    let refused = world.post("/api/bans", order).await.problem(409, "address_allowed");
    assert!(
        refused["detail"].as_str().unwrap().contains("203.0.113.0/24 in every jail, by admin"),
        "{refused}"
    );

    let gone = world.delete("/api/allowlist/1").await.ok(200);
    assert_eq!((&gone["entry"], &gone["pending"]), (&made["entry"], &Value::Null));
    world.delete("/api/allowlist/1").await.problem(404, "allow_entry_not_found");
    world.delete("/api/allowlist/one").await.problem(400, "path_malformed");
    assert_eq!(world.get("/api/allowlist").await.ok(200)["items"], json!([]));
}

#[actix_web::test]
async fn an_entry_that_makes_no_sense_is_refused_at_its_field() {
    let world = World::ready().await;
    let message = world.post("/api/allowlist", json!({"address": "0.0.0.0/0"})).await.bad_field("address");
    assert!(message.contains("turn protection off"), "{message}");
    world.post("/api/allowlist", json!({"address": "192.0.2.99/24"})).await.bad_field("address");
    for until in ["2026-11-23T12:00:00Z", "tomorrow"] {
        let body = json!({"address": "192.0.2.1", "until": until});
        world.post("/api/allowlist", body).await.bad_field("until");
    }
    let long = json!({"address": "192.0.2.1", "note": "x".repeat(501)});
    world.post("/api/allowlist", long).await.bad_field("note");
    let nowhere = json!({"address": "192.0.2.1", "jail": "nowhere"});
    world.post("/api/allowlist", nowhere).await.problem(404, "jail_not_found");
    let other = json!({"address": "192.0.2.1", "forever": true});
    world.post("/api/allowlist", other).await.problem(400, "body_malformed");
    assert_eq!(world.get("/api/allowlist").await.ok(200)["items"], json!([]));
}

#[actix_web::test]
async fn an_entry_that_fail2ban_cannot_be_told_of_is_kept_and_said_to_wait() {
    let world = World::ready().await;
    world.fail2ban.edit().offline = true;
    let made = world.post("/api/allowlist", json!({"address": "192.0.2.1", "jail": "sshd"})).await.ok(201);
    assert!(made["pending"].as_str().unwrap().starts_with("fail2ban is offline"), "{made}");
    let list = world.get("/api/allowlist").await.ok(200);
    assert_eq!((&list["items"][0], &list["own"]), (&made["entry"], &Value::Null));
    world.fail2ban.edit().offline = false;
    world.fail2ban.edit().mute = true;
    let made = world.post("/api/allowlist", json!({"address": "192.0.2.2"})).await.ok(201);
    assert!(made["pending"].as_str().unwrap().contains("may or may not"), "{made}");
}
