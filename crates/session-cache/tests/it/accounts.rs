//! The first user by token or by settings, and users from the command line.

use bangui_domain::ServiceError;
use bangui_domain::model::AuditAction;
use bangui_session_cache::Client;

use crate::memory::with_and_without_cache;

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn whoever_has_the_logged_token_makes_the_first_user() {
    for (memory, accounts) in with_and_without_cache() {
        assert!(accounts.setup_needed().await.unwrap());
        let first = accounts.offer_setup().await.unwrap().unwrap();
        let second = accounts.offer_setup().await.unwrap().unwrap();
        let client = Client::default();
        for wrong in ["", "guess", first.as_str()] {
            let error = accounts.setup(wrong, "root", PASSWORD, &client).await.unwrap_err();
            assert_eq!(error.code(), "setup_token_invalid", "{wrong}");
        }
        let login = accounts.setup(&second, "root", PASSWORD, &client).await.unwrap();
        assert_eq!(login.session.user.name, "root");
        assert!(accounts.sessions().authenticate(login.token.reveal()).await.unwrap().is_some());
        assert_eq!(memory.last_entry().action, AuditAction::Setup);

        assert!(!accounts.setup_needed().await.unwrap());
        assert_eq!(accounts.offer_setup().await.unwrap(), None);
        let error = accounts.setup(&second, "other", PASSWORD, &client).await.unwrap_err();
        assert_eq!(error.code(), "setup_done");
        accounts.login("root", PASSWORD, &client).await.unwrap();
    }
}

#[tokio::test]
async fn without_an_offer_no_token_fits() {
    for (_, accounts) in with_and_without_cache() {
        let error = accounts.setup(&"A".repeat(43), "root", PASSWORD, &Client::default()).await.unwrap_err();
        assert_eq!(error.code(), "setup_token_invalid");
    }
}

#[tokio::test]
async fn guessing_the_token_is_throttled() {
    for (_, accounts) in with_and_without_cache() {
        let token = accounts.offer_setup().await.unwrap().unwrap();
        let client = Client { address: Some("192.0.2.1".parse().unwrap()), ..Client::default() };
        for _ in 0..5 {
            accounts.setup(&"A".repeat(43), "root", PASSWORD, &client).await.unwrap_err();
        }
        let error = accounts.setup(&token, "root", PASSWORD, &client).await.unwrap_err();
        assert_eq!(error.code(), "login_throttled");
    }
}

#[tokio::test]
async fn every_bad_field_of_a_new_user_is_named() {
    for (memory, accounts) in with_and_without_cache() {
        let token = accounts.offer_setup().await.unwrap().unwrap();
        let error =
            accounts.setup(&token, "no spaces please", "short", &Client::default()).await.unwrap_err();
        let ServiceError::Invalid(fields) = &error else { panic!("{error}") };
        let names: Vec<_> = fields.iter().map(|field| field.field).collect();
        assert_eq!(names, ["username", "password"]);
        for name in ["", &"x".repeat(65), "ümlaut", "a b", "a/b", "a\n"] {
            let error = accounts.create_user(name, PASSWORD).await.unwrap_err();
            assert_eq!(error.code(), "invalid", "{name:?}");
        }
        for name in ["a", &"x".repeat(64), "A.b_c@d-9"] {
            accounts.create_user(name, PASSWORD).await.unwrap();
        }
        assert_eq!(memory.trail().len(), 3);
    }
}

#[tokio::test]
async fn the_settings_make_an_admin_only_where_there_is_nobody() {
    for (memory, accounts) in with_and_without_cache() {
        assert_eq!(accounts.ensure_admin("short").await.unwrap_err().code(), "invalid");
        assert!(accounts.ensure_admin(PASSWORD).await.unwrap());
        assert!(!accounts.ensure_admin("another password").await.unwrap());
        assert!(!accounts.ensure_admin("short").await.unwrap());
        accounts.login("admin", PASSWORD, &Client::default()).await.unwrap();
        let first = memory.trail().first().cloned();
        assert_eq!(first, Some((AuditAction::User, None, Some("admin".to_owned()))));
    }
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case() {
    for (_, accounts) in with_and_without_cache() {
        accounts.create_user("eve", PASSWORD).await.unwrap();
        assert_eq!(accounts.create_user("EVE", PASSWORD).await.unwrap_err().code(), "user_exists");
    }
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_and_the_old_one() {
    for (_, accounts) in with_and_without_cache() {
        accounts.create_user("eve", PASSWORD).await.unwrap();
        let login = accounts.login("eve", PASSWORD, &Client::default()).await.unwrap();
        assert!(accounts.sessions().authenticate(login.token.reveal()).await.unwrap().is_some());
        accounts.set_password("eve", "a different password").await.unwrap();
        assert!(accounts.sessions().authenticate(login.token.reveal()).await.unwrap().is_none());
        let error = accounts.login("eve", PASSWORD, &Client::default()).await.unwrap_err();
        assert_eq!(error.code(), "credentials_invalid");
        accounts.login("eve", "a different password", &Client::default()).await.unwrap();
        let error = accounts.set_password("nobody", PASSWORD).await.unwrap_err();
        assert!(error.to_string().contains("there is no user \"nobody\""), "{error}");
        assert_eq!(accounts.set_password("eve", "short").await.unwrap_err().code(), "invalid");
    }
}
