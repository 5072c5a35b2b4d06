//! Counted tries to log in: shared by all connections, one at a time, and in the database's own time. Waits are an
//! hour, so that no test depends on how fast it runs.

use bangui_domain::model::{Admission, Fence, TryCounter, TryKind, TryRule};
use bangui_domain::ports::{StoreError, TryStore};
use bangui_persistence::Db;
use bangui_test_support::both_databases;

const HOUR: i64 = 3_600_000;
const RULE: TryRule = TryRule {
    free: 5,
    first_wait: HOUR,
    longest_wait: 4 * HOUR,
    forget_after: 100 * HOUR,
    keep_for: 200 * HOUR,
};
/// More than the database itself can be counted upon to be slow by.
const SLACK: i64 = HOUR / 2;

fn counter(kind: TryKind, subject: &str) -> TryCounter {
    TryCounter { kind, subject: subject.to_owned(), rule: RULE }
}

fn address() -> TryCounter {
    counter(TryKind::Address, "192.0.2.1")
}

fn account() -> TryCounter {
    counter(TryKind::Account, "admin")
}

fn known() -> TryCounter {
    counter(TryKind::Known, "admin 192.0.2.1")
}

async fn admit(db: &Db, others: &[TryCounter]) -> Admission {
    db.admit(None, others).await.unwrap()
}

/// Asserts that a try has to wait for about so many hours.
async fn waits(db: &Db, others: &[TryCounter], hours: i64) {
    let Admission::Wait(millis) = admit(db, others).await else { panic!("the try was looked at") };
    assert!((hours * HOUR - SLACK..=hours * HOUR).contains(&millis), "{millis}");
}

async fn fail(db: &Db, others: &[TryCounter], times: usize) {
    for _ in 0..times {
        assert_eq!(admit(db, others).await, Admission::Counted(others.to_vec()));
    }
}

both_databases!(tries_are_counted_until_they_have_to_wait, |test| async move {
    let (db, both) = (test.db(), [address(), account()]);
    fail(db, &both, 5).await;
    waits(db, &both, 1).await;
    waits(db, &[account()], 1).await;
    assert_eq!(test.count("login_tries WHERE tries = 5"), 2, "a refusal counts for nothing");

    test.execute(&format!("UPDATE login_tries SET last_at = last_at - {HOUR}"));
    fail(db, &both, 1).await;
    waits(db, &both, 2).await;
    test.execute("UPDATE login_tries SET tries = 50");
    waits(db, &both, 4).await;
    test.execute(&format!("UPDATE login_tries SET last_at = last_at - {}", 100 * HOUR));
    fail(db, &both, 5).await;
    waits(db, &both, 1).await;
});

both_databases!(what_has_to_wait_counts_under_nothing_else, |test| async move {
    let db = test.db();
    fail(db, &[account()], 5).await;
    waits(db, &[address(), account()], 1).await;
    assert_eq!(test.count("login_tries"), 1, "no row is made for a try that was not looked at");
    fail(db, &[address()], 4).await;
    waits(db, &[account(), address()], 1).await;
    assert_eq!(test.count("login_tries WHERE kind = 'address' AND tries = 4"), 1);
    fail(db, &[], 20).await;
});

both_databases!(the_database_outlives_the_process, |test| async move {
    fail(test.db(), &[account()], 5).await;
    waits(&test.second().await, &[account()], 1).await;
});

both_databases!(many_at_once_get_no_further_than_the_same_in_a_row, |test| async move {
    let dbs = [test.db().clone(), test.second().await, test.second().await, test.second().await];
    let mut tries = Vec::new();
    for number in 0..80_usize {
        let db = dbs[number % dbs.len()].clone();
        // Each order of asking, so that a circle of waiting would show.
        let others = if number % 3 == 0 { vec![account(), address()] } else { vec![address(), account()] };
        tries.push(tokio::spawn(async move { db.admit(Some(&known()), &others).await.unwrap() }));
    }
    let mut counted = 0;
    for one in tries {
        counted += usize::from(matches!(one.await.unwrap(), Admission::Counted(_)));
    }
    assert_eq!(counted, 5);
    assert_eq!(test.count("login_tries WHERE tries = 5"), 2);
});

