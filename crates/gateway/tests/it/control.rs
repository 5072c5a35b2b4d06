//! What fail2ban says, in the domain's words.

use std::time::{SystemTime, UNIX_EPOCH};

use bangui_domain::model::{
    BanId, BanRule, BanTime, JailLog, JailName, LogFile, LogFileState, LogVerdict, OutageCode, ProblemCode,
    Target,
};
use bangui_domain::ports::{ControlError, IgnoreControl, JailControl, LocalTime};
use bangui_gateway::{CommandMeter, Fail2banControl, Zone};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};

fn start(zone: &str) -> Fail2ban {
    Fail2ban::builder()
        .env("TZ", zone)
        .jail(JailSpec::new("sshd", Filter::Sshd).bantime(3600).maxretry(4).ignoreip(["198.18.0.0/15"]))
        .jail(JailSpec::new("nginx", Filter::Nginx))
        .start()
        .expect("fail2ban starts")
}

fn meter() -> CommandMeter {
    CommandMeter::new().expect("names that are in order")
}

/// What `meter` has counted under `name`, by the value of its one label.
fn counted(meter: &CommandMeter, name: &str) -> Vec<(String, u64)> {
    let families = meter.collectors().into_iter().flat_map(|collector| collector.collect());
    let family = families.into_iter().find(|family| family.name() == name).expect("a family");
    let mut counts = Vec::new();
    for metric in family.get_metric() {
        let label = metric.get_label().first().expect("one label");
        let calls = metric.get_histogram().get_sample_count();
        let errors: u64 = metric.get_counter().get_value().to_string().parse().expect("a whole number");
        counts.push((label.value().to_owned(), calls + errors));
    }
    counts.sort();
    counts
}

fn control(fail2ban: &Fail2ban, zone: &str) -> Fail2banControl {
    Fail2banControl::new(&fail2ban.socket(), Zone::named(zone).expect("a zone"), meter())
}

fn jail(name: &str) -> JailName {
    JailName::parse(name).expect("a name")
}

fn target(text: &str) -> Target {
    Target::parse(text).expect("a target")
}

#[expect(clippy::disallowed_methods, reason = "compares with what another process stamps with the real time")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("a small number")
}

#[tokio::test]
async fn a_server_is_probed_counted_and_described() {
    let fail2ban = start("UTC");
    let control = control(&fail2ban, "UTC");
    let probe = control.probe().await.expect("an answer");
    assert_eq!(probe.jails, 2);
    assert!(probe.version.starts_with(|first: char| first.is_ascii_digit()), "{}", probe.version);
    assert_eq!(probe.database_file.as_deref(), fail2ban.database_path().to_str());
    let rule = |name: &str, maxretry, bantime| BanRule { jail: jail(name), maxretry, findtime: 600, bantime };
    assert_eq!(*probe.rules, [rule("nginx", 3, 600), rule("sshd", 4, 3600)]);

    let counters = control.counters().await.expect("counters");
    let names: Vec<&str> = counters.jails.iter().map(|jail| jail.name.as_str()).collect();
    assert_eq!(names, ["nginx", "sshd"]);
    let detail = control.jail(&jail("sshd")).await.expect("a jail");
    assert_eq!((detail.settings.bantime, detail.settings.maxretry), (Some(3600), Some(4)));
    assert_eq!(detail.settings.ignoreip, ["198.18.0.0/15"]);
    assert_eq!(detail.file_list.len(), 1);
}

#[tokio::test]
async fn a_log_that_is_deleted_under_its_jail_is_missed_until_it_is_back() {
    let fail2ban = start("UTC");
    let control = control(&fail2ban, "UTC");
    let path = fail2ban.log_path("sshd").expect("a jail");
    let seen = async || {
        let logs = control.probe().await.expect("an answer").logs;
        let names: Vec<&str> = logs.iter().map(|log| log.jail.as_str()).collect();
        assert_eq!(names, ["nginx", "sshd"]);
        let verdicts: Vec<_> = logs.iter().map(JailLog::verdict).collect();
        (verdicts, logs[1].files.clone())
    };
    let file = |state| vec![LogFile { path: path.display().to_string(), state }];
    assert_eq!(seen().await, (vec![LogVerdict::Watching; 2], file(LogFileState::Present)));

    std::fs::remove_file(&path).expect("a file");
    let missing = (vec![LogVerdict::Watching, LogVerdict::Missing], file(LogFileState::Missing));
    assert_eq!(seen().await, missing, "fail2ban still lists it");
    std::fs::create_dir(&path).expect("a directory");
    assert_eq!(seen().await, missing);
    // Whoever begins now cannot tell it from a file that only fail2ban can see.
    let later = self::control(&fail2ban, "UTC").probe().await.expect("an answer");
    assert_eq!(later.logs[1].verdict(), LogVerdict::Unknown);

    std::fs::remove_dir(&path).expect("a directory");
    std::fs::write(&path, "").expect("a file");
    assert_eq!(seen().await, (vec![LogVerdict::Watching; 2], file(LogFileState::Present)));

    fail2ban.client(&["set", "sshd", "dellogpath", &path.display().to_string()]).expect("an answer");
    assert_eq!(seen().await, (vec![LogVerdict::Watching, LogVerdict::Nothing], vec![]));
}

