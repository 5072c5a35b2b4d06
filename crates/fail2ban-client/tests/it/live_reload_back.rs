//! Against a real fail2ban: a reload fails on the way, and the jail is put back.

use std::path::PathBuf;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use fail2ban_client::{
    Client, Difference, Error, Missing, ReloadFault, ReloadOptions, ReloadRefusal, Restored,
};

use crate::live::jail;
use crate::live_reload::{dump_others, failure, lab, put, refusal, reload};
use crate::streams::{assert_same, dump, stream_of, with, without_starts, words};

/// A Python action that does nothing.
fn python_action(lab: &Fail2ban) -> PathBuf {
    let path = lab.dir().join("nothing.py");
    let text = "from fail2ban.server.action import ActionBase\n\
                class Action(ActionBase):\n    \
                def __init__(self, jail, name, mark='none'):\n        \
                super(Action, self).__init__(jail, name)\n        \
                self.mark = mark\n";
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn python_actions_stay_when_their_stream_is_given() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let file = python_action(&lab);
    let plain = stream_of(&lab, "sshd");
    let python = |mark: &str| {
        with(
            &plain,
            &["set", "sshd", "addaction", "py", file.to_str().unwrap(), &format!("{{\"mark\": \"{mark}\"}}")],
        )
    };
    let one = python("one");
    let reloaded = reload(&client, &one).await.unwrap();
    assert!(reloaded.restarted.iter().any(|reason| reason.contains("Python")), "{:?}", reloaded.restarted);

    // What runs cannot be read in full, and is not risked.
    let reason = refusal(reload(&client, &python("two")).await.unwrap_err());
    let ReloadRefusal::NoWayBack { missing } = reason else { panic!("{reason}") };
    assert_eq!(missing, [Missing::PythonAction { action: "py".into() }]);
    assert!(!client.snapshot_jail(&jail("sshd")).await.unwrap().is_complete());

    let options = || ReloadOptions::default().with_last_good(one.clone());
    let reloaded = client.reload_jail(&python("two"), options()).await.unwrap();
    assert!(reloaded.lost_bans.is_empty());
    let mark = client.raw(words(&["get", "sshd", "action", "py", "mark"])).await.unwrap();
    assert_eq!(mark.as_str(), Some("two"));

    // A file that is not there is found when it is loaded; then the last good stream holds.
    let gone = with(&plain, &["set", "sshd", "addaction", "py", "/does/not/exist.py", "{}"]);
    let (fault, restored) = failure(client.reload_jail(&gone, options()).await.unwrap_err());
    assert!(matches!(fault, ReloadFault::Error(Error::Server { .. })), "{fault}");
    assert!(
        matches!(&restored, Restored::Back { lost_bans, lost_logs } if lost_bans.is_empty() && lost_logs.is_empty()),
        "{restored}"
    );
    let mark = client.raw(words(&["get", "sshd", "action", "py", "mark"])).await.unwrap();
    assert_eq!(mark.as_str(), Some("one"));
    assert_same(&dump_others(&client).await, &others);
}

#[tokio::test]
async fn a_stream_that_fails_on_the_way_puts_everything_back() {
    let (lab, client) = lab().await;
    let (before, others) = (without_starts(&dump(&client).await), dump_others(&client).await);
    let good = stream_of(&lab, "sshd");
    for (stream, name) in [
        (with(&good, &["set", "sshd", "addlogpath", "/does/not/exist"]), "FileNotFoundError"),
        (
            with(&put(&good, "bantime", 1200), &["set", "sshd", "addaction", "py", "/no/action.py", "{}"]),
            "FileNotFoundError",
        ),
    ] {
        for last_good in [None, Some(good.clone())] {
            let mut options = ReloadOptions::default();
            options.last_good = last_good;
            let error = client.reload_jail(&stream, options).await.unwrap_err();
            assert_eq!(error.exception().unwrap().name(), name, "{error}");
            let (_, restored) = failure(error);
            assert!(
                matches!(&restored, Restored::Back { lost_bans, lost_logs } if lost_bans.is_empty() && lost_logs.is_empty()),
                "{restored}"
            );
            assert_same(&without_starts(&dump(&client).await), &before);
            assert_same(&dump_others(&client).await, &others);
        }
    }
    // It bans as before.
    for _ in 0..3 {
        lab.append("sshd", &lines::sshd("203.0.113.99".parse().unwrap())).unwrap();
    }
    lab.wait_for_ban("sshd", "203.0.113.99".parse().unwrap()).unwrap();
}

