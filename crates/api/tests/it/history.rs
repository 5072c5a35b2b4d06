//! The history counted and compared, through the API.

use bangui_domain::model::{BanTime, Origin};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::past::{ban, end, lines, place, record};
use crate::world::World;

const DAY: i64 = 86_400;

/// Six bans of the last week, one of the week before, and a restored one; the first with its log lines.
pub(crate) async fn eventful() -> World {
    let world = World::ready().await;
    let leiden = || Some(place("NL", Some((64_500, Some("Example Networks")))));
    let mut bans = vec![
        ban("sshd", "203.0.113.7", 6 * DAY),
        ban("sshd", "203.0.113.7", 2 * DAY),
        ban("nginx", "203.0.113.7", DAY),
        ban("sshd", "203.0.113.8", DAY + 60),
        ban("sshd", "10.0.0.9", 3_600),
        ban("sshd", "2001:db8::9", 60),
        ban("sshd", "203.0.113.7", 9 * DAY),
        ban("sshd", "198.51.100.1", 120),
    ];
    for near in [0, 1, 2, 3, 6] {
        bans[near].place = leiden();
    }
    bans[4].place = Some(place("private", None));
    bans[0].matches = Some(lines(&["Nov 17 sshd[1]: Failed password for \u{202e}root <script>"]));
    bans[1].ban.bantime = BanTime::Seconds(1_200);
    bans[2].ban.bantime = BanTime::Permanent;
    bans[2].ban.ban_count = Some(3);
    bans[2].in_force = true;
    bans[7].ban.origin = Origin::Restored;
    let ends = vec![end(&bans[0], 600, Origin::Expired)];
    record(&world.db, bans, ends).await;
    world
}

pub(crate) async fn ask(world: &World, path: &str) -> Value {
    world.get(&format!("/api/history/{path}")).await.ok(200)
}

