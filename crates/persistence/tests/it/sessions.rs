//! Sessions and their ends.

use std::time::Duration;

use bangui_domain::model::{Fence, NewSession, NewUser, Timestamp, TokenHash, User, UserId};
use bangui_domain::ports::{Notice, Notices as _, SessionStore, StoreError, UserStore};
use bangui_persistence::{Db, DbKind, NoticeListener};
use bangui_test_support::both_databases;
use tokio::sync::broadcast::Receiver;

const START: i64 = 1_700_000_000;
const HASH: &str = "$argon2id$";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(START + seconds)
}

fn token(hex: &str) -> TokenHash {
    TokenHash::from_hex(hex.to_owned())
}

async fn user(db: &Db, name: &str) -> User {
    let new = NewUser { name: name.into(), password_hash: HASH.into(), created_at: at(0) };
    UserStore::create(db, &new).await.unwrap()
}

async fn log_in(db: &Db, user: UserId, hex: &str, expires: i64) -> Result<(), StoreError> {
    let session = NewSession {
        user,
        password_hash: HASH.into(),
        token: token(hex),
        created_at: at(0),
        expires_at: at(expires),
        address: Some("192.0.2.1".parse().unwrap()),
        user_agent: Some("a browser\0".into()),
    };
    SessionStore::insert(db, &session).await
}

async fn found(db: &Db, hex: &str) -> bool {
    SessionStore::find(db, &token(hex)).await.unwrap().is_some()
}

both_databases!(a_session_comes_back_with_its_user, |test| async move {
    let db = test.db();
    let admin = user(db, "admin").await;
    log_in(db, admin.id, "aa", 60).await.unwrap();
    let session = SessionStore::find(db, &token("aa")).await.unwrap().unwrap();
    assert_eq!((session.user, session.token), (admin.clone(), token("aa")));
    assert_eq!((session.created_at, session.last_seen_at, session.expires_at), (at(0), at(0), at(60)));
    assert!(!found(db, "bb").await);

    let again = log_in(db, admin.id, "aa", 60).await.unwrap_err();
    assert!(matches!(&again, StoreError::Conflict(name) if name == "sessions_token"), "{again:?}");
    let nobody = log_in(db, UserId(admin.id.0 + 1), "bb", 60).await.unwrap_err();
    assert!(matches!(nobody, StoreError::NotFound), "{nobody:?}");
});

both_databases!(use_is_noted_and_goes_backwards_only_with_the_clock, |test| async move {
    let db = test.db();
    let admin = user(db, "admin").await;
    log_in(db, admin.id, "aa", 60).await.unwrap();
    // An hour back: the clock was set.
    for (seen, last) in [(30, 30), (20, 30), (31, 31), (-3_600, -3_600), (-3_599, -3_599)] {
        SessionStore::touch(db, &token("aa"), at(seen)).await.unwrap();
        assert_eq!(SessionStore::find(db, &token("aa")).await.unwrap().unwrap().last_seen_at, at(last));
    }
    SessionStore::touch(db, &token("gone"), at(1)).await.unwrap();
});

both_databases!(sessions_end_one_by_one_or_all_others_of_a_user, |test| async move {
    let db = test.db();
    let (admin, other) = (user(db, "admin").await, user(db, "other").await);
    for hex in ["aa", "bb", "cc"] {
        log_in(db, admin.id, hex, 60).await.unwrap();
    }
    log_in(db, other.id, "dd", 60).await.unwrap();
    assert!(SessionStore::delete(db, &token("aa")).await.unwrap());
    assert!(!SessionStore::delete(db, &token("aa")).await.unwrap());
    assert_eq!(SessionStore::delete_others(db, admin.id, &token("cc")).await.unwrap(), 1);
    assert!(!found(db, "bb").await && found(db, "cc").await && found(db, "dd").await);
});

both_databases!(a_new_password_ends_sessions_in_the_same_step, |test| async move {
    let db = test.db();
    let (admin, other) = (user(db, "admin").await, user(db, "other").await);
    for hex in ["aa", "bb", "cc"] {
        log_in(db, admin.id, hex, 60).await.unwrap();
    }
    log_in(db, other.id, "dd", 60).await.unwrap();
    assert_eq!(UserStore::set_password(db, admin.id, HASH, Some(&token("bb"))).await.unwrap(), 2);
    assert!(found(db, "bb").await && found(db, "dd").await);
    assert_eq!(UserStore::set_password(db, admin.id, "another", None).await.unwrap(), 1);
    assert_eq!(test.count("sessions"), 1);
    let late = log_in(db, admin.id, "ee", 60).await.unwrap_err();
    assert!(matches!(late, StoreError::NotFound), "checked against the old password: {late:?}");
});

