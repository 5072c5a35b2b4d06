//! The packs are those of the rows, however they came about, and are made anew where they are not there.

use bangui_domain::model::{HistoryFilter, Origin, ServerId};
use bangui_domain::ports::History;
use bangui_test_support::both_databases;

use super::{period, seen};
use crate::bans::{end, record};

both_databases!(packs_are_equal_to_the_rows_and_a_difference_is_told, |test| async move {
    let db = test.db();
    // More than a part holds, on one day, and some on others; some told twice, and differently.
    let many = (0..5_000).map(|n| {
        let mut seen = seen("sshd", 1, n, Origin::Restored);
        seen.ban.key.id = bangui_domain::model::BanId::from_reported(format!("10.0.{}.{}", n / 250, n % 250));
        seen
    });
    record(db, many.clone().collect(), Vec::new()).await;
    let mut known: Vec<_> = many.collect();
    for seen in known.iter_mut().step_by(3) {
        seen.failures = Some(4);
        seen.ban.origin = Origin::Detected;
    }
    record(db, known, vec![end("sshd", "10.0.0.1", 1), end("sshd", "10.0.0.2", 2)]).await;
    record(db, vec![seen("nginx", 2, -100_000, Origin::Manual)], Vec::new()).await;

    let check = db.check_history().await.unwrap();
    assert_eq!((check.rows, check.packed, check.wrong_days.len()), (5_003, 5_003, 0));
    assert!(test.count("ban_packs WHERE entries > 4096") == 0 && test.count("ban_packs") > 3);
    let everything = HistoryFilter::of(ServerId::local());
    let totals = db.totals(&everything, period(-200_000, 200_000)).await.unwrap();
    assert_eq!(totals.bans, 1_668);

    test.execute("DELETE FROM bans WHERE id = 7");
    test.execute("UPDATE ban_packs SET attacks = attacks + 1 WHERE kind = 1");
    let check = db.check_history().await.unwrap();
    assert_eq!(check.wrong_days.len(), 1, "{check:?}");
    assert_eq!(db.rebuild_history().await.unwrap(), 5_002);
    assert!(db.check_history().await.unwrap().wrong_days.is_empty());

    // What an older BanGUI wrote has none.
    test.execute("DELETE FROM ban_packs");
    assert_eq!(db.totals(&everything, period(-200_000, 200_000)).await.unwrap().bans, 0);
    db.migrate().await.unwrap();
    assert_eq!(db.check_history().await.unwrap().packed, 5_002);
    assert!(db.totals(&everything, period(-200_000, 200_000)).await.unwrap().bans >= 1_667);
});
