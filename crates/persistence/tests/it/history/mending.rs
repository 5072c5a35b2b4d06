//! What is there twice is joined: bans that were recorded a second time, a whole number of quarter hours off.

use bangui_domain::model::{BanEvent, BanQuery, BanTime, HistoryFilter, Matches, Origin, Period, ServerId};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, EndRecord, History};
use bangui_persistence::{Db, Mended};
use bangui_test_support::both_databases;

use crate::bans::{all_events, at, ban, end, record};

/// As an older BanGUI recorded a ban: a list told of it so many seconds off, and fail2ban's database told the truth.
async fn doubled(db: &Db, id: &str, began: i64, off: i64, by: Option<&str>) {
    let mut listed = ban("sshd", id, began + off);
    listed.ban.by = by.map(str::to_owned);
    if by.is_some() {
        listed.ban.origin = Origin::Manual;
    }
    let mut stored = ban("sshd", id, began);
    stored.in_force = false;
    stored.failures = Some(5);
    stored.ban.ban_count = Some(2);
    stored.matches = Some(Matches { lines: vec!["a line".to_owned()], cut: false });
    record(db, vec![listed, stored], Vec::new()).await;
}

/// The list does not tell of it any more, so many seconds after it began.
async fn gone(db: &Db, id: &str, began: i64, off: i64, after: i64) {
    let ended = EndRecord { at: at(began + after), origin: Origin::Manual, ..end("sshd", id, began + off) };
    record(db, Vec::new(), vec![ended]).await;
}

async fn story(db: &Db, id: &str) -> Vec<String> {
    let mut query = all_events();
    query.filter.targets.any_of = vec![id.parse().unwrap()];
    let mut events = db.find_events(&query).await.unwrap().items;
    events.reverse();
    events.iter().map(short).collect()
}

fn short(event: &BanEvent) -> String {
    let second = event.occurred_at.millis_since(at(0)).div_euclid(1_000);
    let by = event.by.as_deref().unwrap_or("-");
    format!("{second} {} {} {by} {:?}", event.kind.as_str(), event.origin.as_str(), event.failures)
}

async fn bans_counted(db: &Db) -> u64 {
    let check = db.check_history().await.unwrap();
    assert!(check.wrong_days.is_empty(), "{check:?}");
    let period = Period { since: at(-10_000_000), until: at(10_000_000) };
    db.totals(&HistoryFilter::of(ServerId::local()), period).await.unwrap().bans
}

async fn ends_in_force(db: &Db) -> Vec<(String, i64, i64)> {
    let bans = db.find_bans(&BanQuery::of(ServerId::local())).await.unwrap().items;
    let second = |at_: bangui_domain::model::Timestamp| at_.as_secs() - at(0).as_secs();
    let mut bans: Vec<_> = bans
        .iter()
        .map(|ban| {
            (
                ban.key.id.to_string(),
                second(ban.key.banned_at),
                ban.expires_at().map(second).unwrap_or_default(),
            )
        })
        .collect();
    bans.sort();
    bans
}

both_databases!(bans_that_were_doubled_are_joined_and_counted, |test| async move {
    let db = test.db();
    for off in [3_600, -18_000] {
        let net = if off > 0 { "192.0.2" } else { "198.51.100" };
        doubled(db, &format!("{net}.1"), 1_000, off, None).await;
        gone(db, &format!("{net}.1"), 1_000, off, 601).await;
        doubled(db, &format!("{net}.2"), 2_000, off, None).await;
        gone(db, &format!("{net}.2"), 2_000, off, 100).await;
        doubled(db, &format!("{net}.3"), 3_000, off, Some("Alice")).await;
    }
    // Neither is a second account of another: one has no partner, one is an hour later but the database has both.
    record(db, vec![ban("sshd", "203.0.113.1", 0)], vec![end("sshd", "203.0.113.1", 0)]).await;
    for began in [0, 3_600] {
        let honest = BanRecord { failures: Some(3), ..ban("sshd", "203.0.113.2", began) };
        record(db, vec![honest], vec![end("sshd", "203.0.113.2", began)]).await;
    }
    assert_eq!(bans_counted(db).await, 15);

    assert_eq!(db.mend_history().await.unwrap(), Mended { spellings: 0, bans: 6 });
    assert_eq!(bans_counted(db).await, 9);
    for net in ["192.0.2", "198.51.100"] {
        let wanted = ["1000 ban detected - Some(5)", "1600 unban expired - None"];
        assert_eq!(story(db, &format!("{net}.1")).await, wanted);
        let wanted = ["2000 ban detected - Some(5)", "2100 unban manual - None"];
        assert_eq!(story(db, &format!("{net}.2")).await, wanted);
        assert_eq!(story(db, &format!("{net}.3")).await, ["3000 ban manual Alice Some(5)"]);
    }
    assert_eq!(story(db, "203.0.113.1").await.len(), 2);
    assert_eq!(story(db, "203.0.113.2").await.len(), 4);
    let right = |id: &str| (id.to_owned(), 3_000, 3_600);
    assert_eq!(ends_in_force(db).await, [right("192.0.2.3"), right("198.51.100.3")]);
    // Nothing is left to do.
    assert_eq!(db.mend_history().await.unwrap(), Mended::default());
    assert_eq!(BanTime::Seconds(600), db.find_events(&all_events()).await.unwrap().items[0].bantime);
});

