//! The export: complete, harmless in a spreadsheet, read page by page, and never short without a sign.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use bangui_domain::ports::BanRecord;
use bangui_test_support::db::TestDb;
use futures::future::poll_fn;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::past::{ban, place, record};
use crate::server::{Wire, serve};
use crate::world::World;

const PATIENCE: Duration = Duration::from_mins(1);

/// As many bans as asked for, of an address each, the newest one first, with a reason.
async fn long_history(count: i64, reason: &str) -> World {
    let world = World::ready().await;
    let one = |number: i64| {
        let mut ban = ban("sshd", &format!("10.{}.{}.7", number / 250, number % 250), number * 10 + 1);
        ban.ban.reason = Some(reason.to_owned());
        ban
    };
    record(&world.db, (0..count).map(one).collect(), Vec::new()).await;
    world
}

/// The next part of a body; `None` at its end.
async fn part(body: &mut BoxBody) -> Option<Result<String, String>> {
    let part = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await?;
    Some(part.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).map_err(|error| error.to_string()))
}

async fn open(world: &World, query: &str) -> BoxBody {
    let response = world.open(world.request("GET", &format!("/api/history/export?{query}"))).await;
    assert_eq!(response.status(), 200);
    response.into_body()
}

fn table(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

async fn both_forms_have_every_event_of_the_list(db: TestDb) {
    let world = World::over(db).await;
    let mut bans: Vec<BanRecord> =
        (0..1_203).map(|number| ban("sshd", "203.0.113.7", number * 7 + 1)).collect();
    bans[0].place = Some(place("NL", Some((64_500, Some("Example, \"Networks\"")))));
    record(&world.db, bans, Vec::new()).await;
    let mut listed: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("/api/events?limit=500{cursor}")).await.ok(200);
        listed.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let lines = world.text("/api/history/export?format=ndjson").await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1_203);
    assert_eq!(lines, listed);

    let csv = world.text("/api/history/export?format=csv").await;
    assert!(csv.ends_with("\r\n") && csv.matches("\r\n").count() == csv.matches('\n').count());
    let rows = table(&csv);
    assert_eq!(rows.len(), 1_204);
    assert_eq!(
        rows[0].join(" "),
        "id ban kind occurred_at jail ip country network network_name origin by reason \
        banned_at expires_at bantime ban_count failures"
    );
    for (row, event) in rows[1..].iter().zip(&listed) {
        for (column, cell) in rows[0].iter().zip(row) {
            let value = match column.as_str() {
                "network" => &event["network"]["asn"],
                "network_name" => &event["network"]["name"],
                other => &event[other],
            };
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(*cell, text, "{column} of {event}");
        }
    }
}

#[actix_web::test]
async fn both_forms_have_every_event_on_sqlite() {
    both_forms_have_every_event_of_the_list(TestDb::sqlite().await).await;
}

#[actix_web::test]
async fn both_forms_have_every_event_on_postgres() {
    both_forms_have_every_event_of_the_list(TestDb::postgres().await).await;
}

#[actix_web::test]
async fn what_strangers_wrote_is_no_formula_and_breaks_no_line() {
    let world = World::ready().await;
    let mut bans = Vec::new();
    for (ago, id) in [(1, "=cmd|'/C calc'!A0"), (2, "+1"), (3, "@x"), (4, "a,b \"c\""), (5, "-7")] {
        let mut ban = ban("sshd", id, ago);
        ban.ban.reason = Some(format!("{id} für \u{202e}x"));
        ban.place = Some(place("NL", Some((64_500, Some("=1+1")))));
        bans.push(ban);
    }
    record(&world.db, bans, Vec::new()).await;
    let csv = world.text("/api/history/export?format=csv").await;
    let rows = table(&csv);
    let ips: Vec<_> = rows[1..].iter().map(|row| row[5].as_str()).collect();
    assert_eq!(ips, ["'=cmd|'/C calc'!A0", "'+1", "'@x", "a,b \"c\"", "'-7"]);
    assert_eq!((rows[1][8].as_str(), rows[4][11].as_str()), ("'=1+1", "a,b \"c\" für \u{202e}x"));
    let lines = world.text("/api/history/export?format=ndjson").await;
    assert!(lines.contains("\"=cmd|'/C calc'!A0\""), "as it is, where nothing is a formula: {lines}");
}