#[tokio::test]
async fn bans_are_made_listed_with_their_time_and_lifted() {
    let fail2ban = start("UTC");
    let control = control(&fail2ban, "UTC");
    for (text, spelled) in
        [("203.0.113.7", "203.0.113.7"), ("2001:DB8::1", "2001:db8::1"), ("192.0.2.0/24", "192.0.2.0/24")]
    {
        let target = target(text);
        assert!(control.ban(&jail("sshd"), &target).await.expect("a ban"));
        assert!(!control.ban(&jail("sshd"), &target).await.expect("the same ban"));
        let id = BanId::from(target);
        assert_eq!(id.as_str(), spelled);
        assert_eq!(control.banned_in(&id).await.expect("jails"), [jail("sshd")]);
    }
    let bans = control.bans(&jail("sshd")).await.expect("bans").bans;
    assert_eq!(bans.len(), 3);
    assert!(bans.iter().all(|ban| ban.bantime == BanTime::Seconds(3600)));
    let id = BanId::from(target("2001:db8::1"));
    assert!(control.unban(&jail("sshd"), &id).await.expect("an unban"));
    assert!(!control.unban(&jail("sshd"), &id).await.expect("nothing to lift"));
    assert!(control.banned_in(&id).await.expect("jails").is_empty());
}

#[tokio::test]
async fn a_bantime_beyond_any_calendar_is_permanent_and_named() {
    // Wider than 64 bits, and within them but longer than any calendar.
    for beyond in ["99999999999999999999", "1000000000000"] {
        is_permanent_and_named(beyond).await;
    }
}

async fn is_permanent_and_named(beyond: &str) {
    let fail2ban = Fail2ban::builder()
        .jail(JailSpec::new("odd", Filter::Sshd))
        .jail(JailSpec::new("sshd", Filter::Sshd))
        .start()
        .expect("fail2ban starts");
    fail2ban.client(&["set", "odd", "bantime", beyond]).expect("fail2ban takes any number");
    let control = control(&fail2ban, "UTC");
    let probe = control.probe().await.expect("one jail is no outage");
    let bantimes: Vec<_> = probe.rules.iter().map(|rule| (rule.jail.as_str(), rule.bantime)).collect();
    assert_eq!(bantimes, [("odd", -1), ("sshd", 600)]);
    assert!(matches!(&*probe.unreadable, [(name, why)] if name.as_str() == "odd" && why.contains(beyond)));

    fail2ban.client(&["set", "odd", "banip", "203.0.113.7"]).expect("a ban");
    let list = control.bans(&jail("odd")).await.expect("a list");
    assert!(matches!(list.bans.as_slice(), [ban] if ban.bantime == BanTime::Permanent), "{list:?}");
    assert!(
        matches!(list.faults.as_slice(), [(ProblemCode::BantimeBeyond, why)] if why.contains(beyond) && why.contains("203.0.113.7")),
        "{list:?}"
    );
    assert!(!list.partial && list.ids.is_empty());
    let detail = control.jail(&jail("odd")).await.expect("a jail");
    assert_eq!(detail.settings.bantime, Some(-1));
    assert!(detail.unreadable.iter().any(|why| why.contains(beyond)), "{:?}", detail.unreadable);
}

#[tokio::test]
async fn times_of_a_server_in_another_zone_are_read_in_that_zone() {
    let fail2ban = start("America/St_Johns");
    let control = control(&fail2ban, "America/St_Johns");
    control.ban(&jail("sshd"), &target("203.0.113.7")).await.expect("a ban");
    let ban = control.bans(&jail("sshd")).await.expect("bans").bans.pop().expect("one ban");
    let (LocalTime::Exact(at) | LocalTime::Repeated(at, _)) = ban.banned_at;
    assert!((at.as_secs() - now()).abs() < 120, "{at:?} is not now");
}

#[tokio::test]
async fn failures_are_named_by_what_they_are() {
    let fail2ban = start("UTC");
    let there = control(&fail2ban, "UTC");
    let error = there.jail(&jail("nowhere")).await.expect_err("no such jail");
    assert_eq!(error, ControlError::JailNotFound(jail("nowhere")));
    let error = there.ban(&jail("nowhere"), &target("203.0.113.7")).await.expect_err("no such jail");
    assert_eq!(error, ControlError::JailNotFound(jail("nowhere")));

    let away = Fail2banControl::new(&fail2ban.dir().join("no.sock"), Zone::system(), meter());
    let error = away.counters().await.expect_err("no socket");
    assert!(
        matches!(&error, ControlError::Offline(outage) if outage.code == OutageCode::SocketMissing),
        "{error}"
    );
}

