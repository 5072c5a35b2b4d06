//! How a question is understood: its words, its parameters, and its time zone.

use crate::history::{ask, eventful};
use crate::world::World;

#[actix_web::test]
async fn a_question_that_cannot_be_read_says_where_and_what_would_be_right() {
    let world = World::ready().await;
    let refused =
        async |path: &str, field: &str| world.get(&format!("/api/history/{path}")).await.bad_field(field);
    let message = refused("totals?q=jail:sshd+origin:bot", "q").await;
    assert_eq!(message, "at character 18: \"bot\" is not one of detected, manual, restored, expired");
    assert!(refused(&format!("totals?q={}", "x".repeat(1_001)), "q").await.contains("at most 1000"));
    assert!(refused(&format!("completions?q={}", "x".repeat(1_001)), "q").await.contains("at most 1000"));
    assert!(refused("totals?tz=Middle/Earth", "tz").await.contains("Europe/Berlin"));
    assert!(refused("totals?tz=../../etc/passwd", "tz").await.contains("not a time zone"));
    assert!(refused("totals?since=yesterday", "since").await.contains("%2B"));
    assert!(refused("totals?until=all", "until").await.contains("not a time"));
    assert!(refused("totals?since=1d&until=2d", "since").await.contains("earlier"));
    assert!(refused("totals?since=1970-01-01&until=2100-01-01", "since").await.contains("a hundred years"));
    assert_eq!(refused("top", "by").await, "\"\" is not one of address, network, country, jail, origin");
    assert!(refused("timeline?by=address", "by").await.contains("network"));
    assert!(refused("top?by=jail&limit=301", "limit").await.contains("from 1 to 300"));
    assert!(refused("offenders?limit=0", "limit").await.contains("from 1 to 100"));
    assert!(refused("export", "format").await.contains("csv, ndjson"));
    assert!(refused("completions?at=-1", "at").await.contains("not a place"));
    for path in ["totals?by=jail", "completions?tz=UTC", "top?by=jail&by=jail", "export?format=csv&limit=1"] {
        world.get(&format!("/api/history/{path}")).await.problem(400, "query_malformed");
    }
    let problem = world.get("/api/history/totals?q=jail:&since=soon&tz=x").await.problem(400, "invalid");
    let named: Vec<_> = problem["fields"].as_array().unwrap().iter().map(|field| &field["field"]).collect();
    assert_eq!(named, ["q", "since", "tz"]);
}

#[actix_web::test]
async fn parameters_go_before_words_and_zones_decide_what_a_day_is() {
    let world = eventful().await;
    let period = async |query: &str| {
        let totals = ask(&world, &format!("totals?{query}")).await;
        [&totals["since"], &totals["until"]].map(|at| at.as_str().unwrap().replace(":00.000Z", ""))
    };
    assert_eq!(period("").await, ["2026-11-16T12:00", "2026-11-23T12:00"]);
    assert_eq!(period("q=since:1d").await, ["2026-11-22T12:00", "2026-11-23T12:00"]);
    assert_eq!(period("q=since:1d&since=2d&until=12h").await, ["2026-11-21T12:00", "2026-11-23T00:00"]);
    assert_eq!(
        period("q=since:2018-11-04+until:2018-11-05&tz=America/New_York").await,
        ["2018-11-04T04:00", "2018-11-05T05:00"],
        "a day of 25 hours"
    );
    assert_eq!(
        period("q=since:2026-11-01T12:00+until:2026-11-01T12:00Z&tz=asia/tokyo").await,
        ["2026-11-01T03:00", "2026-11-01T12:00"]
    );
    assert_eq!(period("since=2026-11-23T12:30:00%2B01:00").await[0], "2026-11-23T11:30");
    assert_eq!(ask(&world, "timeline?tz=asia/tokyo").await["tz"], "Asia/Tokyo");
}
