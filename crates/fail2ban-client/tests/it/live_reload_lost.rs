//! Against a real fail2ban: the reply to a reload is lost, or the server is. The client looks and says how things are.

use std::time::Duration;

use bangui_test_support::fail2ban::Fail2ban;
use fail2ban_client::{Client, Error, JailStream, Options, ReloadFault, Restored};

use crate::cut::cutting;
use crate::live::jail;
use crate::live_reload::{dump_others, failure, lab, put, reload};
use crate::streams::{assert_same, dump, stream_of, with, without_starts};

/// A client whose line is cut so many bytes behind the options of the reload.
fn unlucky(lab: &Fail2ban, cut: usize) -> Client {
    let options = Options::default().with_reconnect_for(Duration::from_mins(1));
    Client::with_connector(cutting(lab.socket(), "--if-exists", [Some(cut)]), options)
}

fn lost_reply(fault: &ReloadFault) -> bool {
    matches!(fault, ReloadFault::Error(error) if error.is_outcome_unknown())
}

#[tokio::test]
async fn a_reload_that_was_carried_out_is_a_success() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let stream = put(&stream_of(&lab, "sshd"), "bantime", 1200);
    let unlucky = unlucky(&lab, usize::MAX);
    let reloaded = reload(&unlucky, &stream).await.unwrap();
    assert_eq!(unlucky.generation(), 2);
    assert_eq!(reloaded.after.bantime, Some(fail2ban_client::Bantime::Seconds(1200)));
    assert!(reloaded.lost_bans.is_empty());
    assert_same(&dump_others(&client).await, &others);
}

#[tokio::test]
async fn a_reload_that_never_arrived_leaves_the_jail_as_it_was() {
    let (lab, client) = lab().await;
    let before = dump(&client).await;
    let stream = put(&stream_of(&lab, "sshd"), "bantime", 1200);
    let error = reload(&unlucky(&lab, 100), &stream).await.unwrap_err();
    assert!(error.is_offline() && error.is_outcome_unknown(), "{error}");
    let (fault, restored) = failure(error);
    assert!(lost_reply(&fault), "{fault}");
    assert!(matches!(restored, Restored::Untouched), "{restored}");
    assert_same(&dump(&client).await, &before);
}

#[tokio::test]
async fn a_reload_that_failed_unheard_is_put_back() {
    let (lab, client) = lab().await;
    let before = without_starts(&dump(&client).await);
    let stream = with(&stream_of(&lab, "sshd"), &["set", "sshd", "addlogpath", "/does/not/exist"]);
    let (fault, restored) = failure(reload(&unlucky(&lab, usize::MAX), &stream).await.unwrap_err());
    assert!(lost_reply(&fault), "{fault}");
    assert!(
        matches!(&restored, Restored::Back { lost_bans, lost_logs } if lost_bans.is_empty() && lost_logs.is_empty()),
        "{restored}"
    );
    assert_same(&without_starts(&dump(&client).await), &before);
}

#[tokio::test]
async fn a_reload_that_takes_longer_than_the_client_waits_is_looked_at_when_it_is_done() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let hasty = Client::with_options(
        lab.socket(),
        Options::default()
            .with_timeout(Duration::from_millis(400))
            .with_action_timeout(Duration::from_secs(2)),
    );
    // Loaded in the reload alone: a check does not touch actions.
    let stream = slow_stream(&lab, 3);
    let reloaded = reload(&hasty, &stream).await.unwrap();
    assert_eq!(reloaded.after.actions.len(), 2);
    assert!(hasty.generation() > 2, "it asked several times");
    assert!(reloaded.lost_bans.is_empty());
    assert_same(&dump_others(&client).await, &others);
}

/// Reloads, and kills the server once it is in the middle of it.
async fn killed(lab: &mut Fail2ban, stream: JailStream, back: bool) -> Error {
    let unlucky =
        Client::with_options(lab.socket(), Options::default().with_reconnect_for(Duration::from_secs(20)));
    // The last question before the reload has been answered when the action's script has written its mark.
    let mark = lab.dir().join("mark");
    let reloading = tokio::spawn(async move { reload(&unlucky, &stream).await });
    while !mark.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::task::block_in_place(|| {
        lab.kill();
        if back {
            lab.start_again().unwrap();
        }
    });
    reloading.await.unwrap().unwrap_err()
}

/// A stream whose last action leaves a mark when it is added, and then takes its time: the reload is half done.
fn slow_stream(lab: &Fail2ban, seconds: u32) -> JailStream {
    let path = lab.dir().join("slow.py");
    let text = format!(
        "import time\nfrom fail2ban.server.action import ActionBase\n\
         class Action(ActionBase):\n    \
         def __init__(self, jail, name):\n        \
         super(Action, self).__init__(jail, name)\n        \
         open({:?}, 'w').close()\n        \
         time.sleep({seconds})\n",
        lab.dir().join("mark").display().to_string()
    );
    std::fs::write(&path, text).unwrap();
    with(&stream_of(lab, "sshd"), &["set", "sshd", "addaction", "slow", path.to_str().unwrap(), "{}"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_mid_reload_and_comes_back_has_the_jail_of_its_files() {
    let (mut lab, client) = lab().await;
    let before = without_starts(&dump(&client).await);
    let stream = slow_stream(&lab, 60);
    let (fault, restored) = failure(killed(&mut lab, stream, true).await);
    assert!(lost_reply(&fault), "{fault}");
    assert!(matches!(restored, Restored::Untouched), "{restored}");
    for (name, ip) in [("sshd", "203.0.113.7"), ("nginx", "203.0.113.8")] {
        lab.wait_for_ban(name, ip.parse().unwrap()).unwrap();
    }
    for _ in 0..600 {
        if client.banned(&jail("sshd")).await.unwrap().len()
            + client.banned(&jail("nginx")).await.unwrap().len()
            == 4
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_same(&without_starts(&dump(&client).await), &before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_mid_reload_and_stays_away_leaves_the_outcome_unknown() {
    let (mut lab, _client) = lab().await;
    let stream = slow_stream(&lab, 60);
    let error = killed(&mut lab, stream, false).await;
    assert!(error.is_offline() && error.is_outcome_unknown(), "{error}");
    let (fault, restored) = failure(error);
    assert!(lost_reply(&fault), "{fault}");
    assert!(
        matches!(&restored, Restored::Failed { error } if matches!(&**error, ReloadFault::Error(error) if error.is_offline())),
        "{restored}"
    );
}