both_databases!(one_ban_in_the_future_is_proof_and_one_in_the_past_is_none, |test| async move {
    let db = test.db();
    doubled(db, "192.0.2.1", 1_000, 3_600, None).await;
    gone(db, "192.0.2.1", 1_000, 3_600, 601).await;
    doubled(db, "198.51.100.1", 1_000, -7_200, None).await;
    record(db, Vec::new(), vec![end("sshd", "198.51.100.1", -6_200)]).await;
    assert_eq!(db.mend_history().await.unwrap().bans, 1);
    assert_eq!(bans_counted(db).await, 3);
});

/// Numbers that look random, the same in each run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % bound
    }
}

both_databases!(addresses_that_came_back_while_the_database_could_not_be_read_stay, |test| async move {
    let db = test.db();
    let mut draws = Draws(1);
    let (mut bans, mut ends) = (Vec::new(), Vec::new());
    for number in 0..200 {
        let id = format!("192.0.{}.{}", number / 100, number % 100);
        let mut began = draws.below(3_000);
        // Some of these lie a whole number of quarter hours apart. Most offsets have several such pairs.
        for place in 0..20 {
            let mut seen = ban("sshd", &id, began);
            seen.failures = (place >= 10).then_some(3);
            bans.push(seen);
            let ended = end("sshd", &id, began);
            let lifted =
                EndRecord { at: at(began + 1 + draws.below(590)), origin: Origin::Manual, ..ended.clone() };
            ends.push(if place % 2 == 0 { lifted } else { ended });
            began += 601 + draws.below(5_000);
        }
    }
    // Those that are banned again as soon as they may be, an hour later each time.
    for number in 0..5 {
        let id = format!("198.51.100.{number}");
        for hour in 0..3 {
            let mut seen = ban("sshd", &id, 100_000 + number * 7 + hour * 3_601);
            seen.ban.bantime = BanTime::Seconds(3_600);
            seen.failures = (hour != 1).then_some(3);
            let over = EndRecord {
                at: seen.ban.expires_at().unwrap(),
                bantime: seen.ban.bantime,
                ..end("sshd", &id, 0)
            };
            ends.push(EndRecord { key: seen.ban.key.clone(), ..over });
            bans.push(seen);
        }
    }
    record(db, bans, ends).await;
    assert_eq!(db.mend_history().await.unwrap(), Mended::default());
    assert_eq!(bans_counted(db).await, 4_015);
});

both_databases!(each_server_is_off_by_its_own_time, |test| async move {
    let db = test.db();
    test.execute("INSERT INTO servers (id) VALUES ('other')");
    for (server, off) in [(ServerId::local(), 3_600), (ServerId::from_stored("other".to_owned()), -7_200)] {
        let mut bans = Vec::new();
        for number in 0..4 {
            let (id, began) = (format!("192.0.2.{number}"), number * 1_000);
            bans.push(ban("sshd", &id, began + off));
            bans.push(BanRecord { failures: Some(3), ..ban("sshd", &id, began) });
        }
        // By chance it looks as if this server were off by what the other one is.
        for (second, failures) in [(50_000, None), (50_000 + off + 3_600, Some(3))] {
            bans.push(BanRecord { failures, ..ban("sshd", "203.0.113.1", second) });
        }
        let batch =
            BanBatch { server, fence: None, seen_at: at(10_000), bans, ends: Vec::new(), cursor: None };
        BanStore::record(db, &batch).await.unwrap();
    }
    assert_eq!(db.mend_history().await.unwrap().bans, 8);
    assert_eq!(bans_counted(db).await, 6);
});

both_databases!(a_ban_in_force_whose_time_was_corrected_stays_in_force, |test| async move {
    let db = test.db();
    for number in 1..=4 {
        let id = format!("192.0.2.{number}");
        doubled(db, &id, 3_000, 3_600, None).await;
        // Once the zone was right, the list told of the true time alone.
        gone(db, &id, 3_000, 3_600, 100).await;
        record(db, vec![BanRecord { failures: Some(5), ..ban("sshd", &id, 3_000) }], Vec::new()).await;
    }
    assert_eq!(db.mend_history().await.unwrap().bans, 4);
    assert_eq!(bans_counted(db).await, 4);
    assert_eq!(story(db, "192.0.2.1").await, ["3000 ban detected - Some(5)"]);
    let wanted: Vec<_> = (1..=4).map(|number| (format!("192.0.2.{number}"), 3_000, 3_600)).collect();
    assert_eq!(ends_in_force(db).await, wanted);
});
