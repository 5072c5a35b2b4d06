//! Against a real fail2ban: many addresses in parts, while others ask, when it is cancelled, and when the server dies.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::{Address, BanId, Bulk, Client, Error, Options, Outcome, Report, blocking};
use futures::StreamExt;

use crate::live::{jail, lab};
use crate::live_bans::listed;

/// IPv4 and IPv6 addresses and networks of both, in turn.
fn mixed(count: u32) -> Vec<Address> {
    let one = |n: u32| match n % 4 {
        0 => IpAddr::from((0x0b00_0000 + n).to_be_bytes()).into(),
        1 => IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) + u128::from(n))).into(),
        2 => Address::network(IpAddr::from((0x0c00_0000 + (n << 8)).to_be_bytes()), 24).unwrap(),
        _ => Address::network(
            IpAddr::V6(Ipv6Addr::from_bits((0xfd00_u128 << 112) + (u128::from(n) << 64))),
            64,
        )
        .unwrap(),
    };
    (0..count).map(one).collect()
}

fn slow(seconds: &str) -> Fail2ban {
    let jail = JailSpec::new("slow", Filter::Sshd).actionban(format!("sleep {seconds}"));
    Fail2ban::builder().jail(jail).start().unwrap()
}

/// Parts of one size.
fn parts_of(count: usize) -> Options {
    Options::default().with_batch(count).with_batch_times(Duration::from_mins(1), Duration::from_millis(1))
}

fn with(report: &Report, outcome: Outcome) -> Vec<String> {
    let mut ids: Vec<String> = report.with(outcome).map(|entry| entry.listed_as().to_string()).collect();
    ids.sort();
    ids
}

/// Begins the next part and leaves it under way.
async fn begin(bulk: &mut Bulk) {
    let begun = tokio::time::timeout(Duration::from_millis(30), bulk.next()).await;
    assert!(begun.is_err(), "the part was over too soon: {begun:?}");
}

#[tokio::test]
async fn each_address_is_told() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let nginx = jail("nginx");
    let mut all = mixed(600);
    let before: Vec<Address> = all.iter().copied().step_by(7).collect();
    assert!(client.ban(&nginx, &before).await.unwrap().is_complete());
    all.extend_from_within(..3);

    let mut bulk = client.ban_many(&nginx, all.iter().copied());
    assert_eq!(bulk.report().count(Outcome::NotSent), 603);
    let (mut sent, mut last) = (0, 0);
    while let Some(progress) = StreamExt::next(&mut bulk).await {
        let progress = progress.unwrap();
        sent += progress.sent;
        assert!(progress.settled > last && progress.sent <= 100);
        assert_eq!(bulk.report().count(Outcome::NotSent), 603 - progress.settled);
        assert_eq!(progress.total, 603);
        last = progress.settled;
    }
    assert_eq!((sent, last), (600, 603), "what is given twice is sent once");
    let report = bulk.report();
    for (place, entry) in report.entries.iter().enumerate() {
        let expected = if place % 600 % 7 == 0 { Outcome::Already } else { Outcome::Done };
        assert_eq!((entry.outcome, entry.id.clone()), (expected, all[place].into()));
    }
    let spelled: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(listed(&lab, "nginx"), spelled.into_iter().collect::<Vec<_>>());

    let strangers = (0..20_u32).map(|n| IpAddr::from((0xc612_0000 + n).to_be_bytes()).into());
    let ids: Vec<BanId> = strangers.chain(mixed(600)).map(|address: Address| address.into()).collect();
    let mut bulk = client.unban_many(&nginx, ids);
    let progress: Vec<_> = bulk.by_ref().map(Result::unwrap).collect().await;
    assert_eq!(progress[0].settled, 30, "twenty were not banned, ten are lifted");
    assert_eq!(progress.iter().map(|part| part.sent).sum::<usize>(), 600);
    let report = bulk.report();
    assert!(report.entries.iter().take(20).all(|entry| entry.outcome == Outcome::Already));
    assert_eq!(report.to_string(), "600 done, 20 so already");
    assert!(listed(&lab, "nginx").is_empty());
}

#[tokio::test]
async fn others_are_answered_between_the_parts() {
    let lab = slow("0.1");
    let client = Client::with_options(lab.socket(), parts_of(4));
    let other = Client::new(lab.socket());
    other.ping().await.unwrap();
    let bulk = tokio::spawn(client.ban_many(&jail("slow"), mixed(24)).finish());
    let mut answered = 0;
    while !bulk.is_finished() {
        other.ping().await.unwrap();
        client.version().await.unwrap();
        answered += usize::from(!bulk.is_finished());
    }
    assert!(answered >= 2, "{answered}");
    assert_eq!(bulk.await.unwrap().unwrap().to_string(), "24 done");
}

#[tokio::test]
async fn slow_actions_make_the_parts_small() {
    let lab = slow("0.05");
    let times = Options::default().with_batch_times(Duration::from_millis(80), Duration::from_millis(1));
    let client = Client::with_options(lab.socket(), times);
    let bulk = client.ban_many(&jail("slow"), mixed(20));
    let sizes: Vec<usize> = bulk.map(|progress| progress.unwrap().sent).collect().await;
    assert_eq!(sizes, [10, 5, 2, 1, 1, 1]);
}

