//! Against a real fail2ban: where jails read.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use fail2ban_client::{Client, JournalMatch, LogPosition, ServerPath};

use crate::live::{jail, lab};

#[tokio::test]
async fn log_files() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let first = ServerPath::new(lab.log_path("sshd").unwrap()).unwrap();
    assert_eq!(client.log_paths(&sshd).await.unwrap(), [first.to_text()]);
    let (head, tail) = (lab.dir().join("head né.log"), lab.dir().join("tail.log"));
    let line = |address: &str| lines::sshd(address.parse().unwrap());
    for (file, address) in [(&head, "192.0.2.1"), (&tail, "192.0.2.2")] {
        std::fs::write(file, format!("{0}\n{0}\n{0}\n", line(address))).unwrap();
    }
    let paths = [&head, &tail].map(|path| ServerPath::new(path).unwrap());
    client.add_log_path(&sshd, &paths[1], LogPosition::Tail).await.unwrap();
    let all = client.add_log_path(&sshd, &paths[0], LogPosition::Head).await.unwrap();
    assert_eq!(all, [first.to_text(), paths[1].to_text(), paths[0].to_text()]);
    assert_eq!(
        client.add_log_path(&sshd, &paths[0], LogPosition::Tail).await.unwrap(),
        all,
        "it is there already"
    );
    assert!(lab.client(&["get", "sshd", "logpath"]).unwrap().contains("head né.log"));
    // The one is read from its beginning, the other from its end: both lines were there before.
    lab.wait_for_ban("sshd", "192.0.2.1".parse().unwrap()).unwrap();
    assert!(!lab.is_banned("sshd", "192.0.2.2".parse().unwrap()).unwrap());

    assert_eq!(client.remove_log_path(&sshd, &paths[0]).await.unwrap(), all[..2]);
    assert_eq!(client.remove_log_path(&sshd, &paths[0]).await.unwrap(), all[..2], "and is no error");
    let error =
        client.add_log_path(&sshd, &ServerPath::new("/nonexistent").unwrap(), LogPosition::Head).await;
    assert_eq!(error.unwrap_err().exception().unwrap().name(), "FileNotFoundError");

    assert_eq!(client.set_log_encoding(&sshd, "latin-1").await.unwrap(), "latin-1");
    assert!(lab.client(&["get", "sshd", "logencoding"]).unwrap().ends_with("latin-1"));
    assert_eq!(client.log_encoding(&sshd).await.unwrap(), "latin-1");
    assert_ne!(client.set_log_encoding(&sshd, "auto").await.unwrap(), "auto");
    let error = client.set_log_encoding(&sshd, "no-such").await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "LookupError");
}

#[tokio::test]
async fn a_path_that_is_not_utf8() {
    let lab = Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd)).database(false).start().unwrap();
    let client = Client::new(lab.socket());
    let path = lab.dir().join(OsStr::from_bytes(b"n\xff\xe9.log"));
    std::fs::write(&path, "").unwrap();
    let path = ServerPath::new(path).unwrap();
    let all = client.add_log_path(&jail("sshd"), &path, LogPosition::Head).await.unwrap();
    assert_eq!(ServerPath::try_from(&all[1]).unwrap(), path);
    assert_eq!(client.remove_log_path(&jail("sshd"), &path).await.unwrap().len(), 1);
}

/// A jail that reads files has no journal: the server does nothing, and its empty answer says so.
#[tokio::test]
async fn journals() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let group = JournalMatch::new(["_SYSTEMD_UNIT=sshd.service", "_COMM=sshd"]).unwrap();
    let other = JournalMatch::new(["_UID=0"]).unwrap();
    let nothing = Vec::<Vec<String>>::new();
    assert_eq!(client.add_journal_match(&jail("sshd"), &group, &[other]).await.unwrap(), nothing);
    assert_eq!(client.remove_journal_match(&jail("sshd"), &group).await.unwrap(), nothing);
    assert_eq!(client.journal_matches(&jail("sshd")).await.unwrap(), nothing);
}
