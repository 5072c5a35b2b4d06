//! Logging in and out, the first user, and what the throttle makes of guessing.

use bangui_domain::ServiceError;
use bangui_domain::model::AuditAction;
use bangui_session_cache::{Client, hash_token};

use crate::memory::with_and_without_cache;

const PASSWORD: &str = "correct horse battery";

fn from(address: &str) -> Client {
    Client {
        address: Some(address.parse().unwrap()),
        user_agent: Some("a browser".repeat(100)),
        ..Client::default()
    }
}

#[tokio::test]
async fn a_login_makes_a_session_of_which_only_the_hash_is_stored() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let login = accounts.login("Admin", PASSWORD, &from("192.0.2.1")).await.unwrap();
        assert_eq!(login.session.user.name, "admin");
        assert_eq!(login.session.expires_at.millis_since(login.session.created_at), 30 * 24 * 3_600_000);
        let stored = memory.stored.lock().unwrap().first().cloned().unwrap();
        assert_eq!(stored.token, hash_token(login.token.reveal()).unwrap());
        assert_eq!(stored.address, from("192.0.2.1").address);
        assert_eq!(stored.user_agent.unwrap().chars().count(), 200);
        let name = Some("admin".to_owned());
        assert_eq!(memory.trail().last(), Some(&(AuditAction::Login, name, None)));
    }
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_get_the_same_answer_and_leave_a_trail() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        for (name, password) in
            [("admin", "wrong"), ("nobody", PASSWORD), ("no such\nname", PASSWORD), ("", "")]
        {
            let error = accounts.login(name, password, &from("192.0.2.1")).await.unwrap_err();
            assert_eq!(error.to_string(), "the user name or the password is wrong");
        }
        let failed: Vec<_> =
            memory.trail().into_iter().filter(|(action, ..)| *action == AuditAction::LoginFailed).collect();
        let subjects: Vec<_> =
            failed.iter().map(|(_, user, subject)| (user.clone(), subject.as_deref())).collect();
        assert_eq!(subjects, [(None, Some("admin")), (None, Some("nobody")), (None, None), (None, None)]);
        assert_eq!(memory.last_entry().address, from("192.0.2.1").address);
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_by_account_and_the_right_password_waits_too() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        for host in 1..=5 {
            let error =
                accounts.login("admin", "wrong", &from(&format!("192.0.2.{host}"))).await.unwrap_err();
            assert_eq!(error.code(), "credentials_invalid");
        }
        let error = accounts.login("admin", PASSWORD, &from("192.0.2.99")).await.unwrap_err();
        assert!(matches!(error, ServiceError::LoginThrottled { retry_after_secs: 1 }), "{error}");
        memory.pass(1);
        accounts.login("admin", PASSWORD, &from("192.0.2.99")).await.unwrap();
        accounts.login("admin", "wrong", &from("192.0.2.99")).await.unwrap_err();
        accounts.login("admin", PASSWORD, &from("192.0.2.99")).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_is_locked_out_of_an_account_for_longer_than_half_a_minute() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        for host in 1..=200 {
            let _ = accounts.login("admin", "wrong", &from(&format!("192.0.2.{host}"))).await.unwrap_err();
            memory.pass(7);
        }
        memory.pass(30);
        accounts.login("admin", PASSWORD, &from("198.51.100.1")).await.unwrap();
    }
}

#[tokio::test]
async fn guessing_names_is_slowed_down_by_address() {
    for (_, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        for name in ["a", "b", "c", "d", "e"] {
            let error = accounts.login(name, "wrong", &from("192.0.2.1")).await.unwrap_err();
            assert_eq!(error.code(), "credentials_invalid");
        }
        assert_eq!(
            accounts.login("f", "wrong", &from("192.0.2.1")).await.unwrap_err().code(),
            "login_throttled"
        );
        assert_eq!(
            accounts.login("f", "w", &from("192.0.2.2")).await.unwrap_err().code(),
            "credentials_invalid"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_gets_no_further_than_a_row() {
    for (_, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let accounts = std::sync::Arc::new(accounts);
        let tries: Vec<_> = (0..40)
            .map(|_| {
                let accounts = accounts.clone();
                tokio::spawn(async move { accounts.login("admin", "wrong", &from("192.0.2.1")).await })
            })
            .collect();
        let mut looked_at = 0;
        for one in tries {
            if one.await.unwrap().unwrap_err().code() == "credentials_invalid" {
                looked_at += 1;
            }
        }
        assert_eq!(looked_at, 5);
    }
}

#[tokio::test]
async fn a_database_that_fails_is_not_a_failed_login() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        memory.break_down(true);
        for _ in 0..20 {
            let error = accounts.login("admin", PASSWORD, &from("192.0.2.1")).await.unwrap_err();
            assert_eq!(error.code(), "database_unavailable");
        }
        memory.break_down(false);
        accounts.login("admin", PASSWORD, &from("192.0.2.1")).await.unwrap();
    }
}

#[tokio::test]
async fn a_logout_ends_the_session_and_says_so_once() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let login = accounts.login("admin", PASSWORD, &from("192.0.2.1")).await.unwrap();
        accounts.logout(&login.session, &from("192.0.2.1")).await.unwrap();
        accounts.logout(&login.session, &from("192.0.2.1")).await.unwrap();
        assert_eq!(accounts.sessions().authenticate(login.token.reveal()).await.unwrap(), None);
        let logouts = memory.trail().iter().filter(|(action, ..)| *action == AuditAction::Logout).count();
        assert_eq!(logouts, 1);
    }
}
