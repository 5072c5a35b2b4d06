//! What the jails of a real fail2ban ignore.

use bangui_domain::model::{JailName, Target};
use bangui_domain::ports::{ControlError, IgnoreControl};
use bangui_gateway::{CommandMeter, Fail2banControl, Zone};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};

#[tokio::test]
async fn what_is_ignored_is_told_as_it_was_asked_for_and_taken_back_in_any_spelling() {
    let fail2ban = Fail2ban::builder()
        .jail(JailSpec::new("sshd", Filter::Sshd).ignoreip(["198.18.0.0/15"]))
        .jail(JailSpec::new("nginx", Filter::Nginx))
        .start()
        .expect("fail2ban starts");
    let meter = CommandMeter::new().expect("names that are in order");
    let control = Fail2banControl::new(&fail2ban.socket(), Zone::system(), meter);
    let sshd = JailName::parse("sshd").expect("a name");
    let ignored = async || {
        let lists = control.ignored().await.expect("lists");
        let names: Vec<&str> = lists.iter().map(|list| list.jail.as_str()).collect();
        assert_eq!(names, ["nginx", "sshd"]);
        let mut targets: Vec<Target> =
            lists[1].entries.iter().map(|entry| Target::parse(entry).expect("a target")).collect();
        targets.sort();
        targets
    };
    let own = ignored().await;
    assert_eq!(own, [Target::parse("198.18.0.0/15").expect("a target")]);

    let spellings = [
        "203.0.113.7",
        "::ffff:203.0.113.8",
        "192.0.2.0/24",
        "::1.2.3.4",
        "2001:0DB8::DEAD:beef",
        "2001:db8::/32",
        "10.0.0.0/8",
    ];
    let mut targets: Vec<Target> =
        spellings.iter().map(|text| Target::parse(text).expect("a target")).collect();
    for _ in 0..2 {
        control.ignore(&sshd, &targets).await.expect("they are ignored");
        let mut all = targets.clone();
        all.extend(&own);
        all.sort();
        assert_eq!(ignored().await, all);
    }
    control.stop_ignoring(&sshd, &targets).await.expect("they are not ignored");
    assert_eq!(ignored().await, own);
    targets.truncate(1);
    control.stop_ignoring(&sshd, &targets).await.expect("what is not there is passed over");

    let nowhere = JailName::parse("nowhere").expect("a name");
    let error = control.ignore(&nowhere, &targets).await.expect_err("no such jail");
    assert_eq!(error, ControlError::JailNotFound(nowhere));
}
