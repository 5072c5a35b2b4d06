//! Against a real fail2ban: one jail is reloaded. What was intended holds, bans are kept, other jails stay untouched.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use fail2ban_client::codec::Arg;
use fail2ban_client::{
    Address, Backend, Client, Error, JailStream, ReloadFault, ReloadOptions, ReloadRefusal, Reloaded,
    Restored, Weapon,
};

use crate::live::jail;
use crate::streams::{assert_same, changed, dump, dump_jail, dump_server, stream_of, with};

/// Two jails with two bans each, of which the database knows.
pub(crate) async fn lab() -> (Fail2ban, Client) {
    let lab = Fail2ban::builder()
        .jail(
            JailSpec::new("sshd", Filter::Sshd)
                .ignoreip(["192.0.2.0/24", "2001:db8::1"])
                .option("maxmatches", "7"),
        )
        .jail(JailSpec::new("nginx", Filter::Nginx).bantime(-1))
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    for (name, texts) in
        [("sshd", ["203.0.113.7", "2001:db8:7::/48"]), ("nginx", ["203.0.113.8", "2001:db8:8::/48"])]
    {
        let addresses: Vec<Address> = texts.map(|text| text.parse().unwrap()).to_vec();
        client.ban(&jail(name), &addresses).await.unwrap();
        for text in texts {
            lab.wait_for_row(text).unwrap();
        }
    }
    (lab, client)
}

/// The dump of everything but the jail that is reloaded.
pub(crate) async fn dump_others(client: &Client) -> String {
    dump_server(client).await + &dump_jail(client, &jail("nginx")).await
}

pub(crate) fn put(stream: &JailStream, key: &str, value: impl Into<Arg>) -> JailStream {
    let value = value.into();
    changed(stream, |mut command| {
        if command.get(2) == Some(&key.into()) {
            command.truncate(3);
            command.push(value.clone());
        }
        Some(command)
    })
}

pub(crate) fn without(stream: &JailStream, keys: &[&str]) -> JailStream {
    changed(stream, |command| {
        let leave = command.get(2).is_some_and(|key| keys.iter().any(|&left| *key == Arg::from(left)));
        (!leave).then_some(command)
    })
}

pub(crate) async fn reload(client: &Client, stream: &JailStream) -> Result<Reloaded, Error> {
    client.reload_jail(stream, ReloadOptions::default()).await
}

pub(crate) fn refusal(error: Error) -> ReloadRefusal {
    match error {
        Error::ReloadRefused { reason, .. } => *reason,
        other => panic!("{other}"),
    }
}

pub(crate) fn failure(error: Error) -> (ReloadFault, Restored) {
    match error {
        Error::ReloadFailed { source, restored, .. } => (*source, restored),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_reload_with_what_the_files_say_changes_nothing() {
    let (lab, client) = lab().await;
    let before = dump(&client).await;
    let reloaded = reload(&client, &stream_of(&lab, "sshd")).await.unwrap();
    assert!(reloaded.restarted.is_empty(), "{:?}", reloaded.restarted);
    assert_eq!(reloaded.before.unwrap(), reloaded.after);
    assert!(reloaded.lost_bans.is_empty());
    assert_same(&dump(&client).await, &before);
    // The jail still finds and bans.
    for _ in 0..3 {
        lab.append("sshd", &lines::sshd("203.0.113.99".parse().unwrap())).unwrap();
    }
    lab.wait_for_ban("sshd", "203.0.113.99".parse().unwrap()).unwrap();
}

#[tokio::test]
async fn a_reload_with_what_the_server_tells_changes_nothing() {
    let (_lab, client) = lab().await;
    let before = dump(&client).await;
    let snapshot = client.snapshot_jail(&jail("sshd")).await.unwrap();
    assert!(snapshot.is_complete(), "{:?}", snapshot.missing);
    let reloaded = reload(&client, &snapshot.stream).await.unwrap();
    assert!(reloaded.restarted.is_empty(), "{:?}", reloaded.restarted);
    assert_same(&dump(&client).await, &before);
    let error = client.snapshot_jail(&jail("nojail")).await.unwrap_err();
    assert!(matches!(error, Error::UnknownJail { .. }), "{error}");
}

#[tokio::test]
async fn other_settings_and_expressions_come_into_force_and_bans_stay() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let bans = client.banned_with_times(&jail("sshd")).await.unwrap();
    let old = client.jail_settings(&jail("sshd")).await.unwrap();
    let stream = put(&put(&stream_of(&lab, "sshd"), "bantime", 1200), "findtime", 60);
    let stream = put(&stream, "addfailregex", "^ other format <HOST>$");
    let stream = with(&stream, &["set", "sshd", "addignoreregex", "harmless"]);
    let reloaded = reload(&client, &stream).await.unwrap();
    assert!(reloaded.restarted.is_empty() && reloaded.lost_bans.is_empty(), "{reloaded:?}");
    assert_eq!(reloaded.before, Some(old));
    let settings = client.jail_settings(&jail("sshd")).await.unwrap();
    assert_eq!(reloaded.after, settings);
    assert_eq!(
        (settings.bantime, settings.findtime, settings.failregex.len()),
        (Some(fail2ban_client::Bantime::Seconds(1200)), Some(60), 1)
    );
    assert!(settings.failregex[0].contains("other format"), "{settings:?}");
    assert_eq!(settings.ignoreregex, ["harmless"]);
    let ids = |tickets: &[fail2ban_client::BanTicket]| {
        tickets.iter().map(|it| it.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&client.banned_with_times(&jail("sshd")).await.unwrap()), ids(&bans));
    assert_same(&dump_others(&client).await, &others);
}

#[tokio::test]
async fn a_setting_that_is_not_set_any_more_needs_a_restart() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let reloaded = reload(&client, &without(&stream_of(&lab, "sshd"), &["maxmatches"])).await.unwrap();
    assert_eq!(reloaded.restarted, ["not set any more: maxmatches"]);
    assert!(reloaded.lost_bans.is_empty());
    assert_eq!(reloaded.before.unwrap().maxmatches, Some(7));
    assert_ne!(reloaded.after.maxmatches, Some(7));
    assert_eq!(client.banned(&jail("sshd")).await.unwrap().len(), 2);
    assert_same(&dump_others(&client).await, &others);
}

