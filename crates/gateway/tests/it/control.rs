//! What fail2ban says, in the domain's words.

use std::time::{SystemTime, UNIX_EPOCH};

use bangui_domain::model::{BanId, BanTime, JailName, OutageCode, Target};
use bangui_domain::ports::{ControlError, JailControl, LocalTime};
use bangui_gateway::{Fail2banControl, Zone};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};

fn start(zone: &str) -> Fail2ban {
    Fail2ban::builder()
        .env("TZ", zone)
        .jail(JailSpec::new("sshd", Filter::Sshd).bantime(3600).maxretry(4).ignoreip(["198.18.0.0/15"]))
        .jail(JailSpec::new("nginx", Filter::Nginx))
        .start()
        .expect("fail2ban starts")
}

fn control(fail2ban: &Fail2ban, zone: &str) -> Fail2banControl {
    Fail2banControl::new(&fail2ban.socket(), Zone::named(zone).expect("a zone"))
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

    let counters = control.counters().await.expect("counters");
    let names: Vec<&str> = counters.jails.iter().map(|jail| jail.name.as_str()).collect();
    assert_eq!(names, ["nginx", "sshd"]);
    let detail = control.jail(&jail("sshd")).await.expect("a jail");
    assert_eq!((detail.settings.bantime, detail.settings.maxretry), (3600, 4));
    assert_eq!(detail.settings.ignoreip, ["198.18.0.0/15"]);
    assert_eq!(detail.file_list.len(), 1);
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
    let bans = control.bans(&jail("sshd")).await.expect("bans");
    assert_eq!(bans.len(), 3);
    assert!(bans.iter().all(|ban| ban.bantime == BanTime::Seconds(3600)));
    let id = BanId::from(target("2001:db8::1"));
    assert!(control.unban(&jail("sshd"), &id).await.expect("an unban"));
    assert!(!control.unban(&jail("sshd"), &id).await.expect("nothing to lift"));
    assert!(control.banned_in(&id).await.expect("jails").is_empty());
}

#[tokio::test]
async fn times_of_a_server_in_another_zone_are_read_in_that_zone() {
    let fail2ban = start("America/St_Johns");
    let control = control(&fail2ban, "America/St_Johns");
    control.ban(&jail("sshd"), &target("203.0.113.7")).await.expect("a ban");
    let ban = control.bans(&jail("sshd")).await.expect("bans").pop().expect("one ban");
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

    let away = Fail2banControl::new(&fail2ban.dir().join("no.sock"), Zone::system());
    let error = away.counters().await.expect_err("no socket");
    assert!(
        matches!(&error, ControlError::Offline(outage) if outage.code == OutageCode::SocketMissing),
        "{error}"
    );
}
