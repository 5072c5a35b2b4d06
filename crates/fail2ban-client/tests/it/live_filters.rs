//! Against a real fail2ban: how failures are found, counted and ignored, each setting read back by fail2ban's own client.

use std::num::NonZeroU32;

use bangui_test_support::fail2ban::Fail2ban;
use fail2ban_client::{Bantime, Client, Error, IgnoreCache, IgnoreEntry, Reported, RootCommand, UseDns};

use crate::live::{jail, lab};

/// What fail2ban's own client says of a setting.
fn told(lab: &Fail2ban, key: &str) -> String {
    lab.client(&["get", "sshd", key]).unwrap()
}

#[tokio::test]
async fn expressions() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let first = client.fail_regexes(&sshd).await.unwrap();
    assert_eq!(first.len(), 1);
    let two = client.add_fail_regex(&sshd, r#"^ no way from <HOST> "né"$"#).await.unwrap();
    assert_eq!(two[0], first[0]);
    assert!(two[1].starts_with("^ no way from ") && two[1].ends_with("\"né\"$"), "{}", two[1]);
    assert!(told(&lab, "failregex").contains("no way from"));
    client.add_fail_regexes(&sshd, &["^a <HOST>$".to_owned(), "^b <HOST>$".to_owned()]).await.unwrap();
    assert_eq!(client.fail_regexes(&sshd).await.unwrap().len(), 4);
    let rest = client.remove_fail_regex(&sshd, 1).await.unwrap();
    assert!(rest.len() == 3 && rest[1].starts_with("^a "), "{rest:?}");
    let error = client.remove_fail_regex(&sshd, 3).await.unwrap_err();
    assert!(matches!(&error, Error::NoSuchEntry { entry, .. } if entry == "3"), "{error}");
    assert_eq!(client.fail_regexes(&sshd).await.unwrap(), rest);
    for bad in ["no group", "(<HOST>", ""] {
        let error = client.add_fail_regex(&sshd, bad).await.unwrap_err();
        assert_eq!(error.exception().unwrap().name(), "RegexException", "{error}");
    }
    let mixed = ["^c <HOST>$".to_owned(), "(".to_owned(), "^d <HOST>$".to_owned()];
    client.add_fail_regexes(&sshd, &mixed).await.unwrap_err();
    assert_eq!(client.fail_regexes(&sshd).await.unwrap().len(), 4, "those before the bad one stay");

    assert_eq!(client.ignore_regexes(&sshd).await.unwrap(), Vec::<String>::new());
    assert_eq!(client.add_ignore_regex(&sshd, "never .*").await.unwrap(), ["never .*"]);
    client.add_ignore_regexes(&sshd, &["x".to_owned(), "y".to_owned()]).await.unwrap();
    assert_eq!(client.remove_ignore_regex(&sshd, 0).await.unwrap(), ["x", "y"]);
    let error = client.remove_ignore_regex(&sshd, 2).await.unwrap_err();
    assert!(matches!(error, Error::NoSuchEntry { .. }), "{error}");
    assert_eq!(client.ignore_regexes(&sshd).await.unwrap(), ["x", "y"]);

    assert_eq!(client.prefix_regex(&sshd).await.unwrap(), None);
    let expanded = client.set_prefix_regex(&sshd, Some("^p: <F-CONTENT>.+</F-CONTENT>$")).await.unwrap();
    assert_eq!(expanded.as_deref(), Some("^p: (?P<content>.+)$"));
    assert_eq!(told(&lab, "prefregex"), "^p: (?P<content>.+)$");
    assert_eq!(client.prefix_regex(&sshd).await.unwrap(), expanded);
    assert_eq!(client.set_prefix_regex(&sshd, None).await.unwrap(), None);
    assert_eq!(client.prefix_regex(&sshd).await.unwrap(), None);
}