#[tokio::test]
async fn a_jail_that_does_not_run_is_started() {
    let (lab, client) = lab().await;
    let before = dump(&client).await;
    let log = lab.dir().join("log/fresh.log");
    std::fs::write(&log, "").unwrap();
    let stream = JailStream::new(jail("fresh"), Backend::Polling);
    let stream = with(&stream, &["set", "fresh", "addfailregex", "^ failed from <HOST>$"]);
    let stream = with(&stream, &["set", "fresh", "addlogpath", log.to_str().unwrap()]);
    let reloaded = reload(&client, &stream).await.unwrap();
    assert_eq!((reloaded.before, reloaded.restarted.len()), (None, 0));
    assert_eq!(reloaded.after.logpath[0].to_path(), log);
    client.ban(&jail("fresh"), &["203.0.113.9".parse().unwrap()]).await.unwrap();
    assert_eq!(client.jails().await.unwrap().len(), 3);
    client.stop_jail(&jail("fresh")).await.unwrap();
    assert_same(&dump(&client).await, &before);

    // One that fails leaves nothing of itself.
    let stream = with(&stream, &["set", "fresh", "addlogpath", "/does/not/exist"]);
    let (fault, restored) = failure(reload(&client, &stream).await.unwrap_err());
    assert!(
        matches!(&fault, ReloadFault::Error(error) if error.exception().unwrap().name() == "FileNotFoundError")
    );
    assert!(matches!(restored, Restored::Absent), "{restored}");
    assert_same(&dump(&client).await, &before);
}

#[tokio::test]
async fn what_fail2ban_refuses_is_not_sent() {
    let (lab, client) = lab().await;
    let before = dump(&client).await;
    let good = stream_of(&lab, "sshd");
    for (stream, said) in [
        (put(&good, "addfailregex", "^(<HOST>$"), "Unable to compile regular expression"),
        (with(&good, &["set", "sshd", "datepattern", "%Q"]), "Failed to set datepattern"),
        (put(&good, "logencoding", "utf-99"), "unknown encoding: utf-99"),
        (with(&good, &["set", "sshd", "logtimezone", "Mars"]), "Mars"),
    ] {
        let error = reload(&client, &stream).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        let ReloadRefusal::Problems { check } = refusal(error) else { panic!("{said}") };
        assert_eq!(check.problems.len(), 1);
        let log = std::fs::read_to_string(lab.server_log()).unwrap();
        assert!(!log.contains("Reload jail"), "{log}");
        assert_same(&dump(&client).await, &before);
    }
}

