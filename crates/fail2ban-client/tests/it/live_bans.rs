//! Against a real fail2ban: bans made, listed and lifted, each read back by fail2ban's own client.

use std::net::{IpAddr, Ipv6Addr};
use std::time::{SystemTime, UNIX_EPOCH};

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::{Address, BanId, Client, Error, Outcome, Text, command};

use crate::live::{jail, lab};

pub(crate) fn addresses(texts: &[&str]) -> Vec<Address> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub(crate) fn ids(texts: &[&str]) -> Vec<BanId> {
    texts.iter().map(|&text| BanId::new(text).unwrap()).collect()
}

pub(crate) fn sorted(texts: &[Text]) -> Vec<String> {
    let mut texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

/// What fail2ban's own client lists.
pub(crate) fn listed(lab: &Fail2ban, jail: &str) -> Vec<String> {
    let mut ids: Vec<String> = lab
        .client(&["get", jail, "banip", "\n"])
        .unwrap()
        .lines()
        .map(|line| line.trim().to_owned())
        .collect();
    ids.retain(|id| !id.is_empty());
    ids.sort();
    ids
}

#[tokio::test]
async fn addresses_and_networks_in_the_servers_spelling() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let written = [
        "192.0.2.1",
        "::ffff:1.2.3.4",
        "10.0.0.0/8",
        "198.51.100.7/32",
        "2001:0DB8:0:0::DEAD:beef",
        "2001:db8:1::/48",
        "::1.2.3.4",
        "2001:db8:0:1:1:1:1:1",
        "2001:db8::1:0:0:1",
        "fe80::1",
    ];
    let spelled: Vec<String> = addresses(&written).iter().map(ToString::to_string).collect();
    let report = client.ban(&sshd, &addresses(&written)).await.unwrap();
    assert_eq!(report.to_string(), "10 done");
    let again = client.ban(&sshd, &addresses(&written)).await.unwrap();
    assert_eq!(again.to_string(), "10 so already");
    let mut expected = spelled.clone();
    expected.sort();
    assert_eq!(sorted(&client.banned(&sshd).await.unwrap()), expected);
    assert_eq!(listed(&lab, "sshd"), expected);

    let all: Vec<BanId> = addresses(&written).into_iter().map(BanId::from).collect();
    assert_eq!(client.is_banned(&sshd, &all).await.unwrap(), vec![true; 10]);
    assert_eq!(client.is_banned(&sshd, &ids(&["192.0.2.9"])).await.unwrap(), [false]);
    assert_eq!(
        client.banned_in(&ids(&["192.0.2.1", "192.0.2.9"])).await.unwrap(),
        [vec![jail("sshd")], vec![]]
    );
    // One by one, so that each spelling is proved; the network comes without its members.
    for id in &all {
        let report = client.unban(&sshd, std::slice::from_ref(id)).await.unwrap();
        assert_eq!((report.count(Outcome::Done), &report.entries[0].spelling), (1, &None), "{id}");
    }
    assert_eq!(client.unban(&sshd, &all).await.unwrap().to_string(), "10 so already");
    assert!(listed(&lab, "sshd").is_empty());
}

#[tokio::test]
async fn times_are_those_of_the_servers_zone() {
    let lab = Fail2ban::builder()
        .jail(JailSpec::new("short", Filter::Sshd).bantime(600))
        .jail(JailSpec::new("ever", Filter::Sshd).bantime(-1))
        .env("TZ", "Asia/Tokyo")
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    for name in ["short", "ever"] {
        client.ban(&jail(name), &addresses(&["192.0.2.1", "2001:db8::/32"])).await.unwrap();
    }
    #[expect(clippy::disallowed_methods, reason = "fail2ban's clock is the real one")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let tickets = client.banned_with_times(&jail("short")).await.unwrap();
    assert_eq!(tickets.len(), 2);
    for ticket in &tickets {
        let start = ticket.start.seconds_since_1970() - 9 * 3600;
        assert!((start - i64::try_from(now).unwrap()).abs() < 60, "{ticket:?}");
        assert_eq!(ticket.end.seconds_since_1970() - ticket.start.seconds_since_1970(), 600);
        assert_eq!(ticket.bantime_secs, 600);
        assert!(!ticket.is_permanent());
    }
    let tickets = client.banned_with_times(&jail("ever")).await.unwrap();
    assert!(tickets.iter().all(|ticket| ticket.is_permanent() && ticket.end.year() == 9999));
    assert_eq!(tickets[0].ban_id().unwrap().as_str(), tickets[0].id.to_string());
}

#[tokio::test]
async fn a_thousand_addresses() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let nginx = jail("nginx");
    let many: Vec<Address> = (0..1000_u32)
        .map(|n| {
            if n % 2 == 0 {
                IpAddr::from((0x0b00_0000 + n).to_be_bytes()).into()
            } else {
                IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) + u128::from(n))).into()
            }
        })
        .collect();
    assert_eq!(client.ban(&nginx, &many).await.unwrap().to_string(), "1000 done");
    let banned = client.banned(&nginx).await.unwrap();
    assert_eq!(sorted(&banned), listed(&lab, "nginx"));
    assert_eq!(sorted(&client.banned_unsorted(&nginx).await.unwrap()), sorted(&banned));
    assert_eq!(banned.len(), 1000);
    let status = client.status(&nginx).await.unwrap();
    assert_eq!((status.counters.currently_banned, status.banned.unwrap().len()), (1000, 1000));
    let tickets = client.banned_with_times(&nginx).await.unwrap();
    let found: Vec<Text> = tickets.iter().map(|ticket| ticket.id.clone()).collect();
    assert_eq!(sorted(&found), sorted(&banned));
    let all: Vec<BanId> = many.into_iter().map(BanId::from).collect();
    let in_jails = client.banned_in(&all).await.unwrap();
    assert!(in_jails.len() == 1000 && in_jails.iter().all(|jails| *jails == [jail("nginx")]));
    assert_eq!(client.unban(&nginx, &all).await.unwrap().to_string(), "1000 done");
    assert!(listed(&lab, "nginx").is_empty());
}