/// What cannot be sent is no answer of fail2ban: the value is named by which the API knows it.
#[tokio::test]
async fn what_cannot_be_sent_is_named_and_never_called_a_refusal() {
    let away = Fail2banControl::new(std::path::Path::new("/nowhere/f.sock"), Zone::system(), meter());
    let field = |error: ControlError| match error {
        ControlError::NotSendable { field, .. } => field,
        other => panic!("{other}"),
    };
    let (sshd, joe) = (jail("sshd"), BanId::from_reported("joe"));
    for id in ["a\tb", "a\nb", "", "--all", "a<F2B_END_COMMAND>b", &"x".repeat(5_000)] {
        let id = BanId::from_reported(id);
        assert_eq!(field(away.unban(&sshd, &id).await.expect_err("an id")), "ip", "{id:?}");
        assert_eq!(field(away.banned_in(&id).await.expect_err("an id")), "ip", "{id:?}");
    }
    for name in ["dbfile", "loglevel", "allowipv6", "a<F2B_END_COMMAND>b"] {
        let name = jail(name);
        let address = [target("192.0.2.1")];
        assert_eq!(field(away.jail(&name).await.expect_err("a jail")), "jail", "{name}");
        assert_eq!(field(away.bans(&name).await.expect_err("a jail")), "jail", "{name}");
        assert_eq!(field(away.ban(&name, &address[0]).await.expect_err("a jail")), "jail", "{name}");
        assert_eq!(field(away.unban(&name, &joe).await.expect_err("a jail")), "jail", "{name}");
        assert_eq!(field(away.ignore(&name, &address).await.expect_err("a jail")), "jail", "{name}");
    }
}

proptest::proptest! {
    /// Every jail that a command can name can be shown: a name that the client takes, the domain takes too.
    #[test]
    fn the_domain_takes_each_name_that_the_client_takes(name in "-{0,2}[ -~é\u{0}\u{7f}]{0,3}|\\PC{0,70}") {
        if fail2ban_client::JailName::new(name.as_str()).is_ok() {
            proptest::prop_assert!(JailName::parse(&name).is_ok(), "{name:?}");
        }
    }
}

#[tokio::test]
async fn commands_are_counted_by_name_and_failures_by_where_they_were() {
    let fail2ban = start("UTC");
    let (there, away) = (meter(), meter());
    let zone = Zone::named("UTC").expect("a zone");
    let control = Fail2banControl::new(&fail2ban.socket(), zone.clone(), there.clone());
    for _ in 0..3 {
        control.counters().await.expect("counters");
    }
    control.ban(&jail("sshd"), &target("203.0.113.7")).await.expect("a ban");
    control.jail(&jail("nowhere")).await.expect_err("no such jail");
    let seen: Vec<_> =
        [("ban", 1), ("counters", 3), ("status", 1)].map(|(name, n)| (name.to_owned(), n)).into();
    assert_eq!(counted(&there, "bangui_f2b_command_duration_seconds"), seen);
    let errors = |conn, req| vec![("socket_conn".to_owned(), conn), ("socket_req".to_owned(), req)];
    assert_eq!(counted(&there, "f2b_errors"), errors(0, 0), "a jail that is not there is an answer");

    let control = Fail2banControl::new(&fail2ban.dir().join("no.sock"), zone, away.clone());
    control.counters().await.expect_err("no socket");
    control.probe().await.expect_err("no socket");
    for name in ["f2b_errors", "f2b_errors_total"] {
        assert_eq!(counted(&away, name), errors(2, 0));
    }
}

#[tokio::test]
async fn an_address_is_lifted_in_each_of_fail2bans_own_spellings() {
    let filter = Filter::Failregex("^ bad user \"<F-ID>[^\"]+</F-ID>\"$".into());
    let fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("users", filter).maxretry(1).option("usedns", "raw"))
        .start()
        .expect("fail2ban starts");
    let control = control(&fail2ban, "UTC");
    let users = jail("users");
    let line = lines::sshd("192.0.2.1".parse().expect("an address"));
    let stamp = line.split_once(' ').expect("a time").0;
    let texts = ["::ffff:192.0.2.60", "192.0.2.60", "2001:0DB8::7", "[2001:db8::8]"];
    for text in texts {
        fail2ban.append("users", &format!("{stamp} bad user \"{text}\"")).expect("a line");
    }
    let mut listed = Vec::new();
    for _ in 0..600 {
        listed = control.bans(&users).await.expect("bans").bans;
        if listed.len() == texts.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let mut ids: Vec<BanId> = listed.into_iter().map(|ban| ban.id).collect();
    ids.sort();
    let values: Vec<&str> = ids.iter().map(BanId::as_str).collect();
    assert_eq!(values, ["192.0.2.60", "192.0.2.60", "2001:db8::7", "2001:db8::8"]);
    let (rest, both) =
        ids.split_off(1).split_first().map(|(b, rest)| (rest.to_vec(), b.clone())).expect("four");
    let mut both = both;
    both.also_spelled(&ids[0]);
    for id in std::iter::once(&both).chain(&rest) {
        assert_eq!(control.banned_in(id).await.expect("jails"), std::slice::from_ref(&users), "{id}");
        assert!(control.unban(&users, id).await.expect("an unban"), "{id}");
        assert!(control.banned_in(id).await.expect("jails").is_empty(), "{id}");
        assert!(!control.unban(&users, id).await.expect("nothing to lift"), "{id}");
    }
    assert!(control.bans(&users).await.expect("bans").bans.is_empty());
}
