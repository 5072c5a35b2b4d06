//! Channels, rules and the log of deliveries through the API: secrets go in and never come out.

use std::sync::Mutex;

use async_trait::async_trait;
use bangui_domain::FieldError;
use bangui_domain::model::notify::{Answer, Channel, ChannelSpec, Digest, Note, Way};
use bangui_domain::ports::{Messenger, Preview, Undelivered};
use serde_json::{Value, json};

use crate::world::{Answer as Said, World};

/// A way out that takes what goes to a server whose name has no x.
#[derive(Default)]
pub(crate) struct Post(Mutex<Vec<(ChannelSpec, Digest)>>);

fn secret_place(spec: &ChannelSpec) -> &str {
    match &spec.way {
        Way::Webhook(webhook) => webhook.url.expose(),
        Way::Email(email) => &email.host,
    }
}

#[async_trait]
impl Messenger for Post {
    async fn problems(&self, spec: &ChannelSpec) -> Vec<FieldError> {
        let bad = secret_place(spec).contains("127.0.0.1");
        bad.then(|| FieldError::new("url", "is not public")).into_iter().collect()
    }

    async fn preview(&self, spec: &ChannelSpec, digest: &Digest) -> Result<Preview, FieldError> {
        let body = format!("{} of {}", digest.count, secret_place(spec));
        Ok(Preview { content_type: "text/plain", body })
    }

    async fn send(&self, channel: &Channel, _: &str, digest: &Digest) -> Result<Answer, Undelivered> {
        self.0.lock().unwrap().push((channel.spec.clone(), digest.clone()));
        if secret_place(&channel.spec).contains('x') {
            let answer = Answer { status: Some(403), text: "no".to_owned() };
            return Err(Undelivered { answer, may_pass: false, retry_after_secs: None });
        }
        Ok(Answer { status: Some(204), text: String::new() })
    }
}

const CHANNELS: &str = "/api/notifications/channels";
const RULES: &str = "/api/notifications/rules";

fn webhook(name: &str, url: &str) -> Value {
    json!({"name": name, "settings": {"kind": "webhook", "preset": "gotify", "url": url, "token": "t0ken"}})
}

fn rule(name: &str, channels: &[i64], condition: &Value) -> Value {
    json!({"name": name, "condition": condition, "channels": channels})
}

async fn put(world: &World, path: String, body: Value) -> Said {
    world.send(world.request("PUT", &path).set_json(body)).await
}

async fn channel(world: &World, name: &str, url: &str) -> i64 {
    world.post(CHANNELS, webhook(name, url)).await.ok(201)["id"].as_i64().unwrap()
}

#[actix_web::test]
async fn a_channels_secrets_are_never_told() {
    let world = World::ready().await;
    let made = world.post(CHANNELS, webhook("ops", "https://hooks.test/s3cret")).await.ok(201);
    assert_eq!(
        made["settings"],
        json!({
            "kind": "webhook", "preset": "gotify", "server": "hooks.test", "has_token": true,
            "recipient": null, "template": null,
        })
    );
    let id = made["id"].as_i64().unwrap();
    let mail = json!({"name": "mail", "settings": {
        "kind": "email", "host": "mail.test", "port": 465, "security": "tls", "user": "u", "password": "p4ss",
        "from": "a@test", "to": ["b@test"],
    }});
    world.post(CHANNELS, mail).await.ok(201);
    let list = world.get(CHANNELS).await.ok(200);
    assert_eq!((&list["items"][0]["name"], &list["items"][1]["name"]), (&json!("mail"), &json!("ops")));
    assert_eq!(list["items"][0]["settings"]["has_password"], true);

    // What is left out stays, and goes nowhere else.
    let kept = json!({"name": "new", "settings": {"kind": "webhook", "preset": "gotify"}});
    put(&world, format!("{CHANNELS}/{id}"), kept).await.ok(200);
    world.post(&format!("{CHANNELS}/{id}/test"), Value::Null).await.ok(200);
    let moved = json!({"name": "new", "settings": {"kind": "webhook", "preset": "gotify", "url": "https://evil.test/"}});
    put(&world, format!("{CHANNELS}/{id}"), moved).await.bad_field("token");
    assert_eq!(
        world.db.count("channels WHERE settings LIKE '%hooks.test/s3cret%' AND settings LIKE '%t0ken%'"),
        1
    );

    let told = format!("{list} {}", world.get(CHANNELS).await.ok(200));
    for secret in ["s3cret", "t0ken", "p4ss"] {
        assert!(!told.contains(secret), "{told}");
        assert_eq!(world.db.count(&format!("audit WHERE detail LIKE '%{secret}%'")), 0);
    }
}

