//! Against a real fail2ban that stops, is killed, comes back, or is busy: one client throughout.

use std::time::Duration;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::{Address, Client, Error, Options};

use crate::live::{jail, lab};

fn address() -> Address {
    "192.0.2.1".parse().unwrap()
}

#[tokio::test]
async fn a_stop_and_a_start() {
    let mut lab = lab();
    let client = Client::new(lab.socket());
    client.ban(&jail("sshd"), &[address()]).await.unwrap();
    assert_eq!(client.generation(), 1);
    lab.wait_for_row("192.0.2.1").unwrap();
    lab.stop().unwrap();
    let error = client.ping().await.unwrap_err();
    assert!(matches!(error, Error::SocketMissing { .. }), "{error}");
    assert!(error.is_offline());
    lab.start_again().unwrap();
    client.ping().await.unwrap();
    assert_eq!(client.generation(), 2);
    // Restored bans come into force a little after the jail is listed.
    lab.wait_for_ban("sshd", "192.0.2.1".parse().unwrap()).unwrap();
    assert_eq!(client.is_banned(&jail("sshd"), &[address().into()]).await.unwrap(), [true]);
}

#[tokio::test]
async fn a_kill_and_a_start() {
    let mut lab = lab();
    let client = Client::new(lab.socket());
    client.ping().await.unwrap();
    lab.kill();
    let error = client.ban(&jail("sshd"), &[address()]).await.unwrap_err();
    assert!(
        matches!(error, Error::NobodyListens { .. }),
        "the request was not sent, and that is known: {error}"
    );
    lab.start_again().unwrap();
    assert!(client.ban(&jail("sshd"), &[address()]).await.unwrap().is_complete());
}

#[tokio::test]
async fn a_restart_between_two_commands_is_not_noticed_but_counted() {
    let mut lab = lab();
    let client = Client::new(lab.socket());
    for generation in 1..=3 {
        client.ping().await.unwrap();
        assert_eq!(client.generation(), generation);
        lab.start_again().unwrap();
    }
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_command() {
    let mut lab = lab();
    let client = Client::new(lab.socket());
    client.ping().await.unwrap();
    let asking = client.clone();
    let asked = tokio::spawn(async move { asking.raw(vec!["sleep".into(), "60".into()]).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    lab.kill();
    let error = asked.await.unwrap().unwrap_err();
    let Error::OutcomeUnknown { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(**source, Error::Disconnected { received: 0, .. }), "{error}");
    assert!(error.is_offline());
}

#[tokio::test]
async fn a_ban_that_takes_longer_than_the_client_waits_is_carried_out_all_the_same() {
    let lab =
        Fail2ban::builder().jail(JailSpec::new("slow", Filter::Sshd).actionban("sleep 2")).start().unwrap();
    let hasty = Client::with_options(
        lab.socket(),
        Options::default().with_action_timeout(Duration::from_millis(300)),
    );
    let error = hasty.ban(&jail("slow"), &[address()]).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    // The answer to this one is its own, though the server still works on the other.
    assert_eq!(hasty.is_banned(&jail("slow"), &[address().into()]).await.unwrap(), [true]);
    assert_eq!(hasty.generation(), 2);
}

#[tokio::test]
async fn a_dropped_call_does_not_disturb_the_next() {
    let lab = lab();
    let client = Client::new(lab.socket());
    client.ping().await.unwrap();
    let sleep = client.raw(vec!["sleep".into(), "1".into()]);
    assert!(tokio::time::timeout(Duration::from_millis(200), sleep).await.is_err());
    assert_eq!(client.version().await.unwrap().as_str(), lab.client(&["version"]).unwrap());
    assert_eq!(client.generation(), 2);
}
