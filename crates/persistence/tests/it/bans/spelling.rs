//! One address under several spellings: one value in the history, and fail2ban's own spellings beside the ban in force.

use bangui_domain::model::{
    ActiveBan, BanId, BanQuery, HistoryFilter, LogWord, Origin, Period, Search, ServerId, Target,
};
use bangui_domain::ports::{BanStore, History};
use bangui_domain::service::Logbook;
use bangui_persistence::{Db, DbKind};
use bangui_test_support::both_databases;
use bangui_test_support::db::Place;

use super::import::{import, line};
use super::{active, all_events, at, ban, end, jail, record};
use crate::archive::{archive, connect, source};

const MAPPED: &str = "::ffff:192.0.2.60";
const PLAIN: &str = "192.0.2.60";

async fn in_force(db: &Db) -> Vec<ActiveBan> {
    db.find_bans(&BanQuery::of(ServerId::local())).await.unwrap().items
}

fn spellings(id: &BanId) -> Vec<&str> {
    id.spellings().collect()
}

/// Bans, addresses and addresses that came back, of all time.
async fn totals(db: &Db) -> (u64, u64, u64) {
    let period = Period { since: at(-10_000_000), until: at(10_000_000) };
    let filter = HistoryFilter::of(ServerId::local());
    let totals = db.totals(&filter, period).await.unwrap();
    let came_back = db.offenders(&filter, period, 10).await.unwrap().len();
    (totals.bans, totals.addresses, u64::try_from(came_back).unwrap())
}

both_databases!(an_old_logs_address_is_that_of_a_later_ban, |test| async move {
    let db = test.db();
    let lines = [line(0, MAPPED, LogWord::Ban), line(600_000, MAPPED, LogWord::Unban)];
    let (imported, _) = import(db, &lines, Logbook::new(at(1_000_000)), false).await;
    assert_eq!(imported.new, 1);
    record(db, vec![ban("sshd", PLAIN, 5_000)], Vec::new()).await;
    assert_eq!(totals(db).await, (2, 1, 1));
    let story = db.address(&ServerId::local(), &Target::parse(MAPPED).unwrap()).await.unwrap();
    assert_eq!((story.id.as_str(), story.jails[0].bans), (PLAIN, 2));
});

both_databases!(a_ban_keeps_fail2bans_own_spelling_for_commands, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", MAPPED, 0)], Vec::new()).await;
    let bans = in_force(db).await;
    assert_eq!((bans[0].key.id.as_str(), spellings(&bans[0].key.id)), (PLAIN, vec![MAPPED]));
    // Found by any spelling, as id and as text.
    for text in [MAPPED, PLAIN] {
        let query = BanQuery { text: Some(text.into()), ..BanQuery::of(ServerId::local()) };
        assert_eq!(db.find_bans(&query).await.unwrap().items.len(), 1, "{text}");
        let query = BanQuery { id: Some(BanId::from_reported(text)), ..BanQuery::of(ServerId::local()) };
        assert_eq!(db.find_bans(&query).await.unwrap().items.len(), 1, "{text}");
    }
    // The same ban under another text: both may have to be sent.
    record(db, vec![ban("sshd", PLAIN, 0)], Vec::new()).await;
    assert_eq!(spellings(&in_force(db).await[0].key.id), [PLAIN, MAPPED]);
    record(db, Vec::new(), vec![end("sshd", "::FFFF:C000:23C", 0)]).await;
    assert!(in_force(db).await.is_empty());
    assert_eq!(totals(db).await, (1, 1, 0));
});

both_databases!(plain_text_that_is_an_address_finds_it_in_every_spelling, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "2001:0DB8::7", 0), ban("sshd", PLAIN, 0)], Vec::new()).await;
    for (text, found) in [("2001:DB8:0::7", "2001:db8::7"), (MAPPED, PLAIN), ("192.0.2.60/32", PLAIN)] {
        let search = Search::parse(ServerId::local(), text).unwrap();
        let mut query = all_events();
        query.filter = search.filter;
        let events = db.find_events(&query).await.unwrap().items;
        let ids: Vec<&str> = events.iter().map(|event| event.key.id.as_str()).collect();
        assert_eq!(ids, [found], "{text}");
    }
});

/// What a BanGUI wrote that took spellings for addresses: an imported ban under the mapped form that was also seen live, one that
/// was not, one with a note, and one in force under both forms. Brackets, and masks in the old form, were no addresses to it.
const OLD: &str = "\
INSERT INTO addresses (ip, ip_key, country, place_no) VALUES
    ('192.0.2.60', '00000000000000000000ffffc000023c', NULL, 0),
    ('::ffff:192.0.2.60', '00000000000000000000ffffc000023c', 'NL', 2),
    ('2001:0DB8::7', '20010db8000000000000000000000007', NULL, 0),
    ('[2001:db8::9]', '', NULL, 0),
    ('10.0.0.0/255.0.0.0', '', NULL, 0);
