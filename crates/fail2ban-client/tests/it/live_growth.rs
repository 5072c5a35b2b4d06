//! Against a real fail2ban: longer bans for those who come back.

use std::num::NonZeroU32;

use bangui_test_support::fail2ban::Fail2ban;
use fail2ban_client::{
    Address, Bantime, BantimeFactor, BantimeFormula, BantimeMultipliers, Client, Reported,
};

use crate::live::{jail, lab};

/// What fail2ban's own client says of a setting.
fn told(lab: &Fail2ban, key: &str) -> String {
    lab.client(&["get", "sshd", key]).unwrap()
}

#[tokio::test]
async fn longer_bans_for_those_who_come_back() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    assert!(client.set_bantime_increment(&sshd, true).await.unwrap());
    assert_eq!(client.bantime_increment(&sshd).await.unwrap(), Some(true));
    assert_eq!(client.bantime_over_all_jails(&sshd).await.unwrap(), None);
    for on in [true, false] {
        assert_eq!(client.set_bantime_over_all_jails(&sshd, Some(on)).await.unwrap(), Some(on));
        assert_eq!(told(&lab, "bantime.overalljails"), if on { "True" } else { "False" });
        assert_eq!(client.bantime_over_all_jails(&sshd).await.unwrap(), Some(on));
    }
    assert_eq!(client.set_bantime_over_all_jails(&sshd, None).await.unwrap(), None);
    for factor in [1.0, 0.001, 2.5, 1e18, f64::MIN_POSITIVE, f64::MAX] {
        let factor = BantimeFactor::new(factor).unwrap();
        assert_eq!(
            client.set_bantime_factor(&sshd, Some(factor)).await.unwrap(),
            Some(Reported::Known(factor))
        );
        assert_eq!(client.bantime_factor(&sshd).await.unwrap(), Some(Reported::Known(factor)));
    }
    assert_eq!(client.set_bantime_factor(&sshd, None).await.unwrap(), None);
    assert_eq!(told(&lab, "bantime.factor"), "None");
    assert_eq!(client.bantime_formula(&sshd).await.unwrap(), None);
    for formula in BantimeFormula::ALL {
        assert_eq!(
            client.set_bantime_formula(&sshd, Some(formula)).await.unwrap(),
            Some(Reported::Known(formula))
        );
        assert_eq!(told(&lab, "bantime.formula"), formula.as_str());
    }
    lab.client(&["set", "sshd", "bantime.formula", "ban.Time * 3"]).unwrap();
    let other = client.bantime_formula(&sshd).await.unwrap().unwrap();
    assert_eq!((other.known(), other.to_string().as_str()), (None, "ban.Time * 3"));
    assert_eq!(client.set_bantime_formula(&sshd, None).await.unwrap(), None);
    let multipliers = BantimeMultipliers::new([1, 5, 30]).unwrap();
    let set = client.set_bantime_multipliers(&sshd, Some(&multipliers)).await.unwrap();
    assert_eq!(set, Some(Reported::Known(multipliers)));
    assert_eq!(
        (told(&lab, "bantime.multipliers").as_str(), client.bantime_multipliers(&sshd).await.unwrap()),
        ("1 5 30", set)
    );
    assert_eq!(client.set_bantime_multipliers(&sshd, None).await.unwrap(), None);
    assert_eq!(client.set_bantime_max_time(&sshd, Some(u32::MAX)).await.unwrap(), Some(i64::from(u32::MAX)));
    assert_eq!(client.bantime_max_time(&sshd).await.unwrap(), Some(i64::from(u32::MAX)));
    assert_eq!(client.set_bantime_max_time(&sshd, None).await.unwrap(), None);
    assert_eq!(client.set_bantime_random_time(&sshd, Some(30)).await.unwrap(), Some(30));
    assert_eq!(
        (told(&lab, "bantime.rndtime").as_str(), client.bantime_random_time(&sshd).await.unwrap()),
        ("30", Some(30))
    );
    assert_eq!(client.set_bantime_random_time(&sshd, None).await.unwrap(), None);
}

/// The formulas make bans grow as they promise: the third ban of an address lasts four times as long, or e².
#[tokio::test]
async fn bans_grow_by_each_formula() {
    for (formula, times) in [(BantimeFormula::Doubling, 4.0), (BantimeFormula::Exponential, 2.0_f64.exp())] {
        let lab = lab();
        let client = Client::new(lab.socket());
        let sshd = jail("sshd");
        client.set_bantime_increment(&sshd, true).await.unwrap();
        client.set_bantime_formula(&sshd, Some(formula)).await.unwrap();
        client.set_max_retry(&sshd, NonZeroU32::MIN).await.unwrap();
        let address: Address = "192.0.2.77".parse().unwrap();
        // Lifting a ban deletes the history by which bans grow: these end by themselves.
        client.set_bantime(&sshd, Bantime::Seconds(1)).await.unwrap();
        for round in 0..2 {
            assert_eq!(client.count_failures(&sshd, &address, &[]).await.unwrap(), 1);
            begun(&lab, round).await;
            lab.wait_for_row("192.0.2.77").unwrap();
            ended(&client, round).await;
        }
        client.set_bantime(&sshd, Bantime::Seconds(1000)).await.unwrap();
        client.count_failures(&sshd, &address, &["né".to_owned(), "line 2".to_owned()]).await.unwrap();
        let wanted = (1000.0 * times).trunc();
        let mut seen = 0;
        for _ in 0..600 {
            let tickets = client.banned_with_times(&sshd).await.unwrap();
            seen = tickets.first().map_or(0, |ticket| ticket.bantime_secs);
            if seen.to_string() == wanted.to_string() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(seen.to_string(), wanted.to_string(), "{formula:?}");
    }
}

/// A ban of one second may come and go between two questions: the log keeps it.
async fn begun(lab: &Fail2ban, round: usize) {
    for _ in 0..600 {
        let log = std::fs::read_to_string(lab.server_log()).unwrap();
        if log.matches("] Ban 192.0.2.77").count() > round {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("ban {round} did not begin");
}

async fn ended(client: &Client, round: usize) {
    for _ in 0..600 {
        if client.banned(&jail("sshd")).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("ban {round} did not end");
}
