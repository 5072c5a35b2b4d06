//! What is deleted, in steps, and what stays: the packs are those of the rows all the time.

use bangui_domain::model::{EventId, Fence, Gap, GapCause, HistoryFilter, Origin, ServerId};
use bangui_domain::ports::{BanStore, History, HistoryKeeper, StoreError, WatchLog};
use bangui_test_support::both_databases;

use super::{period, seen};
use crate::bans::{at, end, record};

both_databases!(old_bans_go_in_steps_and_those_in_force_stay, |test| async move {
    let db = test.db();
    let fence = test.lead().await;
    let mut bans = Vec::new();
    let mut ends = Vec::new();
    for number in 0..1_200 {
        let mut seen = seen("sshd", 1, number * 100, Origin::Detected);
        seen.ban.key.id =
            bangui_domain::model::BanId::from_reported(format!("10.0.{}.{}", number / 200, number % 200));
        if number > 0 {
            ends.push(end("sshd", seen.ban.key.id.as_str(), number * 100));
        }
        bans.push(seen);
    }
    record(db, bans, ends).await;
    assert!(matches!(db.prune_bans(Fence(fence.0 - 1), at(0)).await, Err(StoreError::StaleFence)));
    assert_eq!(db.oldest_of(1_200).await.unwrap(), None);
    // The 200 newest, and the one that is in force.
    let before = db.oldest_of(200).await.unwrap().unwrap();
    let mut steps = Vec::new();
    loop {
        let count = db.prune_bans(fence, before).await.unwrap();
        let check = db.check_history().await.unwrap();
        assert_eq!((check.rows, check.wrong_days.len()), (check.packed, 0));
        if count == 0 {
            break;
        }
        steps.push(count);
    }
    assert_eq!(steps, [500, 499]);
    let left = db.totals(&HistoryFilter::of(ServerId::local()), period(-1, 1_000_000)).await.unwrap();
    assert_eq!((left.bans, left.addresses), (201, 201));
    assert_eq!(test.count("addresses"), 201);
    let events = db.events_after(&ServerId::local(), EventId(0), u16::MAX).await.unwrap();
    assert_eq!(events.len(), 401);
    assert_eq!(test.count("ban_matches"), 201, "log lines go with their bans");

    assert_eq!(db.prune_matches(fence, at(1_100 * 100)).await.unwrap(), 101);
    let bytes = db.matches_bytes().await.unwrap();
    assert_eq!(db.prune_oldest_matches(fence).await.unwrap(), bytes);
    assert_eq!((db.matches_bytes().await.unwrap(), db.prune_oldest_matches(fence).await.unwrap()), (0, 0));
});

both_databases!(what_was_not_watched_is_kept_and_found_where_it_overlaps, |test| async move {
    let (db, local) = (test.db(), ServerId::local());
    let fence = test.lead().await;
    assert_eq!(db.watched_until(&local).await.unwrap(), None);
    db.watched(&local, fence, at(100), &[]).await.unwrap();
    let gap = Gap { period: period(100, 500), cause: GapCause::Unwatched };
    db.watched(&local, fence, at(600), &[gap]).await.unwrap();
    let away = Gap { period: period(700, 800), cause: GapCause::Fail2banAway };
    db.watched(&local, fence, at(800), &[away]).await.unwrap();
    assert!(matches!(
        db.watched(&local, Fence(fence.0 + 1), at(900), &[]).await,
        Err(StoreError::StaleFence)
    ));
    assert_eq!(db.watched_until(&local).await.unwrap(), Some(at(800)));
    for (since, until, found) in [
        (0, 100, vec![]),
        (0, 101, vec![gap]),
        (499, 701, vec![gap, away]),
        (500, 700, vec![]),
        (800, 900, vec![]),
    ] {
        assert_eq!(db.gaps(&local, period(since, until)).await.unwrap(), found, "{since} {until}");
    }
    assert_eq!(db.prune_audit(fence, at(501)).await.unwrap(), 1);
    assert_eq!(db.gaps(&local, period(0, 1_000)).await.unwrap(), [away]);
});
