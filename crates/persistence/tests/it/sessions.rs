//! Sessions and their ends.

use bangui_domain::model::{NewSession, NewUser, Timestamp, TokenHash, User, UserId};
use bangui_domain::ports::{SessionStore, StoreError, UserStore};
use bangui_persistence::Db;
use bangui_test_support::both_databases;

const START: i64 = 1_700_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(START + seconds)
}

fn token(hex: &str) -> TokenHash {
    TokenHash::from_hex(hex.to_owned())
}

async fn user(db: &Db, name: &str) -> User {
    let new = NewUser { name: name.into(), password_hash: "$argon2id$".into(), created_at: at(0) };
    UserStore::create(db, &new).await.unwrap()
}

async fn log_in(db: &Db, user: UserId, hex: &str, expires: i64) -> Result<(), StoreError> {
    let session = NewSession {
        user,
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

both_databases!(use_is_noted_and_never_backwards, |test| async move {
    let db = test.db();
    let admin = user(db, "admin").await;
    log_in(db, admin.id, "aa", 60).await.unwrap();
    for (seen, last) in [(30, 30), (20, 30), (31, 31)] {
        SessionStore::touch(db, &token("aa"), at(seen)).await.unwrap();
        assert_eq!(SessionStore::find(db, &token("aa")).await.unwrap().unwrap().last_seen_at, at(last));
    }
    SessionStore::touch(db, &token("gone"), at(1)).await.unwrap();
});

both_databases!(sessions_end_one_by_one_or_all_of_a_user, |test| async move {
    let db = test.db();
    let (admin, other) = (user(db, "admin").await, user(db, "other").await);
    for hex in ["aa", "bb", "cc"] {
        log_in(db, admin.id, hex, 60).await.unwrap();
    }
    log_in(db, other.id, "dd", 60).await.unwrap();
    assert!(SessionStore::delete(db, &token("aa")).await.unwrap());
    assert!(!SessionStore::delete(db, &token("aa")).await.unwrap());
    assert_eq!(SessionStore::delete_of(db, admin.id).await.unwrap(), 2);
    assert!(!found(db, "bb").await && found(db, "dd").await);
});

both_databases!(pruning_takes_what_ended_and_what_idles, |test| async move {
    let db = test.db();
    let admin = user(db, "admin").await;
    for (hex, seen, expires) in [("ended", 50, 99), ("idle", 9, 200), ("fresh", 10, 100), ("used", 90, 200)] {
        log_in(db, admin.id, hex, expires).await.unwrap();
        SessionStore::touch(db, &token(hex), at(seen)).await.unwrap();
    }
    assert_eq!(SessionStore::prune(db, at(100), at(10)).await.unwrap(), 2);
    assert!(!found(db, "ended").await && !found(db, "idle").await);
    assert!(found(db, "fresh").await && found(db, "used").await, "what ends now has not ended before now");
    assert_eq!(SessionStore::prune(db, at(100), at(10)).await.unwrap(), 0);
});