#[tokio::test]
async fn every_setting_comes_back() {
    let lab = Fail2ban::builder()
        .jail(
            JailSpec::new("sshd", Filter::Failregex("^ bad <HOST>$\n^ \"worse\" né <HOST>$".into()))
                .findtime(700)
                .bantime(-1)
                .maxretry(4)
                .ignoreip(["192.0.2.0/24", "2001:db8::1", "host.example"])
                .bantime_increment(true)
                .actionban("echo '<ip>' >/dev/null")
                .option("usedns", "warn")
                .option("bantime.factor", "2.5")
                .option("bantime.multipliers", "1 2 4 8")
                .option("bantime.maxtime", "604800")
                .option("bantime.rndtime", "30")
                .option("bantime.overalljails", "true")
                .option("ignorecommand", "/bin/false <ip>")
                .option("ignorecache", r#"key="<ip> <F-USER>", max-count=50, max-time=60"#)
                .option("ignoreself", "true")
                .option("logencoding", "ascii")
                .option("logtimezone", "UTC+0200")
                .option("maxmatches", "7"),
        )
        .jail(JailSpec::new("nginx", Filter::Nginx))
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    let second = lab.dir().join("log/second.log");
    std::fs::write(&second, "").unwrap();
    for (key, value) in [
        ("maxlines", "3"),
        ("prefregex", "^(?P<content>.+)$"),
        ("datepattern", "^EPOCH"),
        ("addignoreregex", "never <HOST>"),
        ("addlogpath", second.to_str().unwrap()),
        ("addaction", "second"),
    ] {
        lab.client(&["set", "sshd", key, value]).unwrap();
    }
    for (property, value) in
        [("actionban?family=inet6", "true"), ("actionban", "false"), ("timeout", "5"), ("port", "1:2")]
    {
        lab.client(&["set", "sshd", "action", "second", property, value]).unwrap();
    }
    client.ban(&jail("sshd"), &["203.0.113.7".parse().unwrap()]).await.unwrap();
    lab.wait_for_row("203.0.113.7").unwrap();
    // A permanent ban that comes back is cut to `bantime.maxtime`.
    let settings = |dump: String| -> String {
        dump.split_inclusive('\n').filter(|line| !line.contains(" bans ")).collect()
    };
    let before = settings(dump(&client).await);
    let snapshot = client.snapshot_jail(&jail("sshd")).await.unwrap();
    assert!(snapshot.is_complete(), "{:?}", snapshot.missing);
    let failing = with(&snapshot.stream, &["set", "sshd", "addlogpath", "/does/not/exist"]);
    let (_, restored) = failure(reload(&client, &failing).await.unwrap_err());
    assert!(
        matches!(&restored, Restored::Back { lost_bans, lost_logs } if lost_bans.is_empty() && lost_logs.is_empty()),
        "{restored}"
    );
    assert_same(&settings(dump(&client).await), &before);

    // A formula of one's own is code, which this crate does not send.
    lab.client(&["set", "sshd", "bantime.formula", "ban.Time * 3"]).unwrap();
    let reason = refusal(reload(&client, &snapshot.stream).await.unwrap_err());
    let ReloadRefusal::NoWayBack { missing } = reason else { panic!("{reason}") };
    assert_eq!(missing, [Missing::Setting { setting: "bantime.formula".into() }]);
}

#[tokio::test]
async fn a_log_file_that_is_no_more_does_not_keep_a_jail_from_coming_back() {
    let (lab, client) = lab().await;
    let others = dump_others(&client).await;
    let second = lab.dir().join("log/second.log");
    std::fs::write(&second, "").unwrap();
    lab.client(&["set", "sshd", "addlogpath", second.to_str().unwrap()]).unwrap();
    std::fs::remove_file(&second).unwrap();
    let failing = with(&stream_of(&lab, "sshd"), &["set", "sshd", "addlogpath", "/does/not/exist"]);
    let (_, restored) = failure(reload(&client, &failing).await.unwrap_err());
    let Restored::Back { lost_bans, lost_logs } = &restored else { panic!("{restored}") };
    assert!(lost_bans.is_empty());
    assert_eq!(lost_logs.iter().map(fail2ban_client::Text::to_path).collect::<Vec<_>>(), [second]);
    assert!(restored.to_string().contains("second.log"), "{restored}");
    let settings = client.jail_settings(&jail("sshd")).await.unwrap();
    assert_eq!(settings.logpath.len(), 1);
    assert_same(&dump_others(&client).await, &others);
}

#[tokio::test]
async fn a_stream_that_the_server_takes_and_does_not_follow_is_taken_back() {
    let (lab, client) = lab().await;
    let before = dump(&client).await;
    // A Python class that calls itself otherwise than it was asked to, by removing itself from the jail.
    let path = lab.dir().join("shy.py");
    let text = "from fail2ban.server.action import ActionBase\n\
                class Action(ActionBase):\n    \
                def start(self):\n        \
                del self._jail.actions[self._name]\n";
    std::fs::write(&path, text).unwrap();
    let stream =
        with(&stream_of(&lab, "sshd"), &["set", "sshd", "addaction", "shy", path.to_str().unwrap(), "{}"]);
    let mut gone = 0;
    // The action is started by a thread of the jail, which may be later than the look.
    for _ in 0..20 {
        match reload(&client, &stream).await {
            Err(error @ Error::ReloadFailed { .. }) => {
                let (fault, restored) = failure(error);
                let ReloadFault::Different { differences } = &fault else { panic!("{fault}") };
                assert_eq!(*differences, [Difference::NoAction("shy".into())]);
                assert!(
                    matches!(&restored, Restored::Back { lost_bans, lost_logs } if lost_bans.is_empty() && lost_logs.is_empty()),
                    "{restored}"
                );
                gone += 1;
                break;
            }
            Ok(_) => drop(reload(&client, &stream_of(&lab, "sshd")).await),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(gone, 1, "the action was always seen before it went");
    assert_same(&without_starts(&dump(&client).await), &without_starts(&before));
}
