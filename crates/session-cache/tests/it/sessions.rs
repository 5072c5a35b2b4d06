//! Sessions: recognised, expired by age and by idleness, revoked; the same with the cache and without.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bangui_domain::model::Fence;
use bangui_session_cache::{Accounts, Client, Login, SessionSettings};

use crate::memory::{DAY, Memory, accounts, with_and_without_cache, with_settings};

const PASSWORD: &str = "correct horse battery";

async fn logged_in(memory: &Memory, accounts: &Accounts) -> Login {
    accounts.ensure_admin(PASSWORD).await.unwrap();
    let login = accounts.login("admin", PASSWORD, &Client::default()).await.unwrap();
    memory.finds.store(0, Ordering::SeqCst);
    login
}

async fn recognised(accounts: &Accounts, login: &Login) -> bool {
    accounts.sessions().authenticate(login.token.reveal()).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_is_recognised_with_its_user() {
    for (memory, accounts) in with_and_without_cache() {
        let login = logged_in(&memory, &accounts).await;
        let session = accounts.sessions().authenticate(login.token.reveal()).await.unwrap().unwrap();
        assert_eq!(session, login.session);
        assert_eq!(session.user.name, "admin");
        assert_eq!(accounts.sessions().authenticate("nonsense").await.unwrap(), None);
        assert_eq!(accounts.sessions().authenticate(&"A".repeat(43)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_cache_spares_the_store_and_can_be_off() {
    for (capacity, asked) in [(0, 5), (100, 1)] {
        let (memory, accounts) = accounts(capacity);
        let login = logged_in(&memory, &accounts).await;
        for _ in 0..5 {
            assert!(recognised(&accounts, &login).await);
        }
        assert_eq!(memory.finds.load(Ordering::SeqCst), asked, "capacity {capacity}");
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_a_token_is_not_looked_up() {
    for (memory, accounts) in with_and_without_cache() {
        for text in ["", "x", &"x".repeat(100_000), "' or 1=1 --"] {
            assert_eq!(accounts.sessions().authenticate(text).await.unwrap(), None);
        }
        assert_eq!(memory.finds.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_session_ends_thirty_days_after_the_login_though_in_use() {
    for (memory, accounts) in with_and_without_cache() {
        let login = logged_in(&memory, &accounts).await;
        for _ in 0..5 {
            memory.pass(6 * DAY - 1);
            assert!(recognised(&accounts, &login).await);
        }
        memory.pass(4);
        assert!(recognised(&accounts, &login).await);
        memory.pass(1);
        assert!(!recognised(&accounts, &login).await);
    }
}

#[tokio::test]
async fn a_session_ends_after_seven_idle_days() {
    for (memory, accounts) in with_and_without_cache() {
        let login = logged_in(&memory, &accounts).await;
        memory.pass(7 * DAY - 1);
        assert!(recognised(&accounts, &login).await);
        memory.pass(7 * DAY);
        assert!(!recognised(&accounts, &login).await);
    }
}

#[tokio::test]
async fn a_session_that_was_used_before_the_clock_was_set_back_ends_as_idle_too() {
    for (memory, accounts) in with_and_without_cache() {
        let login = logged_in(&memory, &accounts).await;
        memory.pass(DAY);
        assert!(recognised(&accounts, &login).await);
        memory.pass(-3_600);
        assert!(recognised(&accounts, &login).await);
        memory.pass(7 * DAY);
        assert!(!recognised(&accounts, &login).await);
    }
}

#[tokio::test]
async fn use_is_written_down_at_most_once_a_minute() {
    for (memory, accounts) in with_and_without_cache() {
        let login = logged_in(&memory, &accounts).await;
        for _ in 0..120 {
            memory.pass(1);
            assert!(recognised(&accounts, &login).await);
        }
        assert_eq!(memory.touches.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_revoked_session_is_gone_at_once_in_spite_of_the_cache() {
    for (memory, accounts) in with_and_without_cache() {
        let login = logged_in(&memory, &accounts).await;
        assert!(recognised(&accounts, &login).await);
        assert!(accounts.sessions().revoke(&login.session.token).await.unwrap());
        assert!(!recognised(&accounts, &login).await);
        assert!(!accounts.sessions().revoke(&login.session.token).await.unwrap());
    }
}

#[tokio::test]
async fn all_others_of_a_user_end_and_nobody_elses() {
    for (memory, accounts) in with_and_without_cache() {
        let first = logged_in(&memory, &accounts).await;
        let second = logged_in(&memory, &accounts).await;
        accounts.create_user("eve", PASSWORD).await.unwrap();
        let other = accounts.login("eve", PASSWORD, &Client::default()).await.unwrap();
        for login in [&first, &second, &other] {
            assert!(recognised(&accounts, login).await);
        }
        assert_eq!(accounts.sessions().revoke_others(&first.session).await.unwrap(), 1);
        assert!(recognised(&accounts, &first).await);
        assert!(!recognised(&accounts, &second).await);
        assert!(recognised(&accounts, &other).await);
    }
}

#[tokio::test]
async fn a_busy_database_neither_logs_out_nor_lets_in() {
    let (memory, accounts) = accounts(100);
    let login = logged_in(&memory, &accounts).await;
    assert!(recognised(&accounts, &login).await);
    memory.break_down(true);
    memory.pass(120);
    assert!(recognised(&accounts, &login).await, "cached; that it was used cannot be written");
    let error = accounts.sessions().authenticate(&"A".repeat(43)).await.unwrap_err();
    assert_eq!(error.code(), "database_unavailable");
}

#[tokio::test]
async fn what_has_ended_is_pruned() {
    for (memory, accounts) in with_and_without_cache() {
        logged_in(&memory, &accounts).await;
        memory.pass(4 * DAY);
        let fresh = logged_in(&memory, &accounts).await;
        memory.pass(4 * DAY);
        assert_eq!(accounts.sessions().prune(Fence(1)).await.unwrap(), 1);
        assert_eq!(memory.sessions(), 1);
        assert!(recognised(&accounts, &fresh).await);
    }
}

#[tokio::test]
async fn what_is_used_does_not_look_idle_however_short_that_is() {
    for cache_capacity in [100, 0] {
        let memory = Arc::new(Memory::new());
        let idle_expiry = Duration::from_mins(1);
        let settings = SessionSettings { cache_capacity, idle_expiry, ..SessionSettings::default() };
        let accounts = with_settings(&memory, &settings);
        let login = logged_in(&memory, &accounts).await;
        for _ in 0..20 {
            memory.pass(40);
            assert!(recognised(&accounts, &login).await);
        }
        memory.pass(60);
        assert!(!recognised(&accounts, &login).await);
    }
}
