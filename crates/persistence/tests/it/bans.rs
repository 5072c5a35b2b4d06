//! Bans in force and the history. Here are the reports that the tests make of them.

mod filters;
mod import;
mod merging;
mod odd_rows;
mod order;
mod pages;
mod recording;
mod spelling;

use bangui_domain::model::{
    ActiveBan, BanEvent, BanId, BanKey, BanTime, EventId, EventQuery, Fence, JailName, Limit, Origin,
    ServerId, Timestamp,
};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, EndRecord};
use bangui_persistence::Db;

/// 2023-11-14T22:13:20Z, where the tests' clock begins.
const START: i64 = 1_700_000_000;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(START + seconds)
}

pub(crate) fn jail(name: &str) -> JailName {
    JailName::parse(name).unwrap()
}

fn key(jail_name: &str, id: &str, seconds: i64) -> BanKey {
    BanKey { jail: jail(jail_name), id: BanId::from_reported(id), banned_at: at(seconds) }
}

/// A detected ban of ten minutes, in force.
pub(crate) fn ban(jail_name: &str, id: &str, seconds: i64) -> BanRecord {
    let ban = ActiveBan {
        key: key(jail_name, id, seconds),
        bantime: BanTime::Seconds(600),
        ban_count: None,
        origin: Origin::Detected,
        by: None,
        reason: None,
    };
    BanRecord { ban, failures: None, in_force: true, place: None, matches: None }
}

/// Its end by time.
pub(crate) fn end(jail_name: &str, id: &str, seconds: i64) -> EndRecord {
    EndRecord {
        key: key(jail_name, id, seconds),
        bantime: BanTime::Seconds(600),
        ban_count: None,
        at: at(seconds + 600),
        origin: Origin::Expired,
        by: None,
        reason: None,
    }
}

fn batch(bans: Vec<BanRecord>, ends: Vec<EndRecord>) -> BanBatch {
    BanBatch { server: ServerId::local(), fence: None, seen_at: at(10_000), bans, ends, cursor: None }
}

pub(crate) async fn record(db: &Db, bans: Vec<BanRecord>, ends: Vec<EndRecord>) -> Vec<BanEvent> {
    BanStore::record(db, &batch(bans, ends)).await.unwrap().events
}

pub(crate) fn fenced(fence: Fence, bans: Vec<BanRecord>) -> BanBatch {
    BanBatch { fence: Some(fence), ..batch(bans, Vec::new()) }
}

/// The whole history, oldest row first.
async fn history(db: &Db) -> Vec<BanEvent> {
    db.events_after(&ServerId::local(), EventId(0), u16::MAX).await.unwrap()
}

/// The active bans of a jail by id, with the second they began.
async fn active(db: &Db, jail_name: &str) -> Vec<(String, i64)> {
    let bans = db.active(&ServerId::local(), &jail(jail_name)).await.unwrap();
    let mut bans: Vec<_> =
        bans.into_iter().map(|ban| (ban.key.id.to_string(), ban.key.banned_at.as_secs() - START)).collect();
    bans.sort();
    bans
}

pub(crate) fn limit(rows: u16) -> Limit {
    Limit::new(rows).unwrap()
}

pub(crate) fn all_events() -> EventQuery {
    EventQuery { limit: limit(500), ..EventQuery::of(ServerId::local()) }
}