INSERT INTO bans (id, banned_at, bantime, ended_at, end_id, address_id, jail_id, origin, end_origin, ban_count, failures)
SELECT v.column1, v.column2, v.column3, v.column4, v.column5, a.id, j.id, v.column8, v.column9, v.column10, v.column11
FROM (VALUES
    (11, 1700001000000, 600, 1700001600000, 12, '192.0.2.60', 'sshd', 0, 3, CAST(NULL AS INTEGER), CAST(NULL AS INTEGER)),
    (-1, 1700001001000, 600, 1700001600000, -2, '::ffff:192.0.2.60', 'sshd', 0, 3, 2, 5),
    (-3, 1690000000000, 600, 1690000600000, -4, '::ffff:192.0.2.60', 'sshd', 0, 3, NULL, NULL),
    (13, 1700002000000, 600, NULL, NULL, '::ffff:192.0.2.60', 'nginx', 1, NULL, NULL, NULL),
    (14, 1700002100000, 600, NULL, NULL, '192.0.2.60', 'nginx', 0, NULL, NULL, NULL),
    (15, 1700002200000, 600, NULL, NULL, '2001:0DB8::7', 'nginx', 0, NULL, NULL, NULL),
    (16, 1700002300000, 600, NULL, NULL, '[2001:db8::9]', 'nginx', 0, NULL, NULL, NULL),
    (17, 1700002400000, 600, NULL, NULL, '10.0.0.0/255.0.0.0', 'nginx', 0, NULL, NULL, NULL)) AS v
JOIN addresses AS a ON a.ip = v.column6 JOIN jails AS j ON j.name = v.column7;
UPDATE counters SET value = 17 WHERE name = 'event';
INSERT INTO ban_notes (ban_id, at_end, by_user, reason, search) VALUES (13, 0, 'Alice', NULL, 'alice'), (-1, 1, 'Bob', NULL, 'bob');
INSERT INTO ban_matches (ban_id, lines, cut) VALUES (-1, '[\"a line\"]', 0);
INSERT INTO active_bans (server_id, jail, ip, ip_key, banned_at, bantime, expires_at, ban_count, origin, by_user, reason,
    search) VALUES
    ('local', 'nginx', '::ffff:192.0.2.60', '00000000000000000000ffffc000023c', 1700002000000, 600, 1700002600000, NULL,
        'manual', 'Alice', NULL, 'x'),
    ('local', 'nginx', '192.0.2.60', '00000000000000000000ffffc000023c', 1700002100000, 600, 1700002700000, NULL,
        'detected', NULL, NULL, 'x'),
    ('local', 'nginx', '2001:0DB8::7', '20010db8000000000000000000000007', 1700002200000, 600, 1700002800000, NULL,
        'detected', NULL, NULL, 'x'),
    ('local', 'nginx', '[2001:db8::9]', '', 1700002300000, 600, 1700002900000, NULL, 'detected', NULL, NULL, 'x'),
    ('local', 'nginx', '10.0.0.0/255.0.0.0', '', 1700002400000, 600, 1700003000000, NULL, 'detected', NULL, NULL, 'x');";

async fn is_joined(db: &Db) {
    let check = db.check_history().await.unwrap();
    assert!(check.wrong_days.is_empty(), "{check:?}");
    let target = Target::parse(PLAIN).unwrap();
    let story = db.address(&ServerId::local(), &target).await.unwrap();
    let mut jails: Vec<_> =
        story.jails.iter().map(|in_jail| (in_jail.jail.to_string(), in_jail.bans)).collect();
    jails.sort();
    assert_eq!(jails, [("nginx".to_owned(), 2), ("sshd".to_owned(), 2)]);
    assert_eq!(story.place.country.to_string(), "NL");
    let mut query = all_events();
    query.filter.targets.any_of = vec![target];
    let events = db.find_events(&query).await.unwrap().items;
    let told: Vec<_> =
        events.iter().map(|event| (event.id.0, event.ban.0, event.failures, event.by.as_deref())).collect();
    // The live ban has kept its number, and has what only the imported one knew.
    assert_eq!(
        told,
        [
            (14, 14, None, None),
            (13, 13, None, Some("Alice")),
            (12, 11, None, Some("Bob")),
            (11, 11, Some(5), None),
            (-4, -3, None, None),
            (-3, -3, None, None),
        ]
    );
    assert!(db.matches(bangui_domain::model::EventId(11)).await.unwrap().is_some());
    for id in ["2001:db8::7", "2001:db8::9", "10.0.0.0/8"] {
        let other = db.address(&ServerId::local(), &Target::parse(id).unwrap()).await.unwrap();
        assert_eq!((other.jails[0].bans, other.active.len()), (1, 1), "{id}");
    }
    // The newer ban is in force, and both spellings lift it.
    let mut bans = db.active(&ServerId::local(), &jail("nginx")).await.unwrap();
    bans.retain(|ban| ban.key.id.as_str() != "198.51.100.9");
    bans.sort_by(|a, b| a.key.cmp(&b.key));
    let bans: Vec<_> = bans.iter().map(|ban| (spellings(&ban.key.id), ban.origin)).collect();
    let told = [vec!["10.0.0.0/255.0.0.0"], vec![PLAIN, MAPPED], vec!["2001:0DB8::7"], vec!["[2001:db8::9]"]];
    assert_eq!(bans, told.map(|spellings| (spellings, Origin::Detected)));
    assert_eq!(active(db, "nginx").await.len(), 5);
}

async fn old_spellings_are_joined(kind: DbKind) {
    let place = Place::of_schema(kind, "0011");
    place.execute(OLD).unwrap();
    let archived = archive(place.url());
    let db = connect(&place).await;
    db.migrate().await.unwrap();
    is_joined(&db).await;
    // And those in an archive of that time.
    let other = Place::new(if kind == DbKind::Sqlite { DbKind::Postgres } else { DbKind::Sqlite });
    let restored = connect(&other).await;
    restored.load(source(archived), false, None).await.unwrap();
    is_joined(&restored).await;
}

#[tokio::test]
async fn old_spellings_are_joined_on_sqlite() {
    old_spellings_are_joined(DbKind::Sqlite).await;
}

#[tokio::test]
async fn old_spellings_are_joined_on_postgres() {
    old_spellings_are_joined(DbKind::Postgres).await;
}
