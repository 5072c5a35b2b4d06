//! What a batch writes: once, whole, under the fence, and visible in the order of its numbers.

use bangui_domain::model::{
    BanId, BanTime, EventId, EventKind, Fence, LeaseHolder, Origin, ServerId, Timestamp,
};
use bangui_domain::ports::SCHEDULER_LEASE;
use bangui_domain::ports::{Acquired, BanBatch, BanStore, HistoryCursor, LeaseStore, StoreError};
use bangui_test_support::both_databases;

use super::{START, active, at, ban, batch, end, fenced, history, jail, key, record};

both_databases!(the_same_batch_is_written_once, |test| async move {
    let db = test.db();
    let bans =
        || vec![ban("sshd", "192.0.2.1", 0), ban("sshd", "2001:db8::1", 5), ban("nginx", "192.0.2.1", 0)];
    let first = record(db, bans(), vec![end("sshd", "192.0.2.9", -700)]).await;
    assert_eq!(first.len(), 5, "the end of a ban that nobody saw makes it known");
    assert!(record(db, bans(), vec![end("sshd", "192.0.2.9", -700)]).await.is_empty());
    assert_eq!(history(db).await, first, "what is answered is what is stored");
    let kinds: Vec<EventKind> = first.iter().map(|event| event.kind).collect();
    assert_eq!(kinds[..3], [EventKind::Ban, EventKind::Unban, EventKind::Ban], "numbered as things happened");
    assert_eq!((first[0].origin, first[0].ban, first[1].ban), (Origin::Restored, first[0].id, first[0].id));
    assert!(first.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(active(db, "sshd").await, [("192.0.2.1".into(), 0), ("2001:db8::1".into(), 5)]);
    assert_eq!(active(db, "nginx").await, [("192.0.2.1".into(), 0)]);
    assert_eq!(db.active_jails(&ServerId::local()).await.unwrap(), [jail("nginx"), jail("sshd")]);
});

both_databases!(one_ban_told_twice_in_one_batch_is_one_event, |test| async move {
    let db = test.db();
    let mut counted = ban("sshd", "192.0.2.1", 0);
    counted.failures = Some(4);
    let events = record(db, vec![ban("sshd", "192.0.2.1", 0), counted], Vec::new()).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].failures, Some(4));
});

both_databases!(every_field_comes_back, |test| async move {
    let db = test.db();
    let mut asked = ban("web, two", "odd id'; %_\\ü", 0);
    asked.ban.bantime = BanTime::Permanent;
    asked.ban.ban_count = Some(2_147_483_647);
    asked.ban.origin = Origin::Manual;
    asked.ban.by = Some("admin".into());
    asked.ban.reason = Some("because\nof this".into());
    asked.failures = Some(0);
    let event = record(db, vec![asked.clone()], Vec::new()).await.remove(0);
    assert_eq!((event.kind, event.occurred_at, event.failures), (EventKind::Ban, at(0), Some(0)));
    let found = db.active(&ServerId::local(), &jail("web, two")).await.unwrap();
    assert_eq!(found, [asked.ban.clone()]);

    let mut lifted = end("web, two", "odd id'; %_\\ü", 0);
    lifted.bantime = BanTime::Permanent;
    lifted.at = Timestamp::from_millis(START * 1000 + 1_234);
    lifted.origin = Origin::Manual;
    lifted.by = Some("admin".into());
    lifted.reason = Some("a mistake".into());
    let event = record(db, Vec::new(), vec![lifted.clone()]).await.remove(0);
    assert_eq!((event.kind, event.occurred_at, event.bantime), (EventKind::Unban, lifted.at, lifted.bantime));
    assert_eq!((event.key, event.by, event.reason), (lifted.key, lifted.by, lifted.reason));
    assert_eq!((event.ban_count, event.failures, event.origin), (asked.ban.ban_count, None, Origin::Manual));
    assert!(active(db, "web, two").await.is_empty());
});

both_databases!(a_newer_ban_replaces_an_older_one_and_not_the_other_way, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 100)], Vec::new()).await;
    assert_eq!(
        record(db, vec![ban("sshd", "192.0.2.1", 50)], Vec::new()).await.len(),
        1,
        "an event all the same"
    );
    assert_eq!(active(db, "sshd").await, [("192.0.2.1".into(), 100)]);
    record(db, vec![ban("sshd", "192.0.2.1", 200)], Vec::new()).await;
    assert_eq!(active(db, "sshd").await, [("192.0.2.1".into(), 200)]);
});

