//! Users and the set-up token.

use bangui_domain::model::{NewUser, Timestamp, TokenHash, UserId};
use bangui_domain::ports::{StoreError, UserStore};
use bangui_test_support::both_databases;

fn named(name: &str) -> NewUser {
    NewUser {
        name: name.to_owned(),
        password_hash: "$argon2id$one".to_owned(),
        created_at: Timestamp::from_secs(1_700_000_000),
    }
}

both_databases!(a_name_is_one_in_upper_and_lower_case, |test| async move {
    let db = test.db();
    assert!(!UserStore::any(db).await.unwrap());
    let made = UserStore::create(db, &named("Ärger")).await.unwrap();
    assert!(UserStore::any(db).await.unwrap());
    for spelling in ["Ärger", "ärger", "ÄRGER"] {
        assert_eq!(UserStore::find(db, spelling).await.unwrap().as_ref(), Some(&made), "{spelling}");
        let refused = UserStore::create(db, &named(spelling)).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Conflict(name) if name == "users_name_key"),
            "{spelling}: {refused:?}"
        );
    }
    assert_eq!(made.name, "Ärger");
    for other in ["arger", "", "a\0b", "' OR 1=1 --"] {
        assert!(UserStore::find(db, other).await.unwrap().is_none(), "{other:?}");
    }
});

both_databases!(the_first_user_is_made_once, |test| async move {
    let second = test.second().await;
    let (a, b) = (named("a"), named("b"));
    let (one, other) =
        tokio::join!(UserStore::create_first(test.db(), &a), UserStore::create_first(&second, &b));
    let made: Vec<_> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(UserStore::create_first(test.db(), &named("c")).await.unwrap().is_none());
    assert!(UserStore::find(test.db(), "c").await.unwrap().is_none());
});

both_databases!(a_password_is_replaced, |test| async move {
    let db = test.db();
    let user = UserStore::create(db, &named("admin")).await.unwrap();
    assert_eq!(UserStore::set_password(db, user.id, "$argon2id$two", None).await.unwrap(), 0);
    let found = UserStore::find(db, "admin").await.unwrap().unwrap();
    assert_eq!(found.password_hash, "$argon2id$two");
    let unknown = UserStore::set_password(db, UserId(user.id.0 + 1), "x", None).await.unwrap_err();
    assert!(matches!(unknown, StoreError::NotFound), "{unknown:?}");
});

both_databases!(the_set_up_token_is_replaced, |test| async move {
    let db = test.db();
    assert_eq!(UserStore::setup_token(db).await.unwrap(), None);
    for hex in ["aa", "bb"] {
        let token = TokenHash::from_hex(hex.to_owned());
        UserStore::set_setup_token(db, &token).await.unwrap();
        assert_eq!(UserStore::setup_token(db).await.unwrap(), Some(token));
    }
});
