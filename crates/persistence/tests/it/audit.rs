//! The trail of what was done.

use bangui_domain::model::{AuditAction, AuditEntry, ServerId, Timestamp};
use bangui_domain::ports::{AuditLog, StoreError};
use bangui_test_support::both_databases;

both_databases!(every_action_is_written_as_it_came, |test| async move {
    let actions = [
        AuditAction::Setup,
        AuditAction::Login,
        AuditAction::LoginFailed,
        AuditAction::Logout,
        AuditAction::SessionEnded,
        AuditAction::Password,
        AuditAction::Ban,
        AuditAction::Unban,
        AuditAction::User,
        AuditAction::Job,
        AuditAction::LogFilter,
        AuditAction::Notification,
        AuditAction::Allow,
        AuditAction::Disallow,
    ];
    let entry = |action| AuditEntry {
        server: ServerId::local(),
        at: Timestamp::from_millis(1_700_000_000_123),
        user: Some("admin".into()),
        address: Some("2001:db8::1".parse().unwrap()),
        action,
        subject: Some("192.0.2.1\0".into()),
        detail: None,
    };
    for action in actions {
        AuditLog::record(test.db(), &entry(action)).await.unwrap();
        let row = format!(
            "audit WHERE action = '{}' AND occurred_at = 1700000000123 AND user_name = 'admin' AND \
             address = '2001:db8::1' AND subject = '192.0.2.1\u{FFFD}' AND detail IS NULL",
            action.as_str()
        );
        assert_eq!(test.count(&row), 1, "{action:?}");
    }
    let elsewhere = AuditEntry { server: ServerId::from_stored("other".into()), ..entry(AuditAction::Ban) };
    let refused = AuditLog::record(test.db(), &elsewhere).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound), "{refused:?}");
});