#[tokio::test]
async fn everywhere_and_everything() {
    let lab = lab();
    let client = Client::new(lab.socket());
    for name in ["sshd", "nginx"] {
        client.ban(&jail(name), &addresses(&["192.0.2.1", "192.0.2.2", "192.0.2.3"])).await.unwrap();
    }
    assert_eq!(client.banned_in(&ids(&["192.0.2.1"])).await.unwrap()[0].len(), 2);
    let by_jail = client.banned_by_jail().await.unwrap();
    assert_eq!(by_jail.len(), 2);
    assert!(by_jail.iter().all(|(_, banned)| banned.len() == 3));
    let report = client.unban_everywhere(&ids(&["192.0.2.1", "192.0.2.9"])).await.unwrap();
    assert_eq!(report.to_string(), "2 done, 2 so already");
    assert!(report.with(Outcome::Done).all(|entry| entry.id.as_str() == "192.0.2.1"));
    assert_eq!(client.banned_in(&ids(&["192.0.2.1"])).await.unwrap(), [vec![]]);
    assert_eq!(client.unban_all().await.unwrap(), 4);
    assert!(listed(&lab, "sshd").is_empty() && listed(&lab, "nginx").is_empty());
}

#[tokio::test]
async fn an_absent_ban_is_reported_where_that_is_asked_for() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    client.ban(&sshd, &addresses(&["192.0.2.1", "192.0.2.2"])).await.unwrap();
    let command = command::unban_reporting_absent(&sshd, &ids(&["192.0.2.1", "192.0.2.9"]));
    let error = client.run(&command).await.unwrap_err();
    assert!(error.to_string().contains("192.0.2.9"), "{error}");
    assert_eq!(listed(&lab, "sshd"), ["192.0.2.2"]);
    let command = command::unban_reporting_absent(&sshd, &ids(&["192.0.2.2"]));
    assert_eq!(client.run(&command).await.unwrap(), 1);
    assert_eq!(listed(&lab, "sshd"), [""; 0]);
}

#[tokio::test]
async fn an_unknown_jail_is_told_for_every_command() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let nojail = jail("nojail");
    let some = ids(&["192.0.2.1"]);
    let errors = [
        client.banned(&nojail).await.unwrap_err(),
        client.banned_with_times(&nojail).await.unwrap_err(),
        client.is_banned(&nojail, &some).await.unwrap_err(),
        client.ban(&nojail, &addresses(&["192.0.2.1"])).await.unwrap_err(),
        client.unban(&nojail, &some).await.unwrap_err(),
        client.actions(&nojail).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, Error::UnknownJail { jail } if jail == "nojail"), "{error}");
    }
    assert_eq!(client.generation(), 1);
}

#[tokio::test]
async fn ids_that_strangers_choose() {
    let lab = Fail2ban::builder()
        .jail(
            JailSpec::new("users", Filter::Failregex("^ bad user \"<F-ID>[^\"]+</F-ID>\"$".into()))
                .maxretry(1),
        )
        .jail(
            JailSpec::new(
                "pairs",
                Filter::Failregex("^ bad pair <F-ID>\\w+</F-ID> at <F-TUPLE_ID>\\w+</F-TUPLE_ID>$".into()),
            )
            .maxretry(1),
        )
        .start()
        .unwrap();
    let client = Client::new(lab.socket());
    let users = ["evil<F2B_END_COMMAND>x", "--all", "née joe"];
    let stamp = {
        let line = bangui_test_support::fail2ban::lines::sshd("192.0.2.1".parse().unwrap());
        line.split_once(' ').unwrap().0.to_owned()
    };
    for user in users {
        lab.append("users", &format!("{stamp} bad user \"{user}\"")).unwrap();
    }
    lab.append("pairs", &format!("{stamp} bad pair abc at joe")).unwrap();
    let mut banned = Vec::new();
    for _ in 0..600 {
        banned = client.banned(&jail("users")).await.unwrap();
        if banned.len() == 3 && !client.banned(&jail("pairs")).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(sorted(&banned), ["--all", "evil<F2B_END_COMMAND>x", "née joe"]);
    assert_eq!(sorted(&client.banned(&jail("pairs")).await.unwrap()), ["('abc', 'joe')"]);
    assert_eq!(client.banned_with_times(&jail("users")).await.unwrap().len(), 3);

    // What would be read as something else is not sent, and the rest can be lifted.
    let id = |text: &str| banned.iter().find(|id| **id == text).map(BanId::try_from).unwrap();
    assert!(id("--all").is_err());
    assert!(id("evil<F2B_END_COMMAND>x").is_err());
    let report = client.unban(&jail("users"), &[id("née joe").unwrap()]).await.unwrap();
    assert_eq!(report.to_string(), "1 done");
    assert_eq!(client.banned(&jail("users")).await.unwrap().len(), 2);
    // The server lists a pair as a text by which it does not find it, and that is told.
    let pair = BanId::try_from(&client.banned(&jail("pairs")).await.unwrap()[0]).unwrap();
    let report = client.unban(&jail("pairs"), &[pair]).await.unwrap();
    assert_eq!(report.to_string(), "1 failed");
}