#[actix_web::test]
async fn what_is_wrong_is_named_by_its_field() {
    let world = World::ready().await;
    let id = channel(&world, "ops", "https://hooks.test/").await;
    world.post(CHANNELS, webhook("a", "https://127.0.0.1/")).await.bad_field("url");
    world.post(CHANNELS, webhook("  ", "https://hooks.test/")).await.bad_field("name");
    world.post(CHANNELS, webhook("ops", "https://hooks.test/")).await.problem(409, "name_taken");
    let preset =
        json!({"name": "a", "settings": {"kind": "webhook", "preset": "pager", "url": "https://a.test"}});
    assert!(world.post(CHANNELS, preset).await.bad_field("preset").contains("slack"));
    let security = json!({"name": "a", "settings": {
        "kind": "email", "host": "a", "port": 1, "security": "ssl", "from": "a@b", "to": []}});
    assert!(world.post(CHANNELS, security).await.bad_field("security").contains("starttls"));
    world.post(CHANNELS, json!({"name": "a"})).await.problem(400, "body_malformed");

    let bans = |extra: Value| {
        let mut condition = json!({"kind": "bans"});
        condition.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        condition
    };
    for (condition, field) in [
        (bans(json!({"jails": ["--x"]})), "jails"),
        (bans(json!({"countries": ["NLD"]})), "countries"),
        (bans(json!({"origins": ["magic"]})), "origins"),
        (bans(json!({"least_bans": 0})), "least_bans"),
        (bans(json!({"jails": vec!["sshd"; 51]})), "condition"),
        (json!({"kind": "unusual", "minutes": 0, "factor": 3}), "minutes"),
        (json!({"kind": "unusual", "minutes": 60, "factor": 0}), "factor"),
        (json!({"kind": "offline", "secs": 0}), "secs"),
        (json!({"kind": "silent", "jails": [], "hours": 1}), "jails"),
        (json!({"kind": "silent", "jails": ["sshd"], "hours": 0}), "hours"),
    ] {
        world.post(RULES, rule("r", &[id], &condition)).await.bad_field(field);
    }
    let fine = bans(json!({}));
    for channels in [&[][..], &[id, id], &[id + 1]] {
        world.post(RULES, rule("r", channels, &fine)).await.bad_field("channels");
    }
    world.post(RULES, rule("", &[id], &fine)).await.bad_field("name");
    let mut long = rule("r", &[id], &fine);
    long["group_secs"] = json!(86_401);
    world.post(RULES, long).await.bad_field("group_secs");
    assert_eq!(world.db.count("rules"), 0);
    assert_eq!(world.db.count("audit WHERE action = 'notification'"), 1);
}

#[actix_web::test]
async fn rules_are_made_changed_and_deleted_and_the_trail_tells() {
    let world = World::ready().await;
    let id = channel(&world, "ops", "https://hooks.test/").await;
    let condition = json!({"kind": "bans", "jails": ["sshd"], "countries": ["nl"], "origins": ["manual"]});
    let made = world.post(RULES, rule("SSH", &[id], &condition)).await.ok(201);
    assert_eq!(
        (&made["enabled"], &made["group_secs"], &made["throttle_secs"]),
        (&json!(true), &json!(0), &json!(0))
    );
    assert_eq!(
        made["condition"],
        json!({"kind": "bans", "jails": ["sshd"], "countries": ["NL"], "origins": ["manual"], "least_bans": 1})
    );
    let path = format!("{RULES}/{}", made["id"]);
    world.post(RULES, rule("SSH", &[id], &condition)).await.problem(409, "name_taken");
    let mut off = rule("SSH", &[id], &json!({"kind": "offline", "secs": 60}));
    off["enabled"] = json!(false);
    assert_eq!(put(&world, path.clone(), off.clone()).await.ok(200)["enabled"], false);
    assert_eq!(world.get(RULES).await.ok(200)["items"][0]["condition"]["secs"], 60);
    put(&world, format!("{RULES}/99"), off).await.problem(404, "rule_not_found");

    let in_use = world.delete(&format!("{CHANNELS}/{id}")).await.problem(409, "channel_in_use");
    assert!(in_use["detail"].as_str().unwrap().contains("SSH"), "{in_use}");
    assert_eq!(world.delete(&path).await.ok(204), Value::Null);
    world.delete(&path).await.problem(404, "rule_not_found");
    assert_eq!(world.delete(&format!("{CHANNELS}/{id}")).await.ok(204), Value::Null);
    world.delete(&format!("{CHANNELS}/{id}")).await.problem(404, "channel_not_found");
    world.post(&format!("{CHANNELS}/{id}/test"), Value::Null).await.problem(404, "channel_not_found");
    put(&world, format!("{CHANNELS}/{id}"), webhook("ops", "https://a.test"))
        .await
        .problem(404, "channel_not_found");
    for (subject, detail) in [
        ("channel ops", "made"),
        ("rule SSH", "made"),
        ("rule SSH", "changed"),
        ("rule SSH", "deleted"),
        ("channel ops", "deleted"),
    ] {
        let line = format!(
            "audit WHERE action = 'notification' AND user_name = 'admin' AND subject = '{subject}' \
             AND detail = '{detail}'"
        );
        assert_eq!(world.db.count(&line), 1, "{subject} {detail}");
    }
}