#[tokio::test]
async fn what_would_disarm_the_jail_is_not_sent() {
    let (lab, client) = lab().await;
    let before = dump(&client).await;
    let good = stream_of(&lab, "sshd");
    let journal = with(&without(&good, &["addlogpath"]), &["set", "sshd", "addjournalmatch", "_COMM=sshd"]);
    for (stream, expected) in [
        (without(&good, &["addfailregex"]), &[Weapon::Failregex][..]),
        (without(&good, &["addlogpath"]), &[Weapon::Logs]),
        (journal, &[Weapon::Logs]),
        (without(&good, &["addaction", "action"]), &[Weapon::Actions]),
        (
            JailStream::new(jail("sshd"), Backend::Polling),
            &[Weapon::Logs, Weapon::Failregex, Weapon::Actions],
        ),
    ] {
        let reason = refusal(reload(&client, &stream).await.unwrap_err());
        assert!(matches!(&reason, ReloadRefusal::Disarms { weapons } if weapons == expected), "{reason}");
    }
    let other = ReloadOptions::default().with_last_good(stream_of(&lab, "nginx"));
    let reason = refusal(client.reload_jail(&good, other).await.unwrap_err());
    assert!(matches!(reason, ReloadRefusal::OtherJail { .. }), "{reason}");
    let bad = ReloadOptions::default().with_last_good(put(&good, "addfailregex", "("));
    let reason = refusal(client.reload_jail(&good, bad).await.unwrap_err());
    assert!(matches!(reason, ReloadRefusal::BadWayBack { .. }), "{reason}");
    let log = std::fs::read_to_string(lab.server_log()).unwrap();
    assert!(!log.contains("Reload jail"), "{log}");
    assert_same(&dump(&client).await, &before);
}

#[tokio::test]
async fn other_actions_come_by_a_restart() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let marks = lab.dir().join("marks");
    let ban = format!("echo ban <ip> >> {}", marks.display());
    let stream = with(&stream_of(&lab, "sshd"), &["set", "sshd", "addaction", "second"]);
    let stream = with(&stream, &["set", "sshd", "action", "second", "actionban", &ban]);
    let reloaded = reload(&client, &stream).await.unwrap();
    assert_eq!(reloaded.restarted, ["changed: the missing action \"second\""]);
    assert!(reloaded.lost_bans.is_empty(), "{reloaded:?}");
    assert_eq!(reloaded.after.actions.len(), 2);
    // A ban is listed a little before its actions have run.
    let mut marked = String::new();
    for _ in 0..600 {
        marked = std::fs::read_to_string(&marks).unwrap_or_default();
        if marked.lines().count() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(marked.contains("ban 203.0.113.7") && marked.contains("ban 2001:db8:7::/48"), "{marked}");
    assert_eq!(client.banned(&jail("sshd")).await.unwrap().len(), 2);

    // Another command, and the action gone again.
    let other = with(&stream_of(&lab, "sshd"), &["set", "sshd", "addaction", "second"]);
    let reloaded = reload(&client, &other).await.unwrap();
    assert!(reloaded.restarted.iter().any(|reason| reason.contains("actionban")), "{:?}", reloaded.restarted);
    let reloaded = reload(&client, &stream_of(&lab, "sshd")).await.unwrap();
    assert!(reloaded.restarted.iter().any(|reason| reason.contains("second")), "{:?}", reloaded.restarted);
    assert_eq!(reloaded.after.actions.len(), 1);
    assert_eq!(client.banned(&jail("sshd")).await.unwrap().len(), 2);
    assert_same(&dump_others(&client).await, &others);
}

#[tokio::test]
async fn without_a_database_no_bans_are_thrown_away() {
    let lab = Fail2ban::builder().database(false).jail(JailSpec::new("sshd", Filter::Sshd)).start().unwrap();
    let client = Client::new(lab.socket());
    client.ban(&jail("sshd"), &["203.0.113.7".parse().unwrap()]).await.unwrap();
    let stream = with(&stream_of(&lab, "sshd"), &["set", "sshd", "addaction", "second"]);
    let reason = refusal(reload(&client, &stream).await.unwrap_err());
    assert!(matches!(reason, ReloadRefusal::BansWouldBeLost { bans: 1, .. }), "{reason}");
    assert_eq!(client.banned(&jail("sshd")).await.unwrap().len(), 1);
    client.unban_all().await.unwrap();
    assert_eq!(reload(&client, &stream).await.unwrap().after.actions.len(), 2);
}
