//! The lease: one holder at a time, by the database's own time, with a fence that only grows.

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
    match db.acquire("scheduler", &holder(id), ttl).await.unwrap() {
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
    assert_eq!(db.acquire("scheduler", &holder("b"), LONG).await.unwrap(), Acquired::HeldBy(lease.clone()));
    assert_eq!(db.current("scheduler").await.unwrap(), Some(lease.clone()));
    assert!(matches!(db.acquire("another", &holder("b"), LONG).await.unwrap(), Acquired::Yes(_)));

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

both_databases!(a_lease_that_ran_out_is_lost, |test| async move {
    let db = test.db();
    let lease = take(db, "a", 1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(db.renew("scheduler", lease.fence, LONG).await.unwrap(), None);
    let next = take(db, "b", LONG).await;
    assert_eq!(next.fence.0, lease.fence.0 + 1);
    assert_eq!(db.renew("scheduler", lease.fence, LONG).await.unwrap(), None);
    assert!(matches!(db.acquire("scheduler", &holder("a"), LONG).await.unwrap(), Acquired::HeldBy(_)));
});

both_databases!(a_lease_given_back_is_free_and_its_fence_stays, |test| async move {
    let db = test.db();
    let lease = take(db, "a", LONG).await;
    db.release("scheduler", lease.fence).await.unwrap();
    assert_eq!(db.renew("scheduler", lease.fence, LONG).await.unwrap(), None);
    let left = db.current("scheduler").await.unwrap().unwrap();
    assert!(left.expires_at < lease.expires_at);
    assert_eq!(take(db, "b", LONG).await.fence.0, lease.fence.0 + 1);
});

both_databases!(of_many_at_once_one_gets_it, |test| async move {
    let mut tries = Vec::new();
    for number in 0..8 {
        let db = if number % 2 == 0 { test.db().clone() } else { test.second().await };
        tries.push(tokio::spawn(async move {
            db.acquire("scheduler", &holder(&number.to_string()), LONG).await.unwrap()
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