#[actix_web::test]
async fn a_channel_is_tried_at_once_and_looked_at_before_it_is_saved() {
    let world = World::ready().await;
    for (name, url, sent, status) in
        [("good", "https://ok.test/", true, 204), ("bad", "https://x.test/", false, 403)]
    {
        let id = channel(&world, name, url).await;
        let tried = world.post(&format!("{CHANNELS}/{id}/test"), Value::Null).await.ok(200);
        assert_eq!((&tried["sent"], &tried["status"]), (&json!(sent), &json!(status)), "{tried}");
    }
    let posted = world.post.0.lock().unwrap().clone();
    assert!(matches!(&posted[0].1.notes[..], [Note::Test { by }] if by == "admin"), "{posted:?}");
    let settings = json!({"kind": "webhook", "preset": "slack"});
    let preview = world.post("/api/notifications/preview", json!({"settings": settings})).await.ok(200);
    assert_eq!(preview, json!({"content_type": "text/plain", "body": "3 of https://preview.invalid/"}));
    assert_eq!((world.db.count("channels"), world.post.0.lock().unwrap().len()), (2, 2));
}

#[actix_web::test]
async fn the_log_is_paged_and_filtered() {
    let world = World::ready().await;
    let digest = json!({
        "rule": "SSH", "count": 3, "since": 0, "until": 0, "jails": {"sshd": 3}, "countries": {},
        "throttled": false, "notes": [{"kind": "silent", "jail": "sshd", "hours": 1}],
    });
    for number in 1..=3 {
        let (state, next, ended) =
            if number == 3 { ("waiting", "0", "NULL") } else { ("sent", "NULL", "1000") };
        world.db.execute(&format!(
            "INSERT INTO deliveries (rule_id, message, channel_id, rule_name, channel_name, digest, state, tries, \
             created_at, next_at, ended_at, answer_status, answer) VALUES (1, {number}, 1, 'SSH', 'ops', '{digest}', \
             '{state}', 1, 0, {next}, {ended}, 200, 'ok')"
        ));
    }
    let path = "/api/notifications/deliveries";
    let first = world.get(&format!("{path}?limit=2")).await.ok(200);
    let ids = |page: &Value| -> Vec<i64> {
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&first), [3, 2]);
    let next = first["next"].as_str().unwrap();
    assert_eq!(ids(&world.get(&format!("{path}?limit=2&cursor={next}")).await.ok(200)), [1]);
    world.get(&format!("{path}?state=sent&cursor={next}")).await.problem(400, "cursor_invalid");
    let sent = world.get(&format!("{path}?state=sent")).await.ok(200);
    assert_eq!(ids(&sent), [2, 1]);
    assert_eq!(
        sent["items"][0],
        json!({
            "id": 2, "rule": "SSH", "channel": "ops", "kind": "silent", "count": 3, "jails": {"sshd": 3},
            "state": "sent", "tries": 1, "created_at": "1970-01-01T00:00:00.000Z", "next_at": null,
            "ended_at": "1970-01-01T00:00:01.000Z", "status": 200, "answer": "ok",
        })
    );
    world.get(&format!("{path}?state=lost")).await.bad_field("state");
    world.get(&format!("{path}?rule=1")).await.problem(400, "query_malformed");
}