both_databases!(counting_and_clearing_at_once_come_to_an_end, |test| async move {
    let dbs = [test.db().clone(), test.second().await];
    let mut tries = Vec::new();
    for number in 0..60_usize {
        let db = dbs[number % dbs.len()].clone();
        tries.push(tokio::spawn(async move {
            let both = [address(), account()];
            match db.admit(Some(&known()), &both).await.unwrap() {
                Admission::Counted(counted) if number % 2 == 0 => {
                    db.clear(&counted, Some(&known())).await.unwrap();
                }
                Admission::Counted(counted) => db.take_back(&counted).await.unwrap(),
                Admission::Wait(_) => {}
            }
        }));
    }
    for one in tries {
        one.await.unwrap();
    }
    assert_eq!(test.count("login_tries WHERE tries > 0"), 0, "each was cleared or taken back");
});

both_databases!(a_success_begins_anew_and_is_remembered, |test| async move {
    let (db, both) = (test.db(), [address(), account()]);
    fail(db, &both, 3).await;
    assert_eq!(db.admit(Some(&known()), &both).await.unwrap(), Admission::Counted(both.to_vec()));
    db.clear(&both, Some(&known())).await.unwrap();
    assert_eq!(
        (test.count("login_tries"), test.count("login_tries WHERE kind = 'known' AND tries = 0")),
        (1, 1)
    );

    for _ in 0..5 {
        let admitted = db.admit(Some(&known()), &both).await.unwrap();
        assert_eq!(admitted, Admission::Counted(vec![known()]), "counted by itself alone");
    }
    assert!(matches!(db.admit(Some(&known()), &both).await.unwrap(), Admission::Wait(_)));
    assert_eq!(test.count("login_tries"), 1);
    db.clear(&[known()], Some(&known())).await.unwrap();
    assert_eq!(test.count("login_tries WHERE kind = 'known' AND tries = 0"), 1);

    test.execute(&format!("UPDATE login_tries SET keep_until = keep_until - {}", 200 * HOUR));
    let admitted = db.admit(Some(&known()), &both).await.unwrap();
    assert_eq!(admitted, Admission::Counted(both.to_vec()), "forgotten, though not pruned yet");
});

both_databases!(a_try_that_is_taken_back_leaves_nothing, |test| async move {
    let (db, both) = (test.db(), [address(), account()]);
    fail(db, &[account()], 1).await;
    for _ in 0..20 {
        fail(db, &both, 1).await;
        db.take_back(&both).await.unwrap();
    }
    assert_eq!((test.count("login_tries"), test.count("login_tries WHERE tries = 1")), (1, 1));
    db.take_back(&both).await.unwrap();
    db.take_back(&both).await.unwrap();
    assert_eq!(test.count("login_tries"), 0);
});

both_databases!(a_clock_that_was_set_back_locks_nobody_out, |test| async move {
    fail(test.db(), &[account()], 5).await;
    test.execute(&format!("UPDATE login_tries SET last_at = last_at + {}", 1000 * HOUR));
    fail(test.db(), &[account()], 1).await;
    waits(test.db(), &[account()], 2).await;
});

both_databases!(what_is_not_used_is_pruned_and_the_rest_is_bounded, |test| async move {
    let (db, fence) = (test.db(), test.lead().await);
    for number in 0..10 {
        fail(db, &[counter(TryKind::Address, &number.to_string())], 1).await;
        test.execute(&format!("UPDATE login_tries SET last_at = last_at - {HOUR} WHERE kind = 'address'"));
    }
    fail(db, &[account()], 1).await;
    db.clear(&[], Some(&known())).await.unwrap();
    assert_eq!(db.prune(fence, 10).await.unwrap(), 0);
    assert_eq!(db.prune(fence, 4).await.unwrap(), 6);
    assert_eq!(test.count("login_tries WHERE kind = 'address' AND subject IN ('6', '7', '8', '9')"), 4);
    assert_eq!(test.count("login_tries"), 6);
    test.execute(&format!(
        "UPDATE login_tries SET keep_until = keep_until - {} WHERE subject = '6'",
        200 * HOUR
    ));
    assert_eq!(db.prune(fence, 10).await.unwrap(), 1);
    let older = db.prune(Fence(fence.0 - 1), 0).await.unwrap_err();
    assert!(matches!(older, StoreError::StaleFence), "{older:?}");
    assert_eq!(test.count("login_tries"), 5);
});