#[actix_web::test]
async fn a_file_has_a_name_and_a_type_and_asks_for_a_period() {
    let world = World::ready().await;
    record(&world.db, vec![ban("sshd", "203.0.113.7", 60), ban("sshd", "203.0.113.8", 864_000)], Vec::new())
        .await;
    let headers = async |query: &str| {
        let response = world.open(world.request("GET", &format!("/api/history/export?{query}"))).await;
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        [header("content-type"), header("content-disposition")]
    };
    assert_eq!(
        headers("format=csv").await,
        [
            "text/csv; charset=utf-8; header=present",
            "attachment; filename=\"bangui-2026-11-16-2026-11-23.csv\""
        ]
    );
    assert_eq!(
        headers("format=ndjson&since=2026-11-01&tz=Pacific/Auckland").await,
        ["application/x-ndjson", "attachment; filename=\"bangui-2026-11-01-2026-11-24.ndjson\""]
    );
    let lines = async |query: &str| {
        world.text(&format!("/api/history/export?format=ndjson&{query}")).await.lines().count()
    };
    assert_eq!((lines("").await, lines("since=all").await, lines("q=ip:192.0.2.1").await), (1, 2, 0));
    let empty = world.text("/api/history/export?format=csv&q=jail:none").await;
    assert_eq!(table(&empty).len(), 1, "the names of the columns alone");
}

#[actix_web::test]
async fn pages_are_read_as_they_are_wanted_and_a_failure_half_way_cuts_the_file() {
    let world = long_history(1_700, "x").await;
    let mut body = open(&world, "format=ndjson").await;
    for _ in 0..2 {
        assert_eq!(part(&mut body).await.unwrap().unwrap().lines().count(), 500);
    }
    world.db.execute("ALTER TABLE bans RENAME TO gone");
    let error = part(&mut body).await.unwrap().unwrap_err();
    assert!(error.contains("cannot be read on"), "{error}");
    assert!(part(&mut body).await.is_none());
    world.get("/api/history/export?format=csv").await.problem(500, "database_failed");
}

#[actix_web::test]
async fn a_server_that_stops_cuts_the_file() {
    let world = long_history(700, "x").await;
    let mut body = open(&world, "format=csv").await;
    assert!(part(&mut body).await.unwrap().is_ok());
    world.shutdown.cancel();
    assert!(part(&mut body).await.unwrap().unwrap_err().contains("stopping"));
    assert!(part(&mut body).await.is_none());
}

#[actix_web::test]
async fn on_the_wire_a_cut_file_has_no_end_and_a_whole_one_has() {
    let world = long_history(2_100, "x").await;
    let (address, handle) = serve(&world);
    let cookie = world.cookie.clone().unwrap();
    let file = async |encoding: &str| {
        let request = format!(
            "GET /api/history/export?format=ndjson HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\
             accept-encoding: {encoding}\r\nconnection: close\r\n\r\n"
        );
        let mut wire = Wire::send(address, &request).await;
        wire.finish().await;
        assert!(wire.1.starts_with("HTTP/1.1 200 ") && wire.1.len() > 10_000, "{encoding}: {}", wire.1.len());
        wire.1.ends_with("0\r\n\r\n")
    };
    assert!(file("identity").await && file("gzip").await);
    // A row on the fifth page that cannot be read: its text is no UTF-8.
    world.db.execute("UPDATE addresses SET ip = CAST(X'FF' AS TEXT) WHERE ip = '10.8.50.7'");
    assert!(!file("identity").await && !file("gzip").await);
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_client_that_goes_away_ends_the_work() {
    // More than what lies between server and client holds.
    let world = long_history(4_000, &"long ".repeat(95)).await;
    let (address, handle) = serve(&world);
    let cookie = world.cookie.clone().unwrap();
    // The server has all that it holds for itself when it has answered once.
    let health = format!("GET /api/health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    Wire::send(address, &health).await.finish().await;
    let idle = Arc::strong_count(&world.state);
    let request = format!(
        "GET /api/history/export?format=ndjson HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\
         accept-encoding: identity\r\n\r\n"
    );
    let mut wire = Wire::narrow(address, &request).await;
    assert!(wire.until("\"id\":").await);
    assert!(Arc::strong_count(&world.state) > idle, "the export is under way");
    drop(wire);
    timeout(PATIENCE, async {
        while Arc::strong_count(&world.state) > idle {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    handle.stop(false).await;
}
