//! Against a real fail2ban: what it tells about itself and its jails.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use fail2ban_client::codec::{Arg, Value};
use fail2ban_client::{Bantime, BantimeFactor, Client, Error, IgnoreCache, JailName, Reported, Text, UseDns};

pub(crate) fn jail(name: &str) -> JailName {
    JailName::new(name).unwrap()
}

pub(crate) fn lab() -> Fail2ban {
    Fail2ban::builder()
        .jail(JailSpec::new("sshd", Filter::Sshd))
        .jail(JailSpec::new("nginx", Filter::Nginx).bantime(-1))
        .start()
        .unwrap()
}

#[tokio::test]
async fn the_server() {
    let lab = lab();
    let client = Client::new(lab.socket());
    assert_eq!(client.generation(), 0);
    client.ping().await.unwrap();
    let version = client.version().await.unwrap();
    assert_eq!(version.as_str(), lab.client(&["version"]).unwrap());
    assert_eq!(client.jails().await.unwrap(), [jail("nginx"), jail("sshd")]);
    assert_eq!(client.database_file().await.unwrap(), Some(lab.database_path()));
    let error = client.stats().await.err();
    if version.at_least(1, 1) {
        assert!(error.is_none());
    } else {
        assert!(
            matches!(&error, Some(Error::Unsupported { version: told, .. }) if *told == version),
            "{error:?}"
        );
    }
    let names: Vec<JailName> = client.counters().await.unwrap().into_iter().map(|(jail, _)| jail).collect();
    assert_eq!(names, [jail("nginx"), jail("sshd")]);
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn a_server_without_database_and_jails() {
    let lab = Fail2ban::builder().database(false).start().unwrap();
    let client = Client::new(lab.socket());
    assert_eq!(client.database_file().await.unwrap(), None);
    assert_eq!(client.jails().await.unwrap(), []);
    assert_eq!(client.counters().await.unwrap(), []);
    assert_eq!(client.banned_by_jail().await.unwrap(), []);
    assert_eq!(client.unban_all().await.unwrap(), 0);
}

#[tokio::test]
async fn names_that_the_list_cannot_tell_apart() {
    let lab = Fail2ban::builder()
        .jail(JailSpec::new("one, two", Filter::Sshd))
        .jail(JailSpec::new("né three", Filter::Sshd))
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    assert_eq!(client.jails().await.unwrap(), [jail("né three"), jail("one, two")]);
    assert_eq!(client.status_short(&jail("one, two")).await.unwrap().counters.total_failed, 0);
    assert_eq!(client.counters().await.unwrap().len(), 2);
}

#[tokio::test]
async fn status_counts_failures_and_bans() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let ip = "192.0.2.1".parse().unwrap();
    for address in ["192.0.2.1", "192.0.2.1", "192.0.2.1", "2001:db8::2"] {
        lab.append("sshd", &lines::sshd(address.parse().unwrap())).unwrap();
    }
    lab.wait_for_ban("sshd", ip).unwrap();
    let status = client.status(&jail("sshd")).await.unwrap();
    assert_eq!(status.banned.unwrap(), ["192.0.2.1"]);
    assert_eq!(status.files[0].to_path(), lab.log_path("sshd").unwrap());
    assert!(status.journal_matches.is_empty());
    assert_eq!((status.counters.currently_banned, status.counters.total_banned), (1, 1));
    assert_eq!((status.counters.currently_failed, status.counters.total_failed), (1, 4));
    let short = client.status_short(&jail("sshd")).await.unwrap();
    assert_eq!(short.banned, None);
    assert_eq!(short.counters, status.counters);
    assert!(client.counters().await.unwrap().contains(&(jail("sshd"), status.counters)));

    let error = client.status(&jail("nojail")).await.unwrap_err();
    assert!(matches!(&error, Error::UnknownJail { jail } if jail == "nojail"), "{error}");
    let error = client.jail_settings(&jail("nojail")).await.unwrap_err();
    assert!(matches!(error, Error::UnknownJail { .. }), "{error}");
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn every_setting() {
    let lab = Fail2ban::builder()
        .jail(
            JailSpec::new("sshd", Filter::Sshd)
                .findtime(700)
                .bantime(-1)
                .maxretry(4)
                .ignoreip(["192.0.2.0/24", "2001:db8::1"])
                .bantime_increment(true)
                .option("bantime.factor", "2")
                .option("bantime.maxtime", "604800")
                .option("bantime.rndtime", "30")
                .option("bantime.overalljails", "true")
                .option("ignorecommand", "/bin/false <ip>")
                .option("ignorecache", r#"key="<ip>", max-count=50, max-time=60"#)
                .option("maxmatches", "7"),
        )
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    let name = jail("sshd");
    for (key, value) in [
        ("maxlines", "3"),
        ("prefregex", "^(?P<content>.+)$"),
        ("datepattern", "%Y"),
        ("logtimezone", "UTC+0200"),
    ] {
        lab.client(&["set", "sshd", key, value]).unwrap();
    }
    lab.client(&["set", "sshd", "addignoreregex", "never <HOST>"]).unwrap();
    let settings = client.jail_settings(&name).await.unwrap();
    assert_eq!(settings.logpath[0].to_path(), lab.log_path("sshd").unwrap());
    assert_eq!(settings.logencoding.as_deref(), Some("utf-8"));
    assert!(settings.journalmatch.is_empty());
    assert_eq!(settings.ignoreself, Some(false));
    let mut ignored: Vec<String> = settings.ignoreip.iter().map(ToString::to_string).collect();
    ignored.sort();
    assert_eq!(ignored, ["192.0.2.0/24", "2001:db8::1"]);
    assert_eq!(settings.ignorecommand.as_deref(), Some("/bin/false <ip>"));
    let cache = settings.ignorecache.unwrap();
    assert_eq!(cache, IgnoreCache::new("<ip>", 50, 60).unwrap());
    assert_eq!(settings.prefregex.as_deref(), Some("^(?P<content>.+)$"));
    assert!(settings.failregex[0].contains("Failed password"));
    assert!(settings.ignoreregex[0].starts_with("never "));
    assert_eq!(settings.usedns, Some(Reported::Known(UseDns::No)));
    assert_eq!(
        (settings.findtime, settings.bantime, settings.maxretry),
        (Some(700), Some(Bantime::Permanent), Some(4))
    );
    assert_eq!((settings.maxmatches, settings.maxlines), (Some(7), Some(3)));
    assert_eq!(settings.datepattern.pattern.as_deref(), Some("%Y"));
    assert_eq!(settings.logtimezone.as_deref(), Some("UTC+0200"));
    let increment = &settings.bantime_increment;
    assert_eq!((increment.increment, increment.overalljails), (Some(true), Some(true)));
    assert_eq!(increment.factor, Some(Reported::Known(BantimeFactor::new(2.0).unwrap())));
    assert_eq!((increment.maxtime, increment.rndtime), (Some(604_800), Some(30)));
    assert_eq!((&increment.formula, &increment.multipliers), (&None, &None));
    assert_eq!(settings.actions, client.actions(&name).await.unwrap());
    assert_eq!(settings.actions.len(), 1);
}

#[tokio::test]
async fn settings_of_a_bare_jail() {
    let lab = lab();
    let client = Client::new(lab.socket());
    client.raw(vec!["add".into(), "bare".into(), "polling".into()]).await.unwrap();
    let settings = client.jail_settings(&jail("bare")).await.unwrap();
    assert!(settings.failregex.is_empty() && settings.logpath.is_empty() && settings.actions.is_empty());
    assert_eq!(settings.datepattern.pattern, None);
    assert_eq!(settings.ignorecommand, None);
    assert_eq!(settings.bantime_increment.increment, None);
}

#[tokio::test]
async fn values_come_back_as_they_were_sent() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let lone = Text::from_bytes_escaped(b"/n\xff\xe9.log");
    let args = vec![
        Arg::None,
        Arg::Bool(true),
        Arg::Int(i64::from(i32::MIN)),
        Arg::Int(i64::MAX),
        Arg::Int(i64::MIN),
        Arg::Float(-1.5),
        "\0\u{1}\r\n\t né \u{1f600}".into(),
        Arg::Str(lone.clone()),
        Arg::Str("x".repeat(300_000).into()),
        Arg::List(vec![Arg::List(vec![]), Arg::Dict(vec![("a".into(), 1.into())])]),
    ];
    let command = [vec!["echo".into()], args.clone()].concat();
    let echoed = client.raw(command).await.unwrap();
    let echoed = echoed.as_sequence().unwrap();
    assert_eq!(echoed.len(), args.len());
    assert_eq!(echoed[3], Value::Int(i64::MAX));
    assert_eq!(echoed[4], Value::Int(i64::MIN));
    assert_eq!(echoed[6].as_str(), Some("\0\u{1}\r\n\t né \u{1f600}"));
    assert_eq!(echoed[7].as_text(), Some(&lone));
    assert_eq!(echoed[8].as_str().unwrap().len(), 300_000);
    assert_eq!(echoed[9].as_sequence().unwrap()[1].as_dict().unwrap()[0].1, Value::Int(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_share_one_connection_and_each_has_its_own_reply() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let callers: Vec<_> = (0..20_i64)
        .map(|caller| {
            let client = client.clone();
            tokio::spawn(async move {
                for turn in 0..50_i64 {
                    let token = Arg::Int(caller * 1000 + turn);
                    let reply = client.raw(vec!["echo".into(), token]).await.unwrap();
                    assert_eq!(reply.as_sequence().unwrap()[0], Value::Int(caller * 1000 + turn));
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn many_clients_at_once_get_past_the_short_queue() {
    let lab = lab();
    let socket = lab.socket();
    let tasks: Vec<_> = (0..60)
        .map(|_| Client::new(&socket))
        .map(|client| tokio::spawn(async move { client.ping().await }))
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}
