//! Against a real fail2ban: entries in spellings that only a log or another client brings, networks around and within
//! one another, and what is lifted of them.

use std::time::Duration;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use fail2ban_client::{Client, Outcome, Report};

use crate::live::{jail, lab};
use crate::live_bans::{addresses, ids, listed};

fn outcomes(report: &Report) -> Vec<Outcome> {
    report.entries.iter().map(|entry| entry.outcome).collect()
}

fn covers(report: &Report) -> Vec<String> {
    report.entries.iter().flat_map(|entry| &entry.covered_by).map(ToString::to_string).collect()
}

/// With `usedns = raw`, texts that a filter takes from a log are kept as they stand there.
async fn with_ids_from_a_log(texts: &[&str]) -> (Fail2ban, Client) {
    let filter = Filter::Failregex("^ bad user \"<F-ID>[^\"]+</F-ID>\"$".into());
    let users = JailSpec::new("users", filter).maxretry(1).option("usedns", "raw");
    let lab = Fail2ban::builder().jail(users).start().unwrap();
    let line = lines::sshd("192.0.2.1".parse().unwrap());
    let stamp = line.split_once(' ').unwrap().0;
    for text in texts {
        lab.append("users", &format!("{stamp} bad user \"{text}\"")).unwrap();
    }
    let client = Client::new(lab.socket());
    for _ in 0..600 {
        if client.banned_unsorted(&jail("users")).await.unwrap().len() == texts.len() {
            return (lab, client);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not all of {texts:?} are banned");
}

#[tokio::test]
async fn a_spelling_from_a_log_is_looked_up() {
    let odd = [
        "2001:0DB8::DEAD:beef",
        "[2001:db8::2]",
        "::ffff:192.0.2.7",
        "2001:db8:0:0:0::3",
        "10.9.0.0/255.255.0.0",
        " 192.0.2.8 ",
        "fe80::1%eth0",
        "joe",
    ];
    let (lab, client) = with_ids_from_a_log(&odd).await;
    let users = jail("users");
    let wanted = ids(&[
        "2001:db8::dead:beef",
        "2001:db8::2",
        "192.0.2.7",
        "2001:DB8::3",
        "10.9.0.0/16",
        "192.0.2.8",
        "fe80::1%eth0",
        "joe",
        "192.0.2.99",
    ]);
    let report = client.unban(&users, &wanted).await.unwrap();
    assert_eq!(report.to_string(), "8 done, 1 so already");
    let spellings: Vec<&str> = report.entries.iter().map(|entry| entry.listed_as().as_str()).collect();
    assert_eq!(spellings[..8], odd);
    assert_eq!(report.entries[6].spelling, None);
    assert!(listed(&lab, "users").is_empty());
}

#[tokio::test]
async fn what_another_client_banned_as_text() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let texts = [
        " 192.0.2.9 ",
        "fe80::1%eth0",
        "::1.2.3.4",
        "2001:0DB8:0::AA",
        "10.2.0.0/255.255.0.0",
        "::ffff:192.0.2.3",
    ];
    let raw = ["set", "sshd", "banip"].iter().chain(&texts).map(|&word| word.into()).collect();
    client.raw(raw).await.unwrap();
    let asked = [
        "192.0.2.9",
        "fe80::1%eth0",
        "::102:304",
        "2001:db8::aa",
        "10.2.0.0/255.255.0.0",
        "::ffff:192.0.2.3",
        // In another spelling once more: sent once, told twice.
        "2001:DB8::00aa",
    ];
    let report = client.unban(&jail("sshd"), &ids(&asked)).await.unwrap();
    assert_eq!(report.to_string(), "7 done");
    assert_eq!(report.entries[2].listed_as().as_str(), "::1.2.3.4");
    assert_eq!(report.entries[4].listed_as().as_str(), "10.2.0.0/16");
    assert_eq!(report.entries[5].listed_as().as_str(), "192.0.2.3");
    assert!(listed(&lab, "sshd").is_empty());
}

#[tokio::test]
async fn a_network_lifts_itself_alone() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let banned = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3", "2001:db8::/32", "2001:db8::1"];
    assert!(client.ban(&sshd, &addresses(&banned)).await.unwrap().is_complete());

    // No entries themselves, whatever lies in them; a name would be looked up in the DNS.
    let none =
        ids(&["10.1.2.0/25", "10.1.0.0/255.255.255.128", "0.0.0.0/0", "::/0", "localhost", "10.1.2.9/24"]);
    let report = client.unban(&sshd, &none).await.unwrap();
    assert_eq!(outcomes(&report), [Outcome::Already; 6]);
    assert_eq!(covers(&report), ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.0.0.0/8", "10.1.0.0/16"]);
    assert_eq!(listed(&lab, "sshd").len(), 6);

    let report = client.unban(&sshd, &ids(&["10.1.0.0/16", "2001:db8::1"])).await.unwrap();
    assert_eq!(outcomes(&report), [Outcome::Done; 2]);
    assert_eq!(covers(&report), ["10.0.0.0/8", "2001:db8::/32"]);
    assert_eq!(listed(&lab, "sshd"), ["10.0.0.0/8", "10.1.2.0/24", "10.1.2.3", "2001:db8::/32"]);

    let report = client.unban(&sshd, &ids(&["10.1.2.3", "2001:db8::/ffff:ffff::"])).await.unwrap();
    assert_eq!(outcomes(&report), [Outcome::Done; 2]);
    assert_eq!(report.entries[0].covered_by, addresses(&["10.0.0.0/8", "10.1.2.0/24"]));
    assert!(report.entries[1].covered_by.is_empty());
    assert_eq!(listed(&lab, "sshd"), ["10.0.0.0/8", "10.1.2.0/24"]);
}

#[tokio::test]
async fn all_within_a_network() {
    let (lab, client) =
        with_ids_from_a_log(&["10.1.2.3", "10.1.0.0/255.255.0.0", "::ffff:10.1.9.9", "2001:DB8::1", "joe"])
            .await;
    let users = jail("users");
    let more = ["10.0.0.0/8", "10.1.2.0/24", "10.2.0.1", "2001:db8::1"];
    assert!(client.ban(&users, &addresses(&more)).await.unwrap().is_complete());
    let report = client.unban_within(&users, "10.1.0.0/16".parse().unwrap()).await.unwrap();
    assert_eq!(report.to_string(), "4 done");
    assert!(report.entries.iter().all(|entry| entry.covered_by == addresses(&["10.0.0.0/8"])), "{report:?}");
    assert_eq!(listed(&lab, "users"), ["10.0.0.0/8", "10.2.0.1", "2001:DB8::1", "2001:db8::1", "joe"]);

    // Two spellings of one address: one is lifted by its id, and the other is told; all are within it.
    let six = "2001:db8::1".parse().unwrap();
    let report = client.unban(&users, &ids(&["2001:db8::1"])).await.unwrap();
    assert_eq!((outcomes(&report), covers(&report)), (vec![Outcome::Done], vec!["2001:db8::1".to_owned()]));
    let report = client.unban_within(&users, six).await.unwrap();
    assert_eq!(report.entries[0].id.as_str(), "2001:DB8::1");
    assert_eq!(listed(&lab, "users"), ["10.0.0.0/8", "10.2.0.1", "joe"]);
}

#[tokio::test]
async fn in_every_jail_by_the_spelling_of_each() {
    let (lab, client) = with_ids_from_a_log(&["2001:DB8::1"]).await;
    client.raw(["add", "other", "polling"].map(Into::into).to_vec()).await.unwrap();
    client.raw(["start", "other"].map(Into::into).to_vec()).await.unwrap();
    let other = jail("other");
    assert!(client.ban(&other, &addresses(&["2001:db8::1", "192.0.2.0/24"])).await.unwrap().is_complete());
    let report = client.unban_everywhere(&ids(&["2001:db8:0::1", "192.0.2.1"])).await.unwrap();
    assert_eq!(report.to_string(), "2 done, 2 so already");
    let mut spellings: Vec<(&str, &str)> =
        report.with(Outcome::Done).map(|entry| (entry.jail.as_str(), entry.listed_as().as_str())).collect();
    spellings.sort_unstable();
    assert_eq!(spellings, [("other", "2001:db8::1"), ("users", "2001:DB8::1")]);
    let covered = report.entries.iter().filter(|entry| !entry.covered_by.is_empty());
    assert_eq!(
        covered.map(|entry| (entry.jail.as_str(), entry.id.as_str())).collect::<Vec<_>>(),
        [("other", "192.0.2.1")]
    );
    assert_eq!((listed(&lab, "users").len(), listed(&lab, "other")), (0, vec!["192.0.2.0/24".to_owned()]));
}
