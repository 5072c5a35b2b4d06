//! The published run-time state: comes back as it was, with ages in the database's time, from the lock's holder alone.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::model::{
    BanRule, CatchUp, Fail2banState, Fence, JailCounters, JailLog, JailName, JailsSeen, JobPulse, JobTally,
    LeaseHolder, LogFile, LogFileState, Outage, OutageCode, Probe, Problem, ProblemCode, RuntimeState,
    ServerId, Timestamp,
};
use bangui_domain::ports::{
    Acquired, LeaseStore, Notice, Notices, RuntimeStore, SCHEDULER_LEASE, StoreError,
};
use bangui_persistence::{Db, DbKind, NoticeListener};
use bangui_test_support::both_databases;

async fn take_lock(db: &Db, id: &str) -> Fence {
    let holder = LeaseHolder { id: id.into(), host: "host".into(), pid: 1, version: "0.1.0".into() };
    let watched = db.current(SCHEDULER_LEASE).await.unwrap();
    match db.acquire(SCHEDULER_LEASE, &holder, 1, watched.as_ref()).await.unwrap() {
        Acquired::Yes(lease) => lease.fence,
        Acquired::HeldBy(other) => panic!("{other:?} holds it"),
    }
}

fn online() -> RuntimeState {
    let probe = Probe {
        version: "1.1.0".into(),
        latency_micros: 70,
        jails: 1,
        database_file: Some("/var/lib/fail2ban/fail2ban.sqlite3".into()),
        purge_age_secs: Some(86_400),
        rules: [BanRule {
            jail: JailName::parse("sshd-ä").unwrap(),
            maxretry: 5,
            findtime: i64::MAX,
            bantime: -1,
        }]
        .into(),
        logs: [JailLog {
            jail: JailName::parse("sshd-ä").unwrap(),
            files: LogFileState::ALL
                .map(|state| LogFile { path: format!("/var/log/\u{fffd}{}", state.as_str()), state })
                .into(),
            journal: vec!["_COMM=sshd".into()],
        }]
        .into(),
        unreadable: Arc::default(),
    };
    let jail = JailCounters {
        name: JailName::parse("sshd-ä").unwrap(),
        currently_failed: 1,
        total_failed: 2,
        currently_banned: 3,
        total_banned: u64::MAX,
    };
    let pulse = |error: Option<&str>| JobPulse {
        started_at: Timestamp::from_millis(1_700_000_060_004),
        took_millis: 7,
        error: error.map(str::to_owned),
    };
    let well = JobTally::first("observe_bans", pulse(None));
    let mut failed = JobTally::first("probe_fail2ban", pulse(None));
    failed.add(pulse(Some("a \"quoted\" error")));
    RuntimeState {
        fail2ban: Arc::new(Fail2banState::Online {
            since: Timestamp::from_millis(1_700_000_000_001),
            checked_at: Timestamp::from_millis(1_700_000_060_002),
            probe,
        }),
        jails: Some(JailsSeen {
            observed_at: Timestamp::from_millis(1_700_000_060_003),
            jails: [jail].into(),
        }),
        jobs: [well, failed].into(),
        problems: problems(),
        catch_up: Some(CatchUp {
            since: Timestamp::from_millis(1_700_000_000_005),
            took: Duration::from_millis(1_500),
            rows: 37_400,
            left: 82_600,
        }),
        age_millis: 400,
    }
}

fn problems() -> Arc<[Problem]> {
    let problem = |code, jail| Problem {
        code,
        jail,
        detail: "fail2ban refused: \"year 4461763 is out of range\"".into(),
        hint: "Lift the ban.".into(),
        since: Timestamp::from_millis(1_700_000_060_005),
    };
    let every = ProblemCode::ALL.map(|code| problem(code, None));
    let jail = JailName::parse("sshd-ä").unwrap();
    every.into_iter().chain([problem(ProblemCode::JailUnreadable, Some(jail))]).collect()
}

fn offline(code: OutageCode) -> RuntimeState {
    let state = Fail2banState::Offline {
        since: Timestamp::from_millis(1),
        checked_at: Timestamp::from_millis(2),
        outage: Outage { code, detail: "a \0 and \"quotes\"".into() },
    };
    RuntimeState {
        fail2ban: Arc::new(state),
        jails: None,
        jobs: Arc::new([]),
        problems: Arc::new([]),
        catch_up: None,
        age_millis: 0,
    }
}

async fn publish(db: &Db, fence: Fence, state: &RuntimeState) -> Result<(), StoreError> {
    db.publish(&ServerId::local(), fence, state).await
}

