//! Measures the writing of bans on both databases: `cargo run --release -p bangui-persistence --example record`,
//! with `BANGUI_TEST_POSTGRES_URL` set to a throwaway server. Prints milliseconds.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints, and ends where it fails"
)]

use std::net::Ipv4Addr;
use std::time::Instant;

use bangui_domain::model::{
    ActiveBan, BanId, BanKey, BanQuery, BanTime, EventQuery, JailName, Origin, ServerId, Timestamp,
};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, EndRecord};
use bangui_persistence::DbKind;
use bangui_test_support::db::TestDb;

const BANS: u32 = 100_000;

fn record(number: u32) -> BanRecord {
    let key = BanKey {
        jail: JailName::parse(if number.is_multiple_of(3) { "sshd" } else { "nginx" }).unwrap(),
        id: BanId::from_reported(Ipv4Addr::from(0x0a00_0000 + number).to_string()),
        banned_at: Timestamp::from_secs(1_700_000_000 + i64::from(number / 10)),
    };
    let ban = ActiveBan {
        key,
        bantime: BanTime::Seconds(86_400),
        ban_count: None,
        origin: Origin::Detected,
        by: None,
        reason: None,
    };
    BanRecord { ban, failures: None, in_force: true, place: None, matches: None }
}

fn batch(bans: Vec<BanRecord>) -> BanBatch {
    BanBatch {
        server: ServerId::local(),
        fence: None,
        seen_at: Timestamp::from_secs(1_700_100_000),
        bans,
        ends: Vec::new(),
        cursor: None,
    }
}

async fn timed<T>(what: &str, work: impl Future<Output = T>) -> T {
    let start = Instant::now();
    let outcome = work.await;
    println!("  {what}: {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    outcome
}

async fn measure(kind: DbKind) {
    println!("{kind:?}");
    let test = TestDb::new(kind).await;
    let db = test.db();
    let all: Vec<BanRecord> = (0..BANS).map(record).collect();
    let new = timed("100,000 new bans in one batch", db.record(&batch(all.clone()))).await.unwrap();
    println!("  ({} events)", new.events.len());
    timed("the same batch again", db.record(&batch(all.clone()))).await.unwrap();
    let mut known = all.clone();
    for ban in &mut known {
        ban.failures = Some(5);
    }
    timed("the same with failures, all changed", db.record(&batch(known))).await.unwrap();
    timed("1 new ban among 100,000", db.record(&batch(vec![record(BANS)]))).await.unwrap();
    timed("1 more new ban among 100,000", db.record(&batch(vec![record(BANS + 1)]))).await.unwrap();
    timed("newest 50 active bans", db.find_bans(&BanQuery::of(ServerId::local()))).await.unwrap();
    let within =
        BanQuery { overlapping: Some("10.0.7.0/24".parse().unwrap()), ..BanQuery::of(ServerId::local()) };
    timed("active bans within a /24", db.find_bans(&within)).await.unwrap();
    let mut nowhere = EventQuery::of(ServerId::local());
    nowhere.filter.texts.push("nothing like it".to_owned());
    timed("text that no event holds", db.find_events(&nowhere)).await.unwrap();
    timed("active bans of one jail", db.active(&ServerId::local(), &JailName::parse("sshd").unwrap()))
        .await
        .unwrap();
    let mut over = batch(Vec::new());
    over.ends = all
        .into_iter()
        .map(|ban| EndRecord {
            key: ban.ban.key,
            bantime: ban.ban.bantime,
            ban_count: None,
            at: Timestamp::from_secs(1_700_200_000),
            origin: Origin::Expired,
            by: None,
            reason: None,
        })
        .collect();
    timed("100,000 ends in one batch", db.record(&over)).await.unwrap();
}

#[tokio::main]
async fn main() {
    for kind in [DbKind::Sqlite, DbKind::Postgres] {
        measure(kind).await;
    }
}