both_databases!(no_login_outlives_the_password_that_it_was_checked_against, |test| async move {
    let admin = user(test.db(), "admin").await;
    let mut logins = Vec::new();
    for number in 0..24 {
        let db = if number % 2 == 0 { test.db().clone() } else { test.second().await };
        logins.push(tokio::spawn(async move {
            log_in(&db, admin.id, &format!("{number:02x}"), 60).await.is_ok()
        }));
        if number == 8 {
            UserStore::set_password(test.db(), admin.id, "another", None).await.unwrap();
        }
    }
    for login in logins {
        login.await.unwrap();
    }
    assert_eq!(test.count("sessions"), 0);
});

both_databases!(a_user_s_sessions_are_listed_the_last_used_first, |test| async move {
    let db = test.db();
    let (admin, other) = (user(db, "admin").await, user(db, "other").await);
    for (hex, seen) in [("aa", 10), ("bb", 30), ("cc", 20)] {
        log_in(db, admin.id, hex, 60).await.unwrap();
        SessionStore::touch(db, &token(hex), at(seen)).await.unwrap();
    }
    log_in(db, other.id, "dd", 60).await.unwrap();
    let listed = SessionStore::list(db, admin.id, 9).await.unwrap();
    let order: Vec<_> = listed.iter().map(|entry| entry.token.as_str()).collect();
    assert_eq!(order, ["bb", "cc", "aa"]);
    let first = listed[0].clone();
    assert_eq!((first.created_at, first.last_seen_at, first.expires_at), (at(0), at(30), at(60)));
    assert_eq!(first.address, Some("192.0.2.1".parse().unwrap()));
    assert_eq!(first.user_agent.as_deref(), Some("a browser\u{FFFD}"));
    assert_eq!(SessionStore::list(db, admin.id, 2).await.unwrap(), listed[..2]);

    test.execute("UPDATE sessions SET address = 'somewhere' WHERE token = 'aa'");
    assert_eq!(SessionStore::list(db, admin.id, 9).await.unwrap(), listed[..2], "a row costs itself alone");
});

both_databases!(pruning_takes_what_ended_and_what_idles, |test| async move {
    let (db, fence) = (test.db(), test.lead().await);
    let admin = user(db, "admin").await;
    for (hex, seen, expires) in [("ended", 50, 99), ("idle", 9, 200), ("fresh", 10, 100), ("used", 90, 200)] {
        log_in(db, admin.id, hex, expires).await.unwrap();
        SessionStore::touch(db, &token(hex), at(seen)).await.unwrap();
    }
    assert_eq!(SessionStore::prune(db, fence, at(100), at(10)).await.unwrap(), 2);
    assert!(!found(db, "ended").await && !found(db, "idle").await);
    assert!(found(db, "fresh").await && found(db, "used").await, "what ends now has not ended before now");
    assert_eq!(SessionStore::prune(db, fence, at(100), at(10)).await.unwrap(), 0);
    let older = SessionStore::prune(db, Fence(fence.0 - 1), at(1_000), at(1_000)).await.unwrap_err();
    assert!(matches!(older, StoreError::StaleFence), "{older:?}");
    assert!(found(db, "fresh").await);
});

both_databases!(every_end_of_a_session_is_told_to_all_processes, |test| async move {
    let db = test.db();
    let admin = user(db, "admin").await;
    let tokens: Vec<String> = ["a", "b", "c", "d"].map(|digit| digit.repeat(64)).into();
    for hex in &tokens {
        log_in(db, admin.id, hex, 60).await.unwrap();
    }
    let listener = NoticeListener::start(&test.second().await);
    let mut notices = listener.listen();
    let many = Notice::SessionsEnded(admin.id);
    let mut expected = vec![Notice::SessionEnded(token(&tokens[0])), many.clone(), many];
    if db.kind() == DbKind::Postgres {
        assert_eq!(heard(&mut notices).await, Some(Notice::Missed), "it listens");
    } else {
        expected.clear();
    }
    SessionStore::delete(db, &token(&tokens[0])).await.unwrap();
    SessionStore::delete(db, &token(&tokens[0])).await.unwrap();
    SessionStore::delete_others(db, admin.id, &token(&tokens[1])).await.unwrap();
    SessionStore::delete_others(db, admin.id, &token(&tokens[1])).await.unwrap();
    UserStore::set_password(db, admin.id, "another", None).await.unwrap();
    for notice in expected {
        assert_eq!(heard(&mut notices).await, Some(notice));
    }
    assert!(notices.try_recv().is_err(), "what ended nothing says nothing");
});

async fn heard(notices: &mut Receiver<Notice>) -> Option<Notice> {
    tokio::time::timeout(Duration::from_mins(1), notices.recv()).await.ok()?.ok()
}