#[tokio::test]
async fn numbers_and_words() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let number = |n| NonZeroU32::new(n).unwrap();
    assert_eq!(client.bantime(&sshd).await.unwrap(), Bantime::Seconds(600));
    for (bantime, text) in
        [(Bantime::Seconds(0), "0"), (Bantime::Seconds(86_400 * 365), "31536000"), (Bantime::Permanent, "-1")]
    {
        assert_eq!(client.set_bantime(&sshd, bantime).await.unwrap(), bantime);
        assert_eq!(told(&lab, "bantime"), text);
        assert_eq!(client.bantime(&sshd).await.unwrap(), bantime);
    }
    assert_eq!(client.set_find_time(&sshd, 4_000_000_000).await.unwrap(), 4_000_000_000);
    assert_eq!(
        (told(&lab, "findtime").as_str(), client.find_time(&sshd).await.unwrap()),
        ("4000000000", 4_000_000_000)
    );
    lab.client(&["set", "sshd", "findtime", "1.5h"]).unwrap();
    assert_eq!(client.find_time(&sshd).await.unwrap(), 5400);
    assert_eq!(client.set_max_retry(&sshd, number(9)).await.unwrap(), 9);
    assert_eq!((told(&lab, "maxretry").as_str(), client.max_retry(&sshd).await.unwrap()), ("9", 9));
    assert_eq!(client.set_max_matches(&sshd, 0).await.unwrap(), 0);
    assert_eq!((told(&lab, "maxmatches").as_str(), client.max_matches(&sshd).await.unwrap()), ("0", 0));
    assert_eq!(client.set_max_lines(&sshd, number(4)).await.unwrap(), 4);
    assert_eq!((told(&lab, "maxlines").as_str(), client.max_lines(&sshd).await.unwrap()), ("4", 4));
    for value in UseDns::ALL {
        assert_eq!(client.set_use_dns(&sshd, value).await.unwrap(), Reported::Known(value));
        assert_eq!(told(&lab, "usedns"), value.as_str());
        assert_eq!(client.use_dns(&sshd).await.unwrap(), Reported::Known(value));
    }
    let pattern = client.set_date_patterns(&sshd, &["{^LN-BEG}%Y-%m-%d", "%d"]).await.unwrap();
    assert_eq!(pattern.pattern.as_deref(), Some("{^LN-BEG}%Y-%m-%d"));
    assert!(told(&lab, "datepattern").contains("{^LN-BEG}%Y-%m-%d"));
    assert_eq!(client.date_pattern(&sshd).await.unwrap(), pattern);
    let error = client.set_date_patterns(&sshd, &["%Q"]).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "TypeError");
    let detectors = client.set_date_patterns(&sshd, &[]).await.unwrap();
    assert_eq!((detectors.pattern, detectors.name.as_str()), (None, "Default Detectors"));

    assert_eq!(client.log_time_zone(&sshd).await.unwrap(), None);
    assert_eq!(client.set_log_time_zone(&sshd, Some("UTC+0200")).await.unwrap().as_deref(), Some("UTC+0200"));
    assert_eq!(told(&lab, "logtimezone"), "UTC+0200");
    client.set_log_time_zone(&sshd, Some("nowhere")).await.unwrap_err();
    assert_eq!(client.log_time_zone(&sshd).await.unwrap().as_deref(), Some("UTC+0200"));
    assert_eq!(client.set_log_time_zone(&sshd, None).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_ignored() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let sshd = jail("sshd");
    let entry = |text: &str| text.parse::<IgnoreEntry>().unwrap();
    let sorted = |list: Vec<Reported<IgnoreEntry>>| {
        let mut texts: Vec<String> = list.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    };
    assert_eq!(client.ignore_list(&sshd).await.unwrap(), []);
    let written = ["192.0.2.1", "2001:0DB8::0001", "198.51.100.0/24", "::ffff:10.0.0.0/104", "example.com"];
    let entries = written.map(entry);
    let all = sorted(client.add_ignored(&sshd, &entries).await.unwrap());
    assert_eq!(all, ["10.0.0.0/8", "192.0.2.1", "198.51.100.0/24", "2001:db8::1", "example.com"]);
    assert_eq!(sorted(client.add_ignored(&sshd, &entries).await.unwrap()), all, "each stays once");
    assert!(told(&lab, "ignoreip").contains("198.51.100.0/24"));
    for gone in &entries {
        client.remove_ignored(&sshd, gone).await.unwrap();
        let error = client.remove_ignored(&sshd, gone).await.unwrap_err();
        assert!(matches!(error, Error::NoSuchEntry { .. }), "{error}");
    }
    assert_eq!(client.ignore_list(&sshd).await.unwrap(), []);

    // A file, which a server before 1.1.1 would turn into nonsense.
    let file = lab.dir().join("ignore.txt");
    std::fs::write(&file, "192.0.2.7\n").unwrap();
    let file = entry(&format!("file:{}", file.display()));
    match client.add_ignored(&sshd, &[entry("192.0.2.9"), file.clone()]).await {
        Ok(list) => assert!(list.contains(&Reported::Known(file))),
        Err(error) => {
            assert!(matches!(&error, Error::Unsupported { .. }), "{error}");
            assert_eq!(client.ignore_list(&sshd).await.unwrap(), [], "nothing was sent");
        }
    }

    for on in [true, false] {
        assert_eq!(client.set_ignore_self(&sshd, on).await.unwrap(), on);
        assert_eq!(told(&lab, "ignoreself"), if on { "True" } else { "False" });
        assert_eq!(client.ignore_self(&sshd).await.unwrap(), on);
    }
    let command = RootCommand::run_as_root("/bin/false <ip>");
    assert_eq!(client.ignore_command(&sshd).await.unwrap(), None);
    assert_eq!(
        client.set_ignore_command(&sshd, Some(&command)).await.unwrap().as_deref(),
        Some("/bin/false <ip>")
    );
    assert_eq!(told(&lab, "ignorecommand"), "/bin/false <ip>");
    assert_eq!(client.set_ignore_command(&sshd, None).await.unwrap(), None);
    for key in ["<ip>", "<ip> \"x\"", "it's", "a]b, c=d"] {
        let cache = IgnoreCache::new(key, 7, 90).unwrap();
        assert_eq!(client.set_ignore_cache(&sshd, Some(&cache)).await.unwrap(), Some(cache.clone()));
        assert_eq!(client.ignore_cache(&sshd).await.unwrap(), Some(cache));
    }
    assert!(told(&lab, "ignorecache").contains("90"));
    assert_eq!(client.set_ignore_cache(&sshd, None).await.unwrap(), None);
    assert_eq!(client.ignore_cache(&sshd).await.unwrap(), None);
}
