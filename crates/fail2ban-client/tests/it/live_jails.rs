//! Against a real fail2ban: jails made, started, at rest and stopped, and the counters of all of them.

use fail2ban_client::command;
use fail2ban_client::{Backend, Client, Error, JailName};

use crate::live::{jail, lab};

#[tokio::test]
async fn a_jail_from_its_making_to_its_end() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let new = jail("new one");
    client.add_jail(&new, &Backend::Polling).await.unwrap();
    let error = client.add_jail(&new, &Backend::Polling).await.unwrap_err();
    assert!(error.exception().is_some(), "{error}");
    for _ in 0..2 {
        client.start_jail(&new).await.unwrap();
    }
    assert!(lab.client(&["status"]).unwrap().contains("new one"));
    assert!(client.set_idle(&new, true).await.unwrap());
    client.start_jail(&new).await.unwrap();
    assert!(!client.set_idle(&new, false).await.unwrap());
    client.stop_jail(&new).await.unwrap();
    let error = client.stop_jail(&new).await.unwrap_err();
    assert!(matches!(error, Error::UnknownJail { .. }), "{error}");

    client.stop_all_jails().await.unwrap();
    assert_eq!(client.jails().await.unwrap(), Vec::<JailName>::new());
    client.ping().await.unwrap();
}

#[tokio::test]
async fn all_at_once() {
    let lab = lab();
    let client = Client::new(lab.socket());
    client.ban(&jail("sshd"), &["192.0.2.1".parse().unwrap()]).await.unwrap();
    let names = client.run(&command::jail_list()).await.unwrap().unwrap();
    assert_eq!(names, ["nginx", "sshd"]);
    let by_name = |mut all: Vec<(JailName, fail2ban_client::JailStatus)>| {
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    let all = by_name(client.status_all().await.unwrap());
    assert_eq!(all.iter().map(|(jail, _)| jail.as_str()).collect::<Vec<_>>(), ["nginx", "sshd"]);
    assert_eq!(all[1].1, client.status(&jail("sshd")).await.unwrap());
    assert_eq!(all[1].1.banned.as_deref().unwrap(), ["192.0.2.1"]);
    let short = by_name(client.status_all_short().await.unwrap());
    assert!(short.iter().all(|(_, status)| status.banned.is_none()));
    assert_eq!(short[1].1.counters, all[1].1.counters);

    // What came with 1.1.0: typed there, and told to be missing before.
    let version = client.version().await.unwrap();
    let errors = [
        client
            .status_stats(&jail("sshd"))
            .await
            .map(|(_, counters)| assert_eq!(counters, all[1].1.counters))
            .err(),
        client.status_all_stats().await.map(|stats| assert_eq!(stats.len(), 2)).err(),
        client.stats().await.map(|stats| assert_eq!(stats.len(), 2)).err(),
    ];
    for error in errors {
        let missing = matches!(&error, Some(Error::Unsupported { version: told, .. }) if *told == version);
        assert!(if version.at_least(1, 1) { error.is_none() } else { missing }, "{error:?}");
    }
    assert_eq!(client.generation(), 1);
}

/// The waiting client has the same methods, made from the same table and by hand.
#[test]
fn without_a_runtime() {
    let lab = lab();
    let client = fail2ban_client::blocking::Client::new(lab.socket()).unwrap();
    let sshd = jail("sshd");
    client.ping().unwrap();
    assert_eq!(client.jails().unwrap().len(), 2);
    assert_eq!(client.counters().unwrap().len(), 2);
    assert_eq!(client.status_all().unwrap().len(), 2);
    assert_eq!(client.status_all_short().unwrap().len(), 2);
    assert_eq!(client.server_settings().unwrap().dbmaxmatches, Some(10));
    assert_eq!(client.jail_settings(&sshd).unwrap().actions, client.actions(&sshd).unwrap());
    client.add_fail_regex(&sshd, "^x <HOST>$").unwrap();
    assert_eq!(client.remove_fail_regex(&sshd, 1).unwrap().len(), 1);
    client.add_ignore_regex(&sshd, "x").unwrap();
    assert_eq!(client.remove_ignore_regex(&sshd, 0).unwrap().len(), 0);
    let entry = "192.0.2.0/24".parse().unwrap();
    assert_eq!(client.add_ignored(&sshd, std::slice::from_ref(&entry)).unwrap().len(), 1);
    assert_eq!(client.remove_ignored(&sshd, &entry).unwrap().len(), 0);
    let action = client.actions(&sshd).unwrap()[0].parse().unwrap();
    assert!(client.action_properties(&sshd, &action).unwrap().contains_key("actionban"));
    let reload = fail2ban_client::ActionMethod::new("reload").unwrap();
    client.call_action(&sshd, &action, &reload, &fail2ban_client::Arguments::new()).unwrap();
    let target = client.log_target().unwrap().into_known().unwrap();
    client.set_log_target(&target, &fail2ban_client::LogOptions::new()).unwrap();
    assert_eq!(
        client.raw(vec!["version".into()]).unwrap().as_str(),
        Some(client.version().unwrap().as_str())
    );
}