#[actix_web::test]
async fn sums_stand_beside_those_of_the_period_before() {
    let world = eventful().await;
    assert_json_snapshot!(ask(&world, "totals").await, @r#"
    {
      "addresses": 4,
      "bans": 6,
      "before": {
        "addresses": 1,
        "bans": 1,
        "countries": 1,
        "networks": 1,
        "repeaters": 0,
        "since": "2026-11-09T12:00:00.000Z",
        "until": "2026-11-16T12:00:00.000Z"
      },
      "countries": 1,
      "first": "2026-11-17T12:00:00.000Z",
      "last": "2026-11-23T11:59:00.000Z",
      "networks": 1,
      "repeaters": 1,
      "since": "2026-11-16T12:00:00.000Z",
      "until": "2026-11-23T12:00:00.000Z",
      "usual_bans": null
    }
    "#);
    let totals = ask(&world, "totals?q=origin:restored").await;
    assert_eq!((&totals["bans"], &totals["first"]), (&json!(1), &totals["last"]));
    assert_eq!(ask(&world, "totals?since=all").await["since"], "2026-11-14T12:00:00.000Z");
    let nothing = ask(&world, "totals?q=jail:none").await;
    assert_eq!((&nothing["bans"], &nothing["first"]), (&json!(0), &Value::Null));
}

#[actix_web::test]
async fn bans_over_time_begin_where_days_do() {
    let world = eventful().await;
    let path = "timeline?tz=Asia/Kolkata&since=2026-11-16T00:00:00Z&until=2026-12-20T00:00:00Z";
    let timeline = ask(&world, path).await;
    assert_eq!((&timeline["bucket"], &timeline["tz"]), (&json!("P1D"), &json!("Asia/Kolkata")));
    assert_eq!(timeline["starts"][0], "2026-11-16T05:30:00.000+05:30");
    assert_eq!(timeline["starts"][1], "2026-11-17T00:00:00.000+05:30");
    assert_eq!(timeline["series"][0]["key"], "sshd");
    assert_eq!(timeline["series"][0]["counts"][1], 1);
    assert_eq!(timeline["others"].as_array().unwrap().len(), timeline["starts"].as_array().unwrap().len());

    let by_network = ask(&world, "timeline?by=network").await;
    let series: Vec<_> =
        by_network["series"].as_array().unwrap().iter().map(|one| (&one["key"], &one["label"])).collect();
    assert_eq!(series, [(&json!("AS64500"), &json!("Example Networks")), (&json!("unknown"), &Value::Null)]);
    assert_eq!(by_network["bucket"], "PT6H");
}

#[actix_web::test]
async fn the_largest_groups_are_compared_with_themselves() {
    let world = eventful().await;
    assert_json_snapshot!(ask(&world, "top?by=address&limit=1").await, @r#"
    {
      "bans": 6,
      "by": "address",
      "groups": 4,
      "rows": [
        {
          "addresses": 1,
          "bans": 3,
          "before": 1,
          "country": "NL",
          "key": "203.0.113.7",
          "label": null,
          "network": {
            "asn": "AS64500",
            "name": "Example Networks"
          },
          "special": "documentation"
        }
      ],
      "since": "2026-11-16T12:00:00.000Z",
      "until": "2026-11-23T12:00:00.000Z"
    }
    "#);
    let rows = async |by: &str| {
        let top = ask(&world, &format!("top?by={by}")).await;
        let row = |row: &Value| {
            let number = |key: &str| row[key].as_u64().unwrap();
            (row["key"].as_str().unwrap().to_owned(), number("bans"), number("addresses"), number("before"))
        };
        let mut rows: Vec<_> = top["rows"].as_array().unwrap().iter().map(row).collect();
        assert!(rows.is_sorted_by(|a, b| a.1 >= b.1));
        // Which of two that are as large comes first is nobody's business.
        rows.sort_by_key(|(key, bans, ..)| (std::cmp::Reverse(*bans), key.clone()));
        rows
    };
    let row = |key: &str, bans, addresses, before| (key.to_owned(), bans, addresses, before);
    assert_eq!(rows("jail").await, [row("sshd", 5, 4, 1), row("nginx", 1, 1, 0)]);
    assert_eq!(rows("country").await, [row("NL", 4, 2, 1), row("private", 1, 1, 0), row("unknown", 1, 1, 0)]);
    assert_eq!(rows("network").await, [row("AS64500", 4, 2, 1), row("unknown", 2, 2, 0)]);
    assert_eq!(rows("origin").await, [row("detected", 6, 4, 1)]);
}

#[actix_web::test]
async fn repeat_offenders_show_how_their_bans_grew() {
    let world = eventful().await;
    assert_json_snapshot!(ask(&world, "offenders").await["items"], @r#"
    [
      {
        "banned_now": true,
        "bans": 3,
        "country": "NL",
        "first": "2026-11-17T12:00:00.000Z",
        "ip": "203.0.113.7",
        "jails": [
          {
            "ban_count": 3,
            "first": "2026-11-22T12:00:00.000Z",
            "first_bantime": -1,
            "jail": "nginx",
            "last": "2026-11-22T12:00:00.000Z",
            "last_bantime": -1
          },
          {
            "ban_count": null,
            "first": "2026-11-17T12:00:00.000Z",
            "first_bantime": 600,
            "jail": "sshd",
            "last": "2026-11-21T12:00:00.000Z",
            "last_bantime": 1200
          }
        ],
        "last": "2026-11-22T12:00:00.000Z",
        "network": {
          "asn": "AS64500",
          "name": "Example Networks"
        },
        "special": "documentation"
      }
    ]
    "#);
}

#[actix_web::test]
async fn log_lines_are_told_as_they_are_and_their_absence_by_a_code() {
    let world = eventful().await;
    let events = world.get("/api/events?q=ip:203.0.113.7+kind:ban").await.ok(200);
    let first = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["banned_at"] == "2026-11-17T12:00:00.000Z");
    let ban = first.unwrap()["ban"].as_i64().unwrap();
    assert_eq!(
        world.get(&format!("/api/bans/{ban}/matches")).await.ok(200),
        json!({"lines": ["Nov 17 sshd[1]: Failed password for \u{202e}root <script>"], "cut": false})
    );
    let problem = world.get("/api/bans/4711/matches").await.problem(404, "matches_not_found");
    assert!(problem["detail"].as_str().unwrap().contains("4711"), "{problem}");
    world.get("/api/bans/one/matches").await.problem(400, "path_malformed");
}

#[actix_web::test]
async fn what_is_being_typed_is_completed() {
    let world = eventful().await;
    let typed = async |path: &str| ask(&world, &format!("completions?{path}")).await;
    assert_eq!(
        typed("q=jail:ng").await,
        json!({"from": 5, "to": 7, "items": [{"text": "nginx", "about": null}]})
    );
    assert_eq!(
        typed("q=jail:sshd+country:neth+x&at=22").await["items"][0],
        json!({"text": "NL", "about": "Netherlands"})
    );
    assert_eq!(
        typed("q=network:exa").await["items"],
        json!([{"text": "AS64500", "about": "Example Networks"}])
    );
    assert_eq!(typed("q=ip:203.0.113.").await["items"][0], json!({"text": "203.0.113.7", "about": "4 bans"}));
    let names = typed("").await;
    assert_eq!((&names["from"], names["items"].as_array().unwrap().len()), (&json!(0), 8));
}
