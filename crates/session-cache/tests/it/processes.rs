//! Several processes over one store: what one does holds on all of them, by notice or when the cache's life is over.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::model::{EventId, TokenHash, UserId};
use bangui_domain::ports::{Clock as _, Notice};
use bangui_session_cache::{Accounts, Client, Login};
use tokio::sync::broadcast;

use crate::memory::{DAY, Memory, process};

const PASSWORD: &str = "correct horse battery";
/// Longer than any test takes.
const LONG: Duration = Duration::from_hours(1);

async fn log_in(accounts: &Accounts) -> Login {
    accounts.login("admin", PASSWORD, &Client::default()).await.unwrap()
}

async fn stands(accounts: &Accounts, login: &Login) -> bool {
    accounts.sessions().authenticate(login.token.reveal()).await.unwrap().is_some()
}

/// Waits until a process no longer knows a session.
async fn ends(accounts: &Accounts, login: &Login) {
    let gone = async {
        while stands(accounts, login).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap();
}

/// Two processes with a cache that forgets nothing by itself, and what the second hears.
async fn two() -> (Accounts, Arc<Accounts>, broadcast::Sender<Notice>) {
    let memory = Arc::new(Memory::new());
    let (here, there) = (process(&memory, 100, LONG), Arc::new(process(&memory, 100, LONG)));
    here.ensure_admin(PASSWORD).await.unwrap();
    let (notices, heard) = broadcast::channel(16);
    let following = there.clone();
    tokio::spawn(async move { following.sessions().follow(heard).await });
    (here, there, notices)
}

#[tokio::test]
async fn a_session_that_was_unknown_a_moment_ago_is_recognised_everywhere_at_once() {
    let (here, there, _notices) = two().await;
    let token = "A".repeat(43);
    assert_eq!(there.sessions().authenticate(&token).await.unwrap(), None);
    let login = log_in(&here).await;
    assert!(stands(&there, &login).await);
}

#[tokio::test]
async fn without_a_cache_an_end_holds_everywhere_at_once() {
    let memory = Arc::new(Memory::new());
    for (capacity, life) in [(0, LONG), (100, Duration::ZERO)] {
        let (here, there) = (process(&memory, capacity, life), process(&memory, capacity, life));
        here.ensure_admin(PASSWORD).await.unwrap();
        let login = log_in(&here).await;
        assert!(stands(&there, &login).await);
        here.logout(&login.session, &Client::default()).await.unwrap();
        assert!(!stands(&there, &login).await);
    }
}

#[tokio::test]
async fn a_notice_ends_what_is_cached_elsewhere_and_nothing_else() {
    let (here, there, notices) = two().await;
    let (first, second) = (log_in(&here).await, log_in(&here).await);
    assert!(stands(&there, &first).await && stands(&there, &second).await);
    here.logout(&first.session, &Client::default()).await.unwrap();
    here.logout(&second.session, &Client::default()).await.unwrap();
    for other in [Notice::State, Notice::Events(EventId(1)), Notice::SessionsEnded(UserId(99))] {
        notices.send(other).unwrap();
    }
    notices.send(Notice::SessionEnded(TokenHash::from_hex(String::new()))).unwrap();
    assert!(stands(&there, &first).await, "cached: this is what notices are for");
    notices.send(Notice::SessionEnded(first.session.token.clone())).unwrap();
    ends(&there, &first).await;
    assert!(stands(&there, &second).await);
}

#[tokio::test]
async fn a_notice_about_a_user_and_missed_notices_have_the_store_asked() {
    for notice in [Notice::SessionsEnded(UserId(1)), Notice::Missed] {
        let (here, there, notices) = two().await;
        let login = log_in(&here).await;
        let kept = log_in(&here).await;
        assert!(stands(&there, &login).await && stands(&there, &kept).await);
        here.end_other_sessions(&kept.session, &Client::default()).await.unwrap();
        assert!(stands(&there, &login).await);
        notices.send(notice).unwrap();
        ends(&there, &login).await;
        assert!(stands(&there, &kept).await);
    }
}

#[tokio::test]
async fn whoever_falls_behind_the_notices_asks_the_store() {
    let (here, there, notices) = two().await;
    let login = log_in(&here).await;
    assert!(stands(&there, &login).await);
    here.set_password("admin", "a different password").await.unwrap();
    // More than the channel holds, without a pause in which they could be taken.
    for _ in 0..40 {
        notices.send(Notice::State).unwrap();
    }
    ends(&there, &login).await;
}

#[tokio::test]
async fn without_notices_the_life_of_the_cache_is_the_bound_though_the_session_is_in_use() {
    let memory = Arc::new(Memory::new());
    let life = Duration::from_millis(50);
    let (here, there) = (process(&memory, 100, LONG), process(&memory, 100, life));
    here.ensure_admin(PASSWORD).await.unwrap();
    let login = log_in(&here).await;
    assert!(stands(&there, &login).await);
    here.logout(&login.session, &Client::default()).await.unwrap();
    let gone = async {
        while stands(&there, &login).await {
            // Each use is written down, which does not make the cached session any younger.
            memory.pass(60);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), gone).await.unwrap();
    assert!(memory.now() < login.session.expires_at, "it did not end of age");
}

#[tokio::test]
async fn a_session_that_looks_idle_here_and_was_used_there_goes_on() {
    let memory = Arc::new(Memory::new());
    let (here, there) = (process(&memory, 100, LONG), process(&memory, 100, LONG));
    here.ensure_admin(PASSWORD).await.unwrap();
    let login = log_in(&here).await;
    assert!(stands(&there, &login).await);
    for _ in 0..2 {
        memory.pass(6 * DAY);
        assert!(stands(&here, &login).await);
    }
    assert!(stands(&there, &login).await, "twelve days after this process last looked");
}
