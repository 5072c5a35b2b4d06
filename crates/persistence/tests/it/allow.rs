//! The allowlist as it is kept.

use bangui_domain::model::{AllowId, AllowSpec, JailName, ServerId, Target, Timestamp};
use bangui_domain::ports::{AllowStore, StoreError};
use bangui_test_support::both_databases;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

fn target(text: &str) -> Target {
    Target::parse(text).unwrap()
}

fn jail(name: &str) -> JailName {
    JailName::parse(name).unwrap()
}

fn spec(text: &str, jail_name: Option<&str>) -> AllowSpec {
    AllowSpec {
        target: target(text),
        jail: jail_name.map(jail),
        note: Some("the office, \"Ünïcode\"".to_owned()),
        by: "alice".to_owned(),
        created_at: NOW,
        until: Some(NOW.plus_secs(60)),
    }
}

both_databases!(entries_come_back_newest_first_and_each_once, |test| async move {
    let (db, here) = (test.db(), ServerId::local());
    let everywhere = spec("203.0.113.0/24", None);
    let first = db.allow(&here, &everywhere).await.unwrap();
    let for_ever = AllowSpec { note: None, until: None, ..spec("203.0.113.0/24", Some("żółw")) };
    let second = db.allow(&here, &for_ever).await.unwrap();
    assert_eq!((&first.spec, &second.spec), (&everywhere, &for_ever));
    assert_eq!(db.allowed(&here).await.unwrap(), [second.clone(), first.clone()]);

    let again = db.allow(&here, &spec("203.0.113.0/24", None)).await.unwrap_err();
    assert!(
        matches!(&again, StoreError::Conflict(name) if name == "allowlist_server_id_address_jail"),
        "{again:?}"
    );
    let elsewhere = ServerId::from_stored("other".to_owned());
    assert!(matches!(db.allow(&elsewhere, &everywhere).await, Err(StoreError::NotFound)));
    assert!(!db.disallow(&elsewhere, first.id).await.unwrap());

    assert!(db.disallow(&here, second.id).await.unwrap());
    assert!(!db.disallow(&here, second.id).await.unwrap());
    assert!(!db.disallow(&here, AllowId(99)).await.unwrap());
    let third = db.allow(&here, &for_ever).await.unwrap();
    assert!(third.id > second.id, "numbers are never used again");
});

both_databases!(what_fail2ban_was_told_is_noted_once_and_forgotten, |test| async move {
    let (db, here) = (test.db(), ServerId::local());
    let many: Vec<Target> = (0..1_001).map(|n| target(&format!("10.0.{}.{}", n / 256, n % 256))).collect();
    let network = [target("2001:db8::/32")];
    db.note_told(&here, &jail("sshd"), &many).await.unwrap();
    db.note_told(&here, &jail("sshd"), &many).await.unwrap();
    db.note_told(&here, &jail("nginx"), &network).await.unwrap();
    db.note_told(&here, &jail("nginx"), &[]).await.unwrap();
    let told = db.told(&here).await.unwrap();
    assert_eq!((told.len(), &told[0]), (1_002, &(jail("nginx"), network[0])));
    db.forget_told(&here, &jail("nginx"), &many).await.unwrap();
    db.forget_told(&here, &jail("sshd"), &many).await.unwrap();
    assert_eq!(db.told(&here).await.unwrap(), [(jail("nginx"), network[0])]);
});