both_databases!(a_ban_of_the_past_is_history_alone, |test| async move {
    let db = test.db();
    let mut past = ban("sshd", "192.0.2.1", 0);
    past.in_force = false;
    assert_eq!(record(db, vec![past], Vec::new()).await.len(), 1);
    assert!(active(db, "sshd").await.is_empty());
});

both_databases!(an_end_takes_away_its_own_ban_alone_and_is_not_changed, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 100)], Vec::new()).await;
    assert_eq!(record(db, Vec::new(), vec![end("sshd", "192.0.2.1", 0)]).await.len(), 2);
    assert_eq!(
        active(db, "sshd").await,
        [("192.0.2.1".into(), 100)],
        "the older ban's end is not this one's"
    );
    assert_eq!(record(db, Vec::new(), vec![end("sshd", "192.0.2.1", 100)]).await.len(), 1);
    assert!(active(db, "sshd").await.is_empty());

    let mut other = end("sshd", "192.0.2.1", 100);
    other.origin = Origin::Manual;
    other.by = Some("late".into());
    let before = history(db).await;
    assert!(record(db, Vec::new(), vec![other]).await.is_empty());
    assert_eq!(history(db).await, before);
});

both_databases!(a_ban_that_ends_in_its_own_batch_is_not_left_active, |test| async move {
    let db = test.db();
    let events = record(db, vec![ban("sshd", "192.0.2.1", 0)], vec![end("sshd", "192.0.2.1", 0)]).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Ban, EventKind::Unban]);
    assert!(active(db, "sshd").await.is_empty());
});

both_databases!(a_writer_without_the_lease_writes_nothing, |test| async move {
    let db = test.db();
    let holder =
        |id: &str| LeaseHolder { id: id.to_owned(), host: "host".into(), pid: 1, version: "0".into() };
    let refused =
        BanStore::record(db, &fenced(Fence(1), vec![ban("sshd", "192.0.2.1", 0)])).await.unwrap_err();
    assert!(matches!(refused, StoreError::StaleFence), "nobody holds the lease: {refused:?}");

    let Acquired::Yes(lease) = db.acquire(SCHEDULER_LEASE, &holder("a"), 60_000, None).await.unwrap() else {
        panic!("a free lease was not given")
    };
    BanStore::record(db, &fenced(lease.fence, vec![ban("sshd", "192.0.2.1", 0)])).await.unwrap();
    db.release(SCHEDULER_LEASE, lease.fence).await.unwrap();
    db.acquire(SCHEDULER_LEASE, &holder("b"), 60_000, None).await.unwrap();

    let mut stale = fenced(lease.fence, vec![ban("sshd", "192.0.2.2", 0)]);
    stale.ends = vec![end("sshd", "192.0.2.1", 0)];
    stale.cursor = Some(HistoryCursor { rowid: 9, timeofban: 9 });
    let refused = BanStore::record(db, &stale).await.unwrap_err();
    assert!(matches!(refused, StoreError::StaleFence), "{refused:?}");
    assert_eq!(history(db).await.len(), 1);
    assert_eq!(active(db, "sshd").await, [("192.0.2.1".into(), 0)]);
    assert_eq!(db.history_cursor(&ServerId::local()).await.unwrap(), None);
    assert_eq!(
        record(db, vec![ban("sshd", "192.0.2.2", 0)], Vec::new()).await.len(),
        1,
        "a user needs no lease"
    );
});

both_databases!(the_history_cursor_goes_with_the_batch, |test| async move {
    let db = test.db();
    assert_eq!(db.history_cursor(&ServerId::local()).await.unwrap(), None);
    for rowid in [7, 3] {
        let cursor = HistoryCursor { rowid, timeofban: START };
        let with_cursor = BanBatch { cursor: Some(cursor), ..batch(Vec::new(), Vec::new()) };
        BanStore::record(db, &with_cursor).await.unwrap();
        BanStore::record(db, &batch(Vec::new(), Vec::new())).await.unwrap();
        assert_eq!(db.history_cursor(&ServerId::local()).await.unwrap(), Some(cursor));
    }
});

