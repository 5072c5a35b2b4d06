//! The live stream: what comes, what comes again, and when it ends. Where time matters, tokio's clock is paused
//! and jumps to the next timer as soon as nothing else is left to do.

mod feed;

use std::time::Duration;

use bangui_api::ApiSettings;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::world::World;
use feed::{Feed, detect};

const PATIENCE: Duration = Duration::from_mins(1);
/// How often an idle stream shows that it is alive, and how exact tokio's timers are.
const BEAT: Duration = Duration::from_secs(15);
const ROUNDING: Duration = Duration::from_millis(2);

#[actix_web::test]
async fn a_stream_begins_with_fail2bans_state_and_goes_on_with_what_happens() {
    let world = World::ready().await;
    let mut feed = Feed::open(&world, "").await;
    assert_eq!(feed.block().await.unwrap(), "retry: 3000");
    let first = feed.next().await.unwrap();
    assert_eq!((first.event.as_str(), first.id), ("online", None));
    let mut asked = world.get("/api/system").await.ok(200)["fail2ban"].take();
    // How far fail2ban's database is read is no part of its state.
    assert_eq!(asked.as_object_mut().unwrap().remove("catch_up"), Some(Value::Null));
    assert_eq!(first.data, asked);

    detect(&world, "203.0.113.7").await;
    let jails = feed.next().await.unwrap();
    assert_eq!((jails.event.as_str(), &jails.data["items"][1]["currently_banned"]), ("jails", &json!(1)));
    assert_eq!(jails.data["observed_at"], "2026-11-23T12:00:00.000Z");
    let ban = feed.next().await.unwrap();
    assert_eq!((ban.event.as_str(), ban.id), ("ban", Some(1)));
    assert_json_snapshot!(ban.data, @r#"
    {
      "ban": 1,
      "ban_count": null,
      "banned_at": "2026-11-23T12:00:00.000Z",
      "bantime": 600,
      "by": null,
      "country": "unknown",
      "expires_at": "2026-11-23T12:10:00.000Z",
      "failures": null,
      "id": 1,
      "ip": "203.0.113.7",
      "jail": "sshd",
      "kind": "ban",
      "network": null,
      "occurred_at": "2026-11-23T12:00:00.000Z",
      "origin": "detected",
      "reason": null,
      "special": "documentation"
    }
    "#);

    world.delete("/api/bans/203.0.113.7").await.ok(200);
    let unban = feed.next().await.unwrap();
    assert_eq!((unban.event.as_str(), unban.id, &unban.data["by"]), ("unban", Some(2), &json!("admin")));
    world.look().await;
    assert_eq!(feed.next().await.unwrap().event, "jails");

    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    let offline = feed.next().await.unwrap();
    assert_eq!((offline.event.as_str(), &offline.data["state"]), ("offline", &json!("offline")));
    assert_eq!(offline.data["problem"]["code"], "socket_missing");
}

#[actix_web::test]
async fn before_the_first_probe_the_state_is_starting() {
    let mut world = World::empty().await;
    world.log_in().await;
    let mut feed = Feed::open(&world, "").await;
    feed.next().await.unwrap();
    let state = feed.next().await.unwrap();
    assert_eq!((state.event.as_str(), &state.data["state"]), ("offline", &json!("starting")));
}

#[actix_web::test]
async fn what_was_missed_comes_first_and_nothing_comes_twice() {
    let world = World::ready().await;
    for id in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
        detect(&world, id).await;
    }
    let request = world.request("GET", "/api/events/stream?last_event_id=3");
    let mut feed = Feed::send(&world, request.insert_header(("last-event-id", "1"))).await;
    // Recorded after the stream was opened and before its history is read: comes by both ways.
    detect(&world, "203.0.113.4").await;
    feed = feed.begun().await;
    assert_eq!(feed.ids(3).await, [2, 3, 4]);
    detect(&world, "203.0.113.5").await;
    assert_eq!(feed.ids(1).await, [5]);

    let mut later = Feed::open(&world, "?last_event_id=4").await.begun().await;
    assert_eq!(later.ids(1).await, [5]);
    detect(&world, "203.0.113.6").await;
    assert_eq!(later.ids(1).await, [6]);
    assert_eq!(feed.ids(1).await, [6]);
}

#[actix_web::test]
async fn a_new_page_gets_no_history() {
    let world = World::ready().await;
    detect(&world, "203.0.113.1").await;
    let mut feed = Feed::open(&world, "").await.begun().await;
    detect(&world, "203.0.113.2").await;
    assert_eq!(feed.ids(1).await, [2]);
}

