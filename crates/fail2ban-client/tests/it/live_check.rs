//! Against a real fail2ban: a jail's stream is tried on a scratch jail, and the server is afterwards as it was.

use std::time::Duration;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::{Address, Backend, Client, Error, JailStream, Options};

use crate::cut::cutting;
use crate::live::jail;
use crate::streams::{assert_same, dump, stream_of, words};

/// Two jails with bans and settings of many kinds.
async fn busy_lab() -> (Fail2ban, Client) {
    let lab = Fail2ban::builder()
        .jail(
            JailSpec::new("sshd", Filter::Sshd)
                .ignoreip(["192.0.2.0/24", "2001:db8::1"])
                .bantime_increment(true)
                .option("bantime.maxtime", "604800")
                .option("ignorecache", r#"key="<ip>", max-count=50, max-time=60"#),
        )
        .jail(JailSpec::new("nginx", Filter::Nginx).bantime(-1))
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    for name in ["sshd", "nginx"] {
        let addresses: Vec<Address> =
            ["203.0.113.7", "2001:db8::/32"].map(|text| text.parse().unwrap()).to_vec();
        client.ban(&jail(name), &addresses).await.unwrap();
    }
    lab.wait_for_row("203.0.113.7").unwrap();
    // bantime.increment prolongs a ban a little after it was made.
    tokio::time::sleep(Duration::from_millis(500)).await;
    (lab, client)
}

#[tokio::test]
async fn a_good_stream_passes_and_leaves_nothing() {
    let (lab, client) = busy_lab().await;
    let before = dump(&client).await;
    for name in ["sshd", "nginx"] {
        let stream = stream_of(&lab, name);
        let check = client.check_jail(&stream).await.unwrap();
        assert!(check.is_ok(), "{check}");
        let unchecked: Vec<&str> =
            check.unchecked.iter().map(|it| it.command.split(' ').nth(2).unwrap()).collect();
        assert_eq!(unchecked, ["addlogpath", "addaction", "action"]);
        for it in &check.unchecked {
            let args = &stream.commands()[it.place];
            assert!(it.command.ends_with('…') || it.command.split(' ').count() == args.len(), "{it:?}");
        }
    }
    let unknown = JailStream::new(jail("not there"), Backend::Auto);
    assert!(client.check_jail(&unknown).await.unwrap().is_ok());
    assert_same(&dump(&client).await, &before);
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn every_problem_is_told_in_the_servers_words_and_place() {
    let (lab, client) = busy_lab().await;
    let before = dump(&client).await;
    let mut stream = JailStream::new(jail("sshd"), Backend::Polling);
    let list = |items: &[&str]| fail2ban_client::codec::Arg::List(words(items));
    let regexes =
        [words(&["multi-set", "sshd", "addfailregex"]), vec![list(&["^a <HOST>$", "^b (<HOST>$", "^c$"])]]
            .concat();
    for command in [
        words(&["set", "sshd", "usedns", "no"]),
        regexes,
        words(&["set", "sshd", "datepattern", "%Q"]),
        words(&["set", "sshd", "maxretry", "3"]),
        words(&["set", "sshd", "logencoding", "utf-99"]),
        words(&["set", "sshd", "logtimezone", "Mars/Olympus"]),
        words(&["set", "sshd", "addignoreregex", "("]),
        words(&["set", "sshd", "prefregex", "*"]),
        words(&["set", "sshd", "addlogpath", "/does/not/exist"]),
    ] {
        stream.push(&fail2ban_client::command::raw(command)).unwrap();
    }
    let check = client.check_jail(&stream).await.unwrap();
    let found: Vec<(usize, String)> = check
        .problems
        .iter()
        .map(|problem| (problem.place, problem.error.exception().unwrap().name()))
        .collect();
    let expected = [
        (2, "RegexException"),
        (2, "RegexException"),
        (3, "TypeError"),
        (5, "LookupError"),
        (6, "ValueError"),
        (7, "RegexException"),
        (8, "RegexException"),
    ];
    assert_eq!(found, expected.map(|(place, name)| (place, name.to_owned())));
    assert_eq!(check.problems[0].command, "multi-set sshd addfailregex [\"^b (<HOST>$\"]");
    let text = check.to_string();
    for said in ["No failure-id group in '^c$'", "Mars/Olympus", "unknown encoding: utf-99"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("__check"), "{text}");
    assert_eq!(check.unchecked.len(), 1);
    assert_same(&dump(&client).await, &before);

    // The answer is fail2ban's own.
    let own = lab.client(&["set", "sshd", "logtimezone", "Mars/Olympus"]).unwrap_err().to_string();
    let said = check.problems[4].error.exception().unwrap().message();
    assert!(own.contains(&said), "{own} / {said}");
}

/// A stream of several hundred KiB, of which the server reads 64 KiB at once.
fn long_stream() -> JailStream {
    let mut stream = JailStream::new(jail("sshd"), Backend::Polling);
    for number in 0..2000 {
        let expression = format!("^{number} {} <HOST>$", "x".repeat(120));
        stream
            .push(&fail2ban_client::command::raw(words(&["set", "sshd", "addignoreregex", &expression])))
            .unwrap();
    }
    stream
}

#[tokio::test]
async fn a_long_stream_passes_too() {
    let (_lab, client) = busy_lab().await;
    let before = dump(&client).await;
    assert!(client.check_jail(&long_stream()).await.unwrap().is_ok());
    assert_same(&dump(&client).await, &before);
}

#[tokio::test]
async fn checks_of_several_clients_do_not_disturb_each_other() {
    let (lab, client) = busy_lab().await;
    let before = dump(&client).await;
    let checks: Vec<_> = (0..4)
        .map(|number| {
            // fail2ban works off one stream at a time, and older ones slowly: the others wait for their turn.
            let patient = Options::default().with_timeout(Duration::from_mins(2));
            let client = Client::with_options(lab.socket(), patient);
            let stream = if number < 2 { long_stream() } else { stream_of(&lab, "sshd") };
            tokio::spawn(async move {
                for _ in 0..2 {
                    let check = client.check_jail(&stream).await.unwrap();
                    assert!(check.is_ok(), "{check}");
                }
            })
        })
        .collect();
    for check in checks {
        check.await.unwrap();
    }
    assert_same(&dump(&client).await, &before);
}

#[tokio::test]
async fn a_connection_that_is_cut_in_mid_check_leaves_no_scratch_jail() {
    let (lab, client) = busy_lab().await;
    let before = dump(&client).await;
    for (stream, cut) in [
        (stream_of(&lab, "sshd"), 0),
        (stream_of(&lab, "sshd"), 300),
        (stream_of(&lab, "sshd"), usize::MAX),
        (long_stream(), 150_000),
        (long_stream(), usize::MAX),
    ] {
        let line = cutting(lab.socket(), "__check_", [Some(cut)]);
        let unlucky = Client::with_connector(line, Options::default());
        let error = unlucky.check_jail(&stream).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(unlucky.generation(), 2, "it came back to look");
        assert_same(&dump(&client).await, &before);
    }
}

#[tokio::test]
async fn the_scratch_jail_of_a_client_that_died_goes_by_itself_or_with_the_next_check() {
    let (lab, client) = busy_lab().await;
    let before = dump(&client).await;
    let stream = stream_of(&lab, "sshd");
    // Nothing listens at the other end of the second connection: this client never comes back.
    let dead = || Options::default().with_reconnect_for(Duration::ZERO);
    let die = async |stream: &JailStream, cut: usize| {
        let line = cutting(lab.socket(), "__check_", [Some(cut), Some(0)]);
        let error = Client::with_connector(line, dead()).check_jail(stream).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
    };
    // The server works off what it was sent after the client has died, in its own time.
    let scratch_jails = async |wanted: usize| {
        let found = async || {
            let jails = client.jails().await.unwrap();
            jails.iter().filter(|jail| jail.as_str().starts_with("__check_")).count()
        };
        let wait = async {
            while found().await != wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap();
    };
    die(&stream, usize::MAX).await;
    scratch_jails(0).await;
    assert_same(&dump(&client).await, &before);

    die(&long_stream(), 150_000).await;
    scratch_jails(1).await;
    assert!(client.check_jail(&stream).await.unwrap().is_ok());
    assert_same(&dump(&client).await, &before);
}

#[tokio::test]
async fn a_jail_that_only_has_such_a_name_is_left_alone() {
    let (lab, client) = busy_lab().await;
    let log = lab.log_path("sshd").unwrap();
    for (name, command) in [
        ("__check_00000000000000a1", &["addlogpath", log.to_str().unwrap()][..]),
        ("__check_00000000000000a2", &["addaction", "noop"]),
        ("__check_00000000000000a3", &["banip", "192.0.2.1"]),
        ("__check_mine", &["maxretry", "3"]),
    ] {
        client.raw(words(&["add", name, "polling"])).await.unwrap();
        client.raw(words(&[&["set", name], command].concat())).await.unwrap();
        // Bans are made by a thread that runs once the jail is started.
        client.start_jail(&jail(name)).await.unwrap();
    }
    lab.wait_for_ban("__check_00000000000000a3", "192.0.2.1".parse().unwrap()).unwrap();
    client.raw(words(&["add", "__check_00000000000000ff", "polling"])).await.unwrap();
    let before = dump(&client).await;
    assert!(client.check_jail(&stream_of(&lab, "sshd")).await.unwrap().is_ok());
    let after = dump(&client).await;
    assert!(before.contains("__check_00000000000000ff") && !after.contains("__check_00000000000000ff"));
    let rest: String =
        before.split_inclusive('\n').filter(|line| !line.contains("__check_00000000000000ff")).collect();
    assert_eq!(after, rest);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told() {
    let (_lab, client) = busy_lab().await;
    let before = dump(&client).await;
    let mut stream = JailStream::new(jail("sshd"), Backend::Polling);
    let marked = words(&["set", "sshd", "prefregex", "<F2B_END_COMMAND>"]);
    stream.push(&fail2ban_client::command::raw(marked)).unwrap();
    let error = client.check_jail(&stream).await.unwrap_err();
    assert!(matches!(error, Error::Request { .. }), "{error}");
    assert_same(&dump(&client).await, &before);
}

#[test]
fn the_blocking_client_checks_and_reads_too() {
    let lab = Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd)).start().unwrap();
    let client = fail2ban_client::blocking::Client::new(lab.socket()).unwrap();
    assert!(client.check_jail(&stream_of(&lab, "sshd")).unwrap().is_ok());
    let snapshot = client.snapshot_jail(&jail("sshd")).unwrap();
    assert!(snapshot.is_complete());
    let reloaded = client.reload_jail(&snapshot.stream, fail2ban_client::ReloadOptions::default()).unwrap();
    assert_eq!(reloaded.before.unwrap(), reloaded.after);
}