both_databases!(what_was_published_comes_back_with_its_age, |test| async move {
    let db = test.db();
    assert_eq!(db.published(&ServerId::local()).await.unwrap(), None);
    let fence = take_lock(db, "a").await;
    publish(db, fence, &online()).await.unwrap();
    test.execute("UPDATE runtime_state SET seen_at = seen_at - 60000, published_at = published_at - 50000");
    let found = test.second().await.published(&ServerId::local()).await.unwrap().unwrap();
    assert!((50_000..600_000).contains(&found.published_millis_ago), "{found:?}");
    let grown = found.state.age_millis - found.published_millis_ago;
    assert!((10_400..10_500).contains(&grown), "{found:?}");
    assert_eq!(RuntimeState { age_millis: 400, ..found.state }, online());

    for code in OutageCode::ALL {
        publish(db, fence, &offline(code)).await.unwrap();
        let found = db.published(&ServerId::local()).await.unwrap().unwrap();
        assert_eq!(RuntimeState { age_millis: 0, ..found.state }, offline(code));
    }
    assert_eq!(test.count("runtime_state"), 1);
});

both_databases!(only_the_holder_of_the_lock_publishes, |test| async move {
    let db = test.db();
    assert!(matches!(publish(db, Fence(1), &online()).await, Err(StoreError::StaleFence)));
    let first = take_lock(db, "a").await;
    publish(db, first, &online()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = take_lock(db, "b").await;
    let late = offline(OutageCode::Broken);
    assert!(matches!(publish(db, first, &late).await, Err(StoreError::StaleFence)));
    let found = db.published(&ServerId::local()).await.unwrap().unwrap();
    assert!(found.state.fail2ban.is_online());
    publish(db, second, &late).await.unwrap();
});

both_databases!(what_another_version_published_counts_as_nothing, |test| async move {
    let db = test.db();
    let fence = take_lock(db, "a").await;
    publish(db, fence, &online()).await.unwrap();
    for state in [
        r#"{"version":2}"#,
        r#"{"version":1,"fail2ban":{"state":"dancing"},"jails":null}"#,
        r#"{"version":1,"fail2ban":{"state":"offline","since":1,"checked_at":1,"code":"x","detail":""},"jails":null}"#,
        "not json",
    ] {
        test.execute(&format!("UPDATE runtime_state SET state = '{state}'"));
        assert_eq!(db.published(&ServerId::local()).await.unwrap(), None, "{state}");
    }
    // Without what has come to this version of the shape later.
    let early = r#"{"version":1,"jails":null,"fail2ban":{"state":"online","since":1,"checked_at":1,"version":"1.0.2",
        "latency_micros":1,"jails":0,"database_file":null}}"#;
    test.execute(&format!("UPDATE runtime_state SET state = '{early}'"));
    let found = db.published(&ServerId::local()).await.unwrap().unwrap();
    assert_eq!(found.state.problems, Arc::default());
    publish(db, fence, &online()).await.unwrap();
    assert!(db.published(&ServerId::local()).await.unwrap().is_some());
});

both_databases!(what_another_version_adds_to_a_list_costs_that_entry_and_nothing_else, |test| async move {
    let db = test.db();
    let fence = take_lock(db, "a").await;
    publish(db, fence, &online()).await.unwrap();
    for (known, unknown) in [
        (r#""code":"unpolled""#, r#""code":"of-tomorrow""#),
        (r#"missing","missing""#, r#"missing","of-tomorrow""#),
    ] {
        test.execute(&format!("UPDATE runtime_state SET state = replace(state, '{known}', '{unknown}')"));
        assert_eq!(test.count(&format!("runtime_state WHERE state LIKE '%{unknown}%'")), 1);
    }
    let found = db.published(&ServerId::local()).await.unwrap().expect("the rest is understood").state;
    assert_eq!(found.problems[..], problems()[1..]);
    assert_eq!(found.jails, online().jails);
    let log = found.fail2ban.log_of(&JailName::parse("sshd-ä").unwrap()).unwrap().clone();
    assert_eq!(log.files.len(), LogFileState::ALL.len() - 1, "{log:?}");
});

both_databases!(a_publication_is_heard, |test| async move {
    let listener = NoticeListener::start(test.db());
    let mut notices = listener.listen();
    if test.db().kind() == DbKind::Postgres {
        assert_eq!(notices.recv().await.unwrap(), Notice::Missed);
    }
    let fence = take_lock(test.db(), "a").await;
    publish(test.db(), fence, &online()).await.unwrap();
    if test.db().kind() == DbKind::Postgres {
        assert_eq!(notices.recv().await.unwrap(), Notice::State);
    } else {
        notices.try_recv().unwrap_err();
    }
});