#[actix_web::test]
async fn long_histories_come_in_pages_and_complete() {
    let world = World::ready().await;
    for host in 0..1_200 {
        world.fail2ban.detects("sshd", &format!("10.1.{}.{}", host / 200, host % 200), 600);
    }
    world.look().await;
    let mut feed = Feed::open(&world, "?last_event_id=0").await.begun().await;
    assert_eq!(feed.ids(1_200).await, (1..=1_200).collect::<Vec<_>>());
    detect(&world, "203.0.113.1").await;
    assert_eq!(feed.ids(1).await, [1_201]);
}

#[actix_web::test]
async fn a_page_that_falls_behind_catches_up_from_the_history() {
    let world = World::ready().await;
    detect(&world, "203.0.113.1").await;
    let mut feed = Feed::open(&world, "").await.begun().await;
    // More than the feed holds, in two looks, while the page reads nothing.
    for round in 1..=2_i64 {
        for host in 0..3_000 {
            world.fail2ban.detects("sshd", &format!("10.{round}.{}.{}", host / 200, host % 200), 600);
        }
        world.fail2ban.pass(10);
        world.look().await;
    }
    assert_eq!(feed.ids(6_000).await, (2..=6_001).collect::<Vec<_>>());
    detect(&world, "203.0.113.2").await;
    assert_eq!(feed.ids(1).await, [6_002], "what the feed still held was told already");
}

#[actix_web::test]
async fn an_idle_stream_shows_that_it_is_alive() {
    let world = World::ready().await;
    let mut feed = Feed::open(&world, "").await.begun().await;
    tokio::time::pause();
    // The first sign comes 15 s after the stream was opened, when the clock was still running.
    let paused = tokio::time::Instant::now();
    assert_eq!(feed.next().await.unwrap().event, "comment");
    assert!(paused.elapsed() <= BEAT + ROUNDING, "{:?}", paused.elapsed());
    for _ in 1..=3 {
        let last = tokio::time::Instant::now();
        assert_eq!(feed.next().await.unwrap().event, "comment");
        assert!((BEAT..=BEAT + ROUNDING).contains(&last.elapsed()), "{:?}", last.elapsed());
    }
}

#[actix_web::test]
async fn a_stream_ends_with_its_session() {
    let world = World::ready().await;
    let mut feed = Feed::open(&world, "").await.begun().await;
    world.post("/api/auth/logout", Value::Null).await;
    tokio::time::pause();
    assert_eq!(feed.next().await, None);
}

#[actix_web::test]
async fn a_stream_ends_when_its_session_expires() {
    let world = World::ready().await;
    let mut feed = Feed::open(&world, "").await.begun().await;
    world.fail2ban.pass(31 * 24 * 3600);
    tokio::time::pause();
    assert_eq!(feed.next().await, None);
}

#[actix_web::test]
async fn a_stream_ends_with_the_server() {
    let world = World::ready().await;
    let mut feed = Feed::open(&world, "").await.begun().await;
    world.shutdown.cancel();
    assert_eq!(feed.next().await, None);
    let mut late = Feed::open(&world, "").await;
    assert_eq!(late.next().await, None);
}

#[actix_web::test]
async fn a_stream_that_cannot_read_what_was_missed_ends_so_that_the_page_comes_again() {
    let world = World::ready().await;
    detect(&world, "203.0.113.1").await;
    let mut feed = Feed::open(&world, "?last_event_id=0").await;
    world.db.execute("ALTER TABLE bans RENAME TO gone");
    feed = feed.begun().await;
    assert_eq!(feed.next().await, None);
    world.db.execute("ALTER TABLE counters RENAME TO gone_too");
    world.get("/api/events/stream").await.problem(500, "database_failed");
}

#[actix_web::test]
async fn there_are_so_many_slots_and_no_more() {
    let mut world = World::with(ApiSettings { max_streams: 2, ..ApiSettings::default() }).await;
    world.log_in().await;
    let first = Feed::open(&world, "").await;
    let _second = Feed::open(&world, "").await;
    let problem = world.get("/api/events/stream").await.problem(503, "streams_exhausted");
    assert!(problem["detail"].as_str().unwrap().contains("serves 2 live streams"), "{problem}");
    drop(first);
    let _third = Feed::open(&world, "").await;
}

#[actix_web::test]
async fn a_bad_id_is_refused() {
    let world = World::ready().await;
    for id in ["x", "-1", "1.5", "99999999999999999999"] {
        let path = format!("/api/events/stream?last_event_id={id}");
        world.get(&path).await.bad_field("last_event_id");
        let request = world.request("GET", "/api/events/stream").insert_header(("last-event-id", id));
        world.send(request).await.bad_field("last_event_id");
    }
}