both_databases!(an_unknown_server_is_refused_and_servers_are_kept_apart, |test| async move {
    let db = test.db();
    let other = ServerId::from_stored("other".into());
    let there = BanBatch { server: other.clone(), ..batch(vec![ban("sshd", "192.0.2.1", 0)], Vec::new()) };
    assert!(matches!(BanStore::record(db, &there).await.unwrap_err(), StoreError::NotFound));
    test.execute("INSERT INTO servers (id) VALUES ('other')");
    assert_eq!(BanStore::record(db, &there).await.unwrap().events.len(), 1);
    assert!(history(db).await.is_empty());
    assert!(db.active_jails(&ServerId::local()).await.unwrap().is_empty());
    assert_eq!(db.active_jails(&other).await.unwrap(), [jail("sshd")]);
    assert_eq!(record(db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await.len(), 1);
});

both_databases!(text_that_a_database_cannot_hold_does_not_lose_the_batch, |test| async move {
    let db = test.db();
    let mut nul = ban("sshd", "user\0name", 0);
    nul.ban.reason = Some("a\0b".into());
    let bans = || vec![nul.clone(), ban("sshd", &"x".repeat(5_000), 0), ban("sshd", "192.0.2.1", 0)];
    assert_eq!(record(db, bans(), Vec::new()).await.len(), 2);
    assert!(record(db, bans(), Vec::new()).await.is_empty(), "written once all the same");
    let ids: Vec<_> = history(db).await.into_iter().map(|event| event.key.id).collect();
    assert!(ids.contains(&BanId::from_reported("user\u{FFFD}name")), "{ids:?}");
    let longest = "x".repeat(1_024);
    assert_eq!(record(db, vec![ban("sshd", &longest, 0)], Vec::new()).await.len(), 1);
});

both_databases!(writers_at_once_write_each_ban_once, |test| async move {
    let others = [test.second().await, test.second().await, test.db().clone(), test.db().clone()];
    let bans: Vec<_> = (0..40).map(|number| ban("sshd", &format!("192.0.2.{number}"), number)).collect();
    let mut writers = Vec::new();
    for db in others {
        let bans = bans.clone();
        writers.push(tokio::spawn(async move {
            let mut new = 0;
            for chunk in bans.chunks(5) {
                new += record(&db, chunk.to_vec(), Vec::new()).await.len();
            }
            new
        }));
    }
    let mut new = 0;
    for writer in writers {
        new += writer.await.unwrap();
    }
    assert_eq!((new, history(test.db()).await.len()), (40, 40));
});

both_databases!(a_reader_that_follows_the_numbers_misses_nothing, |test| async move {
    assert_eq!(test.db().newest_event(&ServerId::local()).await.unwrap(), EventId(0));
    let writers: Vec<_> = [test.second().await, test.second().await]
        .into_iter()
        .zip(["sshd", "nginx"])
        .map(|(db, name)| {
            tokio::spawn(async move {
                for number in 0..60 {
                    record(&db, vec![ban(name, &format!("192.0.2.{number}"), number)], Vec::new()).await;
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    let mut last = EventId(0);
    loop {
        let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
        for event in test.db().events_after(&ServerId::local(), last, 7).await.unwrap() {
            last = event.id;
            seen.push(event);
        }
        if done && test.db().events_after(&ServerId::local(), last, 1).await.unwrap().is_empty() {
            break;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen.len(), 120);
    assert_eq!(seen, history(test.db()).await);
    assert_eq!(test.db().newest_event(&ServerId::local()).await.unwrap(), last);
});

both_databases!(more_bans_than_one_statement_takes, |test| async move {
    let db = test.db();
    let bans: Vec<_> = (0..1_203)
        .map(|number: u32| ban("sshd", &std::net::Ipv4Addr::from(0x0a00_0000 + number).to_string(), 0))
        .collect();
    assert_eq!(record(db, bans.clone(), Vec::new()).await.len(), 1_203);
    assert!(record(db, bans, Vec::new()).await.is_empty());
    let ends: Vec<_> = active(db, "sshd").await.iter().map(|(id, _)| end("sshd", id, 0)).collect();
    assert_eq!(record(db, Vec::new(), ends).await.len(), 1_203);
    assert!(active(db, "sshd").await.is_empty());
    assert_eq!(key("sshd", "10.0.0.0", 0), history(db).await[0].key);
});
