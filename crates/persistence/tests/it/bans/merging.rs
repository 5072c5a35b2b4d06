//! A ban that is told again: what it adds stays, in the history and among the active bans.

use bangui_domain::model::{ActiveBan, BanEvent, BanTime, Origin, ServerId};
use bangui_domain::ports::BanStore;
use bangui_persistence::Db;
use bangui_test_support::both_databases;

use super::{active, all_events, ban, end, history, jail, record};

/// The one event and the one active ban, which must agree.
async fn the_one(db: &Db) -> (BanEvent, ActiveBan) {
    let events = history(db).await;
    let bans = db.active(&ServerId::local(), &jail("sshd")).await.unwrap();
    assert_eq!((events.len(), bans.len()), (1, 1));
    let (event, ban) = (events[0].clone(), bans[0].clone());
    assert_eq!((&event.key, event.bantime, event.ban_count), (&ban.key, ban.bantime, ban.ban_count));
    assert_eq!((event.origin, &event.by, &event.reason), (ban.origin, &ban.by, &ban.reason));
    (event, ban)
}

both_databases!(fail2bans_database_completes_what_the_list_told, |test| async move {
    let db = test.db();
    let mut listed = ban("sshd", "192.0.2.1", 0);
    listed.ban.origin = Origin::Restored;
    record(db, vec![listed.clone()], Vec::new()).await;

    let mut stored = ban("sshd", "192.0.2.1", 0);
    stored.failures = Some(7);
    stored.ban.ban_count = Some(3);
    // A row of fail2ban's database does not say whether the ban is in force.
    stored.in_force = false;
    assert!(record(db, vec![stored], Vec::new()).await.is_empty());
    let (event, _) = the_one(db).await;
    assert_eq!((event.failures, event.ban_count, event.origin), (Some(7), Some(3), Origin::Detected));

    assert!(record(db, vec![listed], Vec::new()).await.is_empty());
    let (event, _) = the_one(db).await;
    assert_eq!((event.failures, event.ban_count, event.origin), (Some(7), Some(3), Origin::Detected));
});

both_databases!(a_users_ban_stays_theirs, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    let mut asked = ban("sshd", "192.0.2.1", 0);
    asked.ban.origin = Origin::Manual;
    asked.ban.by = Some("admin".into());
    asked.ban.reason = Some("scanner".into());
    assert!(record(db, vec![asked], Vec::new()).await.is_empty());
    let mut stored = ban("sshd", "192.0.2.1", 0);
    stored.failures = Some(0);
    record(db, vec![stored], Vec::new()).await;
    let (event, _) = the_one(db).await;
    assert_eq!(
        (event.origin, event.by.as_deref(), event.reason.as_deref()),
        (Origin::Manual, Some("admin"), Some("scanner"))
    );
    assert_eq!(event.failures, Some(0));
});

both_databases!(a_ban_that_is_prolonged_has_its_new_length, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    for length in [BanTime::Seconds(86_400), BanTime::Permanent, BanTime::Seconds(60)] {
        let mut longer = ban("sshd", "192.0.2.1", 0);
        longer.ban.bantime = length;
        assert!(record(db, vec![longer], Vec::new()).await.is_empty());
        assert_eq!(the_one(db).await.0.bantime, length);
    }
});

both_databases!(what_is_told_of_an_older_ban_does_not_touch_the_active_one, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 0), ban("sshd", "192.0.2.1", 1_000)], Vec::new()).await;
    let mut older = ban("sshd", "192.0.2.1", 0);
    older.in_force = false;
    older.failures = Some(9);
    older.ban.ban_count = Some(1);
    older.ban.bantime = BanTime::Seconds(1);
    record(db, vec![older], Vec::new()).await;
    assert_eq!(active(db, "sshd").await, [("192.0.2.1".into(), 1_000)]);
    let bans = db.active(&ServerId::local(), &jail("sshd")).await.unwrap();
    assert_eq!((bans[0].bantime, bans[0].ban_count), (BanTime::Seconds(600), None));
    let failures: Vec<_> = history(db).await.into_iter().map(|event| event.failures).collect();
    assert_eq!(failures, [Some(9), None]);
});

both_databases!(a_merged_reason_can_be_searched, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    let mut asked = ban("sshd", "192.0.2.1", 0);
    asked.ban.by = Some("Zoë".into());
    asked.ban.reason = Some("Port SCAN".into());
    record(db, vec![asked], Vec::new()).await;
    for text in ["port scan", "zoË"] {
        let mut query = all_events();
        query.filter.texts = vec![text.into()];
        assert_eq!(db.find_events(&query).await.unwrap().items.len(), 1, "{text}");
        let mut bans = bangui_domain::model::BanQuery::of(ServerId::local());
        bans.text = Some(text.into());
        assert_eq!(db.find_bans(&bans).await.unwrap().items.len(), 1, "{text}");
    }
});

both_databases!(a_second_of_rounding_makes_no_second_ban, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 10)], Vec::new()).await;
    let mut rounded = ban("sshd", "192.0.2.1", 11);
    rounded.failures = Some(0);
    assert!(record(db, vec![rounded], Vec::new()).await.is_empty());
    let (event, _) = the_one(db).await;
    assert_eq!((event.key, event.failures), (ban("sshd", "192.0.2.1", 10).ban.key, Some(0)));

    // Its end comes under either beginning, and once.
    assert_eq!(record(db, Vec::new(), vec![end("sshd", "192.0.2.1", 11)]).await.len(), 1);
    assert!(record(db, Vec::new(), vec![end("sshd", "192.0.2.1", 10)]).await.is_empty());
    assert!(active(db, "sshd").await.is_empty());
});

both_databases!(what_is_banned_again_at_once_after_a_hand_has_lifted_it_is_another_ban, |test| async move {
    let db = test.db();
    let first = ban("sshd", "192.0.2.1", 10);
    record(db, vec![first], Vec::new()).await;
    let mut lifted = end("sshd", "192.0.2.1", 10);
    lifted.origin = Origin::Manual;
    record(db, Vec::new(), vec![lifted]).await;
    assert_eq!(record(db, vec![ban("sshd", "192.0.2.1", 11)], Vec::new()).await.len(), 1);
    assert_eq!(active(db, "sshd").await.len(), 1);
});