#[tokio::test]
async fn cancelling_leaves_what_the_report_says() {
    let lab = slow("0.05");
    let client = Client::with_options(lab.socket(), parts_of(4));
    let slow = jail("slow");
    let all = mixed(40);
    let mut bulk = client.ban_many(&slow, all.clone());
    for _ in 0..3 {
        bulk.next().await.unwrap().unwrap();
    }
    begin(&mut bulk).await;
    assert_eq!(bulk.report().count(Outcome::Unknown), 4, "the part that is under way");
    let report = bulk.cancel().await;
    assert_eq!(report.to_string(), "16 done, 24 not sent");
    assert_eq!(listed(&lab, "slow"), with(&report, Outcome::Done));
    assert_eq!(client.generation(), 1);

    let mut bulk = client.unban_many(&slow, all.iter().map(|address| (*address).into()));
    bulk.next().await.unwrap().unwrap();
    let report = bulk.cancel().await;
    assert_eq!(report.to_string(), "4 done, 24 so already, 12 not sent");
    assert_eq!(listed(&lab, "slow"), with(&report, Outcome::NotSent));
    let never = client.unban_many(&slow, all.into_iter().map(BanId::from)).cancel().await;
    assert_eq!(never.to_string(), "40 not sent");
}

#[tokio::test]
async fn a_dropped_wait_loses_nothing() {
    let lab = slow("0.02");
    let client = Client::with_options(lab.socket(), parts_of(3));
    let mut bulk = client.ban_many(&jail("slow"), mixed(12));
    let (mut sent, mut dropped) = (0, 0);
    loop {
        match tokio::time::timeout(Duration::from_millis(5), bulk.next()).await {
            Err(_) => dropped += 1,
            Ok(Some(progress)) => sent += progress.unwrap().sent,
            Ok(None) => break,
        }
    }
    assert!(dropped >= 4, "{dropped}");
    assert_eq!((sent, bulk.report().to_string().as_str()), (12, "12 done"));
    assert_eq!((listed(&lab, "slow").len(), client.generation()), (12, 1));
}

#[tokio::test]
async fn a_server_that_is_killed_leaves_one_part_unknown() {
    let mut lab = slow("0.05");
    let client = Client::with_options(lab.socket(), parts_of(5));
    let mut bulk = client.ban_many(&jail("slow"), mixed(30));
    for _ in 0..2 {
        bulk.next().await.unwrap().unwrap();
    }
    lab.wait_for_row(&bulk.report().entries[9].id.to_string()).unwrap();
    begin(&mut bulk).await;
    lab.kill();
    let error = bulk.next().await.unwrap().unwrap_err();
    assert!(error.is_outcome_unknown() && error.is_offline(), "{error}");
    assert!(bulk.next().await.is_none());
    let report = bulk.report();
    assert_eq!(report.to_string(), "10 done, 5 unknown, 15 not sent");
    assert!(report.entries.iter().skip(10).take(5).all(|entry| entry.outcome == Outcome::Unknown));
    lab.start_again().unwrap();
    // Restored one after the other, after the jail is listed.
    let done = with(&report, Outcome::Done);
    let mut there = Vec::new();
    for _ in 0..600 {
        there = listed(&lab, "slow");
        if done.iter().all(|id| there.contains(id)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(done.iter().all(|id| there.contains(id)), "{there:?}");
    assert!(with(&report, Outcome::NotSent).iter().all(|id| !there.contains(id)), "{there:?}");
}

#[tokio::test]
async fn a_jail_that_goes_in_between() {
    let lab = lab();
    let client = Client::with_options(lab.socket(), parts_of(5));
    let sshd = jail("sshd");
    let mut bulk = client.ban_many(&sshd, mixed(20));
    for _ in 0..2 {
        bulk.next().await.unwrap().unwrap();
    }
    client.stop_jail(&sshd).await.unwrap();
    let error = bulk.finish().await.unwrap_err();
    let Error::PartlyDone { report, source, .. } = &error else { panic!("{error}") };
    assert!(matches!(&**source, Error::UnknownJail { jail } if jail == "sshd"), "{error}");
    assert_eq!(report.to_string(), "10 done, 5 failed, 5 not sent");

    let error = client.ban(&sshd, &mixed(20)).await.unwrap_err();
    assert!(matches!(error, Error::UnknownJail { .. }), "{error}");
}

#[test]
fn without_a_runtime() {
    let lab = lab();
    let client = blocking::Client::with_options(lab.socket(), parts_of(10)).unwrap();
    let (sshd, all) = (jail("sshd"), mixed(40));
    let mut bulk = client.ban_many(&sshd, all.iter().copied());
    let settled: Vec<usize> = bulk.by_ref().take(2).map(|progress| progress.unwrap().settled).collect();
    assert_eq!(settled, [10, 20]);
    assert_eq!(bulk.report().count(Outcome::Done), 20);
    assert_eq!(bulk.cancel().to_string(), "20 done, 20 not sent");
    assert_eq!(client.ban(&sshd, &all).unwrap().to_string(), "20 done, 20 so already");
    let ids: Vec<BanId> = all.iter().map(|address| (*address).into()).collect();
    assert_eq!(client.is_banned(&sshd, &ids[..2]).unwrap(), [true, true]);
    assert_eq!(client.banned_in(&ids[..1]).unwrap(), [vec![sshd.clone()]]);
    assert_eq!(client.unban_many(&sshd, ids[..10].to_vec()).finish().unwrap().to_string(), "10 done");
    assert_eq!(client.unban(&sshd, &ids[..20]).unwrap().to_string(), "10 done, 10 so already");
    let report = client.unban_within(&sshd, "fd00::/8".parse().unwrap()).unwrap();
    assert_eq!(report.to_string(), "5 done");
    assert_eq!(client.unban_everywhere(&ids).unwrap().count(Outcome::Done), 15);
    assert!(listed(&lab, "sshd").is_empty());
}
