//! Bans of the past, written to the database as the observer writes them.

use bangui_domain::model::{
    ActiveBan, Asn, BanId, BanKey, BanTime, JailName, Matches, Network, Origin, Place, ServerId, Timestamp,
};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, EndRecord};
use bangui_test_support::db::TestDb;

use crate::fail2ban::START;

/// A ban that began so many seconds before every test.
pub(crate) fn ban(jail: &str, ip: &str, ago: i64) -> BanRecord {
    let ban = ActiveBan {
        key: BanKey {
            jail: JailName::parse(jail).unwrap(),
            id: BanId::from_reported(ip),
            banned_at: Timestamp::from_secs(START - ago),
        },
        bantime: BanTime::Seconds(600),
        ban_count: None,
        origin: Origin::Detected,
        by: None,
        reason: None,
    };
    BanRecord { ban, failures: Some(5), in_force: false, place: None, matches: None }
}

/// Where an address is: a country, and a network with its name.
pub(crate) fn place(country: &str, network: Option<(u32, Option<&str>)>) -> Place {
    let network =
        network.map(|(asn, name)| Network { asn: Asn::new(asn).unwrap(), name: name.map(str::to_owned) });
    Place { country: country.parse().unwrap(), network }
}

pub(crate) fn lines(lines: &[&str]) -> Matches {
    Matches { lines: lines.iter().map(ToString::to_string).collect(), cut: false }
}

/// The end of a ban, so many seconds after its beginning.
pub(crate) fn end(ban: &BanRecord, after: i64, origin: Origin) -> EndRecord {
    let ActiveBan { key, bantime, ban_count, .. } = ban.ban.clone();
    let at = key.banned_at.plus_secs(after);
    EndRecord { key, bantime, ban_count, at, origin, by: None, reason: None }
}

/// Writes them.
pub(crate) async fn record(db: &TestDb, bans: Vec<BanRecord>, ends: Vec<EndRecord>) {
    let batch = BanBatch {
        server: ServerId::local(),
        fence: None,
        seen_at: Timestamp::from_secs(START),
        bans,
        ends,
        cursor: None,
    };
    BanStore::record(db.db(), &batch).await.unwrap();
}
