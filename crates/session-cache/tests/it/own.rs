//! What users do about their own sessions and password: listed, ended one by one or all others, and replaced.

use bangui_domain::model::AuditAction;
use bangui_session_cache::{Accounts, Client, Login};

use crate::memory::{DAY, with_and_without_cache};

const PASSWORD: &str = "correct horse battery";
const ANOTHER: &str = "a different password";

fn from(host: u8) -> Client {
    Client {
        address: Some([192, 0, 2, host].into()),
        user_agent: Some(format!("browser {host}")),
        ..Client::default()
    }
}

async fn log_in(accounts: &Accounts, name: &str, host: u8) -> Login {
    accounts.login(name, PASSWORD, &from(host)).await.unwrap()
}

async fn stands(accounts: &Accounts, login: &Login) -> bool {
    accounts.sessions().authenticate(login.token.reveal()).await.unwrap().is_some()
}

#[tokio::test]
async fn users_see_their_own_sessions_the_last_used_first() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        accounts.create_user("eve", PASSWORD).await.unwrap();
        let first = log_in(&accounts, "admin", 1).await;
        log_in(&accounts, "eve", 3).await;
        memory.pass(DAY);
        let second = log_in(&accounts, "admin", 2).await;
        memory.pass(60);
        assert!(stands(&accounts, &first).await);

        let seen = accounts.own_sessions(&second.session).await.unwrap();
        let addresses: Vec<_> = seen.iter().map(|entry| entry.address).collect();
        assert_eq!(addresses, [from(1).address, from(2).address]);
        assert_eq!(seen[0].user_agent, from(1).user_agent);
        assert_eq!(seen[0].last_seen_at.millis_since(seen[0].created_at), (DAY + 60) * 1000);
        assert_eq!(
            (seen[0].created_at, seen[0].expires_at),
            (first.session.created_at, first.session.expires_at)
        );

        memory.pass(7 * DAY - 1);
        assert!(stands(&accounts, &first).await);
        memory.pass(1);
        let seen = accounts.own_sessions(&first.session).await.unwrap();
        assert_eq!(seen.len(), 1, "what has ended is not listed, pruned or not");
    }
}

#[tokio::test]
async fn public_ids_tell_sessions_apart_and_lead_to_no_token() {
    for (_, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let (first, second) = (log_in(&accounts, "admin", 1).await, log_in(&accounts, "admin", 1).await);
        let (a, b) = (first.session.token.public_id(), second.session.token.public_id());
        assert!(a != b && a.len() == 16, "{a} {b}");
        assert!(first.session.token.as_str().len() == 64);
        assert_eq!(accounts.sessions().authenticate(a).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_alone_and_once() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        accounts.create_user("eve", PASSWORD).await.unwrap();
        let (first, second) = (log_in(&accounts, "admin", 1).await, log_in(&accounts, "admin", 2).await);
        let eve = log_in(&accounts, "eve", 3).await;
        assert!(stands(&accounts, &second).await);
        let id = second.session.token.public_id();
        for wrong in [id, "", "0123456789abcdef", second.session.token.as_str()] {
            let error = accounts.end_session(&eve.session, wrong, &from(3)).await.unwrap_err();
            assert_eq!(error.code(), "session_not_found", "{wrong}");
        }
        accounts.end_session(&first.session, id, &from(1)).await.unwrap();
        assert!(!stands(&accounts, &second).await);
        assert!(stands(&accounts, &first).await && stands(&accounts, &eve).await);
        let entry = memory.last_entry();
        assert_eq!(
            (entry.action, entry.user.as_deref(), entry.subject.as_deref()),
            (AuditAction::SessionEnded, Some("admin"), Some(id))
        );
        assert_eq!(entry.detail.as_deref(), Some("from 192.0.2.2"));
        let again = accounts.end_session(&first.session, id, &from(1)).await.unwrap_err();
        assert_eq!(again.code(), "session_not_found");
    }
}

#[tokio::test]
async fn all_others_are_ended_at_once() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let mut logins = Vec::new();
        for host in 1..=3 {
            logins.push(log_in(&accounts, "admin", host).await);
        }
        for login in &logins {
            assert!(stands(&accounts, login).await);
        }
        assert_eq!(accounts.end_other_sessions(&logins[1].session, &from(2)).await.unwrap(), 2);
        let mut left = Vec::new();
        for login in &logins {
            left.push(stands(&accounts, login).await);
        }
        assert_eq!(left, [false, true, false]);
        assert_eq!(memory.last_entry().detail.as_deref(), Some("all others: 2"));
        assert_eq!(accounts.end_other_sessions(&logins[1].session, &from(2)).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_replaced_password_ends_every_session_but_the_asking_one() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let (first, second) = (log_in(&accounts, "admin", 1).await, log_in(&accounts, "admin", 2).await);
        assert!(stands(&accounts, &first).await && stands(&accounts, &second).await);
        let ended = accounts.change_password(&first.session, PASSWORD, ANOTHER, &from(1)).await.unwrap();
        assert_eq!(ended, 1);
        assert!(stands(&accounts, &first).await && !stands(&accounts, &second).await);
        assert_eq!(memory.last_entry().action, AuditAction::Password);
        assert_eq!(memory.last_entry().detail.as_deref(), Some("replaced, other sessions ended: 1"));

        let error = accounts.login("admin", PASSWORD, &from(1)).await.unwrap_err();
        assert_eq!(error.code(), "credentials_invalid");
        accounts.login("admin", ANOTHER, &from(1)).await.unwrap();
        // The session knows no password: once more works with what it is by now.
        let old = accounts.change_password(&first.session, PASSWORD, ANOTHER, &from(1)).await.unwrap_err();
        assert_eq!(old.code(), "password_wrong");
        accounts.change_password(&first.session, ANOTHER, PASSWORD, &from(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_does_not_help_to_guess_its_password() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let login = log_in(&accounts, "admin", 1).await;
        for _ in 0..5 {
            let error =
                accounts.change_password(&login.session, "wrong", ANOTHER, &from(1)).await.unwrap_err();
            assert_eq!(error.code(), "password_wrong");
        }
        assert_eq!(memory.last_entry().detail.as_deref(), Some("refused: not the current password"));
        let error = accounts.change_password(&login.session, PASSWORD, ANOTHER, &from(1)).await.unwrap_err();
        assert_eq!(error.code(), "login_throttled");
        memory.pass(1);
        accounts.change_password(&login.session, PASSWORD, ANOTHER, &from(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_password_has_to_keep_the_rule_and_costs_no_try() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let login = log_in(&accounts, "admin", 1).await;
        for _ in 0..20 {
            let error =
                accounts.change_password(&login.session, PASSWORD, "short", &from(1)).await.unwrap_err();
            assert_eq!(
                error.to_string(),
                "new_password: a password has 12 to 256 characters, this one has 5"
            );
        }
        assert_eq!(memory.last_entry().action, AuditAction::Login);
        assert!(stands(&accounts, &login).await);
    }
}

#[tokio::test]
async fn a_login_that_a_new_password_overtakes_makes_no_session() {
    for (memory, accounts) in with_and_without_cache() {
        accounts.ensure_admin(PASSWORD).await.unwrap();
        let user = log_in(&accounts, "admin", 1).await.session.user;
        accounts.set_password("admin", ANOTHER).await.unwrap();
        let error = accounts.sessions().create(&user, &from(1)).await.unwrap_err();
        assert_eq!((error.code(), memory.sessions()), ("credentials_invalid", 0));
    }
}
