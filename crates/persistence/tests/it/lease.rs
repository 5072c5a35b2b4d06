//! The lease: one holder at a time, with a fence that only grows, whatever the database's clock says.

use std::time::Duration;

use bangui_domain::model::{Lease, LeaseHolder};
use bangui_domain::ports::{Acquired, LeaseStore};
use bangui_persistence::Db;
use bangui_test_support::both_databases;

const LONG: i64 = 600_000;

fn holder(id: &str) -> LeaseHolder {
    LeaseHolder { id: id.into(), host: format!("host-{id}"), pid: u32::MAX, version: "0.1.0".into() }
}

async fn take(db: &Db, id: &str, ttl: i64) -> Lease {
    match db.acquire("scheduler", &holder(id), ttl, None).await.unwrap() {
        Acquired::Yes(lease) => lease,
        Acquired::HeldBy(other) => panic!("{id} was refused, {other:?} holds it"),
    }
}

both_databases!(a_held_lease_is_refused_to_others_and_says_who_holds_it, |test| async move {
    let db = test.db();
    assert_eq!(db.current("scheduler").await.unwrap(), None);
    let lease = take(db, "a", LONG).await;
    assert_eq!(lease.holder, holder("a"));
    assert_eq!(lease.expires_at.millis_since(lease.acquired_at), LONG);
    assert_eq!(
        db.acquire("scheduler", &holder("b"), LONG, None).await.unwrap(),
        Acquired::HeldBy(lease.clone())
    );
    assert_eq!(db.current("scheduler").await.unwrap(), Some(lease.clone()));
    assert!(matches!(db.acquire("another", &holder("b"), LONG, None).await.unwrap(), Acquired::Yes(_)));

    let again = take(db, "a", LONG).await;
    assert_eq!(again.fence.0, lease.fence.0 + 1, "its own holder takes it anew");
});

both_databases!(a_lease_is_renewed_under_its_fence_alone, |test| async move {
    let db = test.db();
    let lease = take(db, "a", 60_000).await;
    let renewed = db.renew("scheduler", lease.fence, LONG).await.unwrap().unwrap();
    assert!(renewed.expires_at.millis_since(lease.expires_at) >= LONG - 60_000);
    assert_eq!((renewed.fence, renewed.acquired_at), (lease.fence, lease.acquired_at));

    let newer = take(db, "a", LONG).await;
    assert_eq!(db.renew("scheduler", lease.fence, LONG).await.unwrap(), None, "the fence is an older one");
    db.release("scheduler", lease.fence).await.unwrap();
    assert_eq!(db.current("scheduler").await.unwrap(), Some(newer), "an older fence gives nothing back");
});

both_databases!(time_alone_takes_a_lease_from_nobody, |test| async move {
    let db = test.db();
    let lease = take(db, "a", 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let refused = db.acquire("scheduler", &holder("b"), LONG, None).await.unwrap();
    assert_eq!(refused, Acquired::HeldBy(lease.clone()));
    let renewed = db.renew("scheduler", lease.fence, LONG).await.unwrap().unwrap();
    assert_eq!(renewed.fence, lease.fence);
});

both_databases!(a_lease_that_was_not_renewed_goes_to_whoever_has_watched_it, |test| async move {
    let db = test.db();
    let watched = take(db, "a", LONG).await;
    let renewed = db.renew("scheduler", watched.fence, LONG).await.unwrap().unwrap();
    let late = db.acquire("scheduler", &holder("b"), LONG, Some(&watched)).await.unwrap();
    assert_eq!(late, Acquired::HeldBy(renewed.clone()), "it was renewed meanwhile");
    let mut tries = Vec::new();
    for id in ["b", "c"] {
        tries.push(db.acquire("scheduler", &holder(id), LONG, Some(&renewed)).await.unwrap());
    }
    let Acquired::Yes(next) = &tries[0] else { panic!("{tries:?}") };
    assert_eq!(tries[1], Acquired::HeldBy(next.clone()), "the other one came second");
    assert_eq!(next.fence.0, watched.fence.0 + 1);
    assert_eq!(db.renew("scheduler", watched.fence, LONG).await.unwrap(), None);
});

both_databases!(a_renewal_shows_also_when_the_clock_was_set_back, |test| async move {
    let db = test.db();
    let mut lease = take(db, "a", LONG).await;
    test.execute(
        "UPDATE scheduler_lock SET acquired_at = acquired_at + 3600000, expires_at = expires_at + 3600000",
    );
    let mut ends = Vec::new();
    for _ in 0..3 {
        lease = db.renew("scheduler", lease.fence, LONG).await.unwrap().unwrap();
        ends.push(lease.expires_at);
    }
    assert!(ends.is_sorted_by(|a, b| a < b), "{ends:?}");
});

both_databases!(a_lease_given_back_is_free_and_its_fence_stays, |test| async move {
    let db = test.db();
    let lease = take(db, "a", LONG).await;
    db.release("scheduler", lease.fence).await.unwrap();
    assert_eq!(db.renew("scheduler", lease.fence, LONG).await.unwrap(), None);
    let left = db.current("scheduler").await.unwrap().unwrap();
    assert!(left.is_free() && !lease.is_free());
    assert_eq!(take(db, "b", LONG).await.fence.0, lease.fence.0 + 1);
});

both_databases!(of_many_at_once_one_gets_it, |test| async move {
    let mut tries = Vec::new();
    for number in 0..8 {
        let db = if number % 2 == 0 { test.db().clone() } else { test.second().await };
        tries.push(tokio::spawn(async move {
            db.acquire("scheduler", &holder(&number.to_string()), LONG, None).await.unwrap()
        }));
    }
    let mut given = 0;
    for one in tries {
        if matches!(one.await.unwrap(), Acquired::Yes(_)) {
            given += 1;
        }
    }
    assert_eq!(given, 1);
});
