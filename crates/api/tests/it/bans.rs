//! Bans through the API: listed, made, refused, lifted.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::world::{PROXY, World};

async fn ban(world: &World, ip: &str) -> crate::world::Answer {
    world.post("/api/bans", json!({"ip": ip, "jail": "sshd"})).await
}

fn ips(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|ban| ban["ip"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_ban_answers_with_what_fail2ban_lists_and_once_more_with_200() {
    let world = World::ready().await;
    let body = json!({"ip": "203.0.113.7", "jail": "sshd", "reason": " scans  us "});
    let first = world.post("/api/bans", body.clone()).await.ok(201);
    assert_json_snapshot!(first, @r#"
    {
      "ban": {
        "ban_count": null,
        "banned_at": "2026-11-23T12:00:00.000Z",
        "bantime": 600,
        "by": "admin",
        "expires_at": "2026-11-23T12:10:00.000Z",
        "ip": "203.0.113.7",
        "jail": "sshd",
        "origin": "manual",
        "reason": "scans  us"
      },
      "ip": "203.0.113.7",
      "jails": [
        "sshd"
      ],
      "newly_banned": true
    }
    "#);
    let again = world.post("/api/bans", body).await.ok(200);
    assert_eq!((&again["newly_banned"], &again["ban"]), (&json!(false), &first["ban"]));
    let page = world.get("/api/bans").await.ok(200);
    assert_eq!((&page["items"][0], &page["next"]), (&first["ban"], &Value::Null));
}

#[actix_web::test]
async fn spellings_of_an_address_are_one_address() {
    let world = World::ready().await;
    assert_eq!(ban(&world, "::ffff:1.2.3.4").await.ok(201)["ip"], "1.2.3.4");
    assert_eq!(ban(&world, "1.2.3.4").await.ok(200)["newly_banned"], false);
    assert_eq!(ban(&world, "2001:0DB8::DEAD:beef").await.ok(201)["ip"], "2001:db8::dead:beef");
    assert_eq!(world.delete("/api/bans/::ffff:1.2.3.4").await.ok(200)["ip"], "1.2.3.4");
}

#[actix_web::test]
async fn what_is_no_address_is_told_what_would_be_one() {
    let world = World::ready().await;
    let message = ban(&world, "999.1.1.1").await.bad_field("ip");
    assert_eq!(
        message,
        "\"999.1.1.1\" is not an IP address or network: write one such as 203.0.113.7, 2001:db8::7 or \
         203.0.113.0/24"
    );
    let message = ban(&world, "192.0.2.99/24").await.bad_field("ip");
    assert!(message.contains("write 192.0.2.0/24 for the network"), "{message}");
    let all = json!({"ip": "x", "jail": "--sshd", "reason": "two\nlines"});
    let problem = world.post("/api/bans", all).await.problem(400, "invalid");
    let named: Vec<_> = problem["fields"].as_array().unwrap().iter().map(|field| &field["field"]).collect();
    assert_eq!(named, ["ip", "jail", "reason"]);
    let reason = |length: usize| json!({"ip": "203.0.113.7", "jail": "sshd", "reason": "ü".repeat(length)});
    let message = world.post("/api/bans", reason(501)).await.bad_field("reason");
    assert_eq!(message, "at most 500 characters, this has 501");
    world.post("/api/bans", reason(500)).await.ok(201);
}

#[actix_web::test]
async fn bans_that_would_hurt_need_force() {
    let world = World::ready().await;
    for (ip, code) in [
        ("198.51.100.77", "ban_own_address"),
        ("198.51.100.0/24", "ban_own_address"),
        ("127.0.0.1", "ban_loopback"),
        ("192.168.3.4", "ban_ignored"),
        ("10.0.0.0/8", "ban_network_too_wide"),
    ] {
        let problem = ban(&world, ip).await.problem(409, code);
        assert!(problem["detail"].as_str().unwrap().contains(ip), "{problem}");
    }
    assert!(world.fail2ban.edit().jails["sshd"].bans.is_empty());
    let forced = json!({"ip": "10.0.0.0/8", "jail": "sshd", "force": true});
    assert_eq!(world.post("/api/bans", forced).await.ok(201)["ip"], "10.0.0.0/8");
}

#[actix_web::test]
async fn behind_a_trusted_proxy_the_own_address_is_the_forwarded_one() {
    let world = World::ready().await;
    let request = |ip: &str| {
        world
            .request("POST", "/api/bans")
            .peer_addr(PROXY.parse().unwrap())
            .insert_header(("x-forwarded-for", "203.0.113.9, 198.51.100.8"))
            .set_json(json!({"ip": ip, "jail": "sshd"}))
    };
    world.send(request("198.51.100.8")).await.problem(409, "ban_own_address");
    world.send(request("203.0.113.9")).await.ok(201);
    let stranger = world.request("POST", "/api/bans").insert_header(("x-forwarded-for", "203.0.113.77"));
    let body = json!({"ip": "203.0.113.77", "jail": "sshd"});
    world.send(stranger.set_json(body)).await.ok(201);
}

#[actix_web::test]
async fn an_unban_lifts_in_every_jail_or_in_one() {
    let world = World::ready().await;
    for jail in ["nginx", "sshd"] {
        world.fail2ban.detects(jail, "203.0.113.7", 600);
    }
    world.look().await;
    let one = world.delete("/api/bans/203.0.113.7?jail=nginx&reason=a%20mistake").await.ok(200);
    assert_eq!(one, json!({"ip": "203.0.113.7", "unbanned": 1, "jails": ["sshd"]}));
    let rest = world.delete("/api/bans/203.0.113.7").await.ok(200);
    assert_eq!(rest, json!({"ip": "203.0.113.7", "unbanned": 1, "jails": []}));
    let problem = world.delete("/api/bans/203.0.113.7").await.problem(404, "ban_not_found");
    assert_eq!(problem["detail"], "203.0.113.7 is not banned");
    world.delete("/api/bans/203.0.113.7?jail=sshd").await.problem(404, "ban_not_found");

    let events = world.get("/api/events?kind=unban").await.ok(200);
    let told: Vec<_> = events["items"].as_array().unwrap().iter().map(|e| (&e["by"], &e["reason"])).collect();
    assert_eq!(told, [(&json!("admin"), &Value::Null), (&json!("admin"), &json!("a mistake"))]);
}

#[actix_web::test]
async fn networks_and_any_other_text_can_be_unbanned() {
    let world = World::ready().await;
    for id in ["203.0.113.0/24", "user=bob@host a/b%2F+c", "żółw"] {
        world.fail2ban.detects("sshd", id, 600);
    }
    world.look().await;
    assert_eq!(world.delete("/api/bans/203.0.113.0/24").await.ok(200)["unbanned"], 1);
    world.fail2ban.detects("sshd", "203.0.113.0/24", 600);
    world.look().await;
    assert_eq!(world.delete("/api/bans/203.0.113.0%2F24").await.ok(200)["ip"], "203.0.113.0/24");
    let strange = "/api/bans/user%3Dbob%40host%20a%2Fb%252F%2Bc";
    assert_eq!(world.delete(strange).await.ok(200)["ip"], "user=bob@host a/b%2F+c");
    assert_eq!(world.delete("/api/bans/%C5%BC%C3%B3%C5%82w?jail=sshd").await.ok(200)["ip"], "żółw");
    world.delete("/api/bans/203.0.113.7?jail=--x").await.bad_field("jail");
}

#[actix_web::test]
async fn fail2ban_that_is_away_or_says_no_is_reported_as_such() {
    let world = World::ready().await;
    let nowhere = json!({"ip": "203.0.113.7", "jail": "nowhere"});
    let problem = world.post("/api/bans", nowhere).await.problem(404, "jail_not_found");
    assert_eq!(problem["detail"], "fail2ban has no jail nowhere");
    world.fail2ban.edit().mute = true;
    ban(&world, "203.0.113.7").await.problem(502, "outcome_unknown");
    world.fail2ban.edit().offline = true;
    let problem = ban(&world, "203.0.113.7").await.problem(503, "fail2ban_offline");
    assert!(problem["detail"].as_str().unwrap().contains("/run/fail2ban/fail2ban.sock"), "{problem}");
    world.get("/api/bans").await.ok(200);
}

#[actix_web::test]
async fn lists_are_filtered_sorted_and_paged() {
    let world = World::ready().await;
    for (jail, id) in
        [("sshd", "203.0.113.9"), ("nginx", "9.9.9.9"), ("sshd", "203.0.113.10"), ("sshd", "::9")]
    {
        world.fail2ban.detects(jail, id, if id == "9.9.9.9" { -1 } else { 600 });
        world.fail2ban.pass(10);
        world.look().await;
    }
    let get = async |query: &str| world.get(&format!("/api/bans?{query}")).await.ok(200);
    assert_eq!(ips(&get("").await), ["::9", "203.0.113.10", "9.9.9.9", "203.0.113.9"]);
    assert_eq!(ips(&get("sort=banned_at").await), ["203.0.113.9", "9.9.9.9", "203.0.113.10", "::9"]);
    assert_eq!(ips(&get("sort=ip&jail=sshd").await), ["::9", "203.0.113.9", "203.0.113.10"]);
    assert_eq!(ips(&get("sort=-expires_at&limit=1").await), ["9.9.9.9"]);
    assert_eq!(ips(&get("ip=203.0.113.0/24&sort=-ip").await), ["203.0.113.10", "203.0.113.9"]);
    assert_eq!(ips(&get("q=NGI").await), ["9.9.9.9"]);
    let permanent = get("ip=9.9.9.9").await;
    assert_eq!(
        (&permanent["items"][0]["bantime"], &permanent["items"][0]["expires_at"]),
        (&json!(-1), &Value::Null)
    );

    let mut seen = Vec::new();
    let mut query = "sort=ip&limit=1".to_owned();
    loop {
        let page = get(&query).await;
        seen.extend(ips(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("sort=ip&limit=1&cursor={next}");
        world.get(&format!("/api/bans?sort=-ip&cursor={next}")).await.problem(400, "cursor_invalid");
        world.get(&format!("/api/events?cursor={next}")).await.problem(400, "cursor_invalid");
    }
    assert_eq!(seen, ["::9", "9.9.9.9", "203.0.113.9", "203.0.113.10"]);
}

#[actix_web::test]
async fn bad_filters_are_named() {
    let world = World::ready().await;
    for (query, field) in [
        ("ip=999.1.1.1", "ip"),
        ("sort=time", "sort"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("jail=", "jail"),
    ] {
        world.get(&format!("/api/bans?{query}")).await.bad_field(field);
    }
    let message = world.get("/api/bans?sort=time").await.bad_field("sort");
    assert!(message.contains("-expires_at"), "{message}");
    world.get(&format!("/api/bans?q={}", "x".repeat(201))).await.bad_field("q");
    world.get("/api/bans?cursor=nonsense").await.problem(400, "cursor_invalid");
}
