//! What becomes a message.

use bangui_domain::ServiceError;
use bangui_domain::model::notify::{Condition, Note, RuleSpec, RuleState};
use bangui_domain::model::{Country, CountryCode, Fence, JailName, Network, Place, Timestamp};
use bangui_domain::ports::{BanRecord, Clock, RuleStore, StoreError};
use bangui_test_support::both_databases;

use super::{START, World, addresses, bans, rule};
use crate::bans::{ban, end, record};

both_databases!(each_ban_is_told_once_through_restarts, |test| async move {
    record(test.db(), vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    let (world, channel) = World::new(&test).await;
    world.rule(rule(channel, bans(1))).await;
    assert!(world.after(1).await.is_empty(), "what was before is no news");

    record(&world.db, vec![ban("sshd", "192.0.2.2", 1)], vec![end("sshd", "192.0.2.1", 0)]).await;
    record(&world.db, vec![ban("nginx", "192.0.2.3", 1)], Vec::new()).await;
    let told = world.after(1).await;
    assert_eq!((told.len(), addresses(&told[0])), (1, vec!["192.0.2.2", "192.0.2.3"]));
    assert_eq!((told[0].count, told[0].jails["nginx"]), (2, 1));
    assert!(world.after(1).await.is_empty());

    // Made, and not sent when the process dies.
    record(&world.db, vec![ban("sshd", "192.0.2.4", 2)], Vec::new()).await;
    world.notifier.look(world.fence).await.unwrap();
    let next = world.restarted();
    let told = next.after(1).await;
    assert_eq!((told.len(), addresses(&told[0])), (1, vec!["192.0.2.4"]));

    // Recorded while nobody looked.
    record(&next.db, vec![ban("sshd", "192.0.2.5", 3)], Vec::new()).await;
    let last = next.restarted();
    assert_eq!(addresses(&last.after(1).await[0]), ["192.0.2.5"]);
    assert!(last.after(1).await.is_empty());
    assert_eq!(test.count("deliveries WHERE state = 'sent'"), 3);
});

both_databases!(what_is_gathered_outlives_the_process, |test| async move {
    let (world, channel) = World::new(&test).await;
    world.rule(RuleSpec { group_secs: 30, throttle_secs: 600, ..rule(channel, bans(1)) }).await;
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    assert!(world.after(1).await.is_empty());
    let world = world.restarted();
    record(&world.db, vec![ban("sshd", "192.0.2.2", 1)], Vec::new()).await;
    assert!(world.after(28).await.is_empty());
    let told = world.after(2).await;
    assert_eq!(
        (told.len(), addresses(&told[0]), told[0].throttled),
        (1, vec!["192.0.2.1", "192.0.2.2"], false)
    );

    record(&world.db, vec![ban("sshd", "192.0.2.3", 2)], Vec::new()).await;
    assert!(world.after(300).await.is_empty(), "held back");
    let world = world.restarted();
    assert!(world.after(299).await.is_empty());
    let told = world.after(1).await;
    assert_eq!((addresses(&told[0]), told[0].throttled), (vec!["192.0.2.3"], true));
});

both_databases!(who_lost_the_lock_tells_nothing, |test| async move {
    let (world, channel) = World::new(&test).await;
    world.rule(rule(channel, bans(1))).await;
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    let stale = Fence(world.fence.0 - 1);
    let refused = world.notifier.look(stale).await.unwrap_err();
    assert!(matches!(refused, ServiceError::Store(StoreError::StaleFence)), "{refused}");
    assert_eq!(test.count("deliveries"), 0);
    assert_eq!(world.after(1).await.len(), 1);
});

both_databases!(jails_countries_and_repeats_are_told_apart, |test| async move {
    let (world, channel) = World::new(&test).await;
    let (nl, sshd) = (CountryCode::parse("NL").unwrap(), JailName::parse("sshd").unwrap());
    let at_home = Condition::Bans {
        jails: vec![sshd],
        countries: vec![Country::Known(nl)],
        origins: Vec::new(),
        least_bans: 1,
    };
    let named = |name: &str, condition| RuleSpec { name: name.to_owned(), ..rule(channel, condition) };
    world.rule(named("place", at_home)).await;
    world.rule(named("again", bans(3))).await;
    let from_nl = |jail: &str, ip: &str, secs| BanRecord {
        place: Some(Place { country: Country::Known(nl), network: None::<Network> }),
        ..ban(jail, ip, secs)
    };
    let all = vec![
        from_nl("sshd", "192.0.2.1", 0),
        from_nl("nginx", "192.0.2.1", 1),
        ban("sshd", "192.0.2.9", 2),
        from_nl("nginx", "192.0.2.1", 3_000),
    ];
    record(&world.db, all, Vec::new()).await;
    let mut told = world.after(1).await;
    told.extend(world.send().await);
    told.sort_by(|a, b| a.rule.cmp(&b.rule));
    let rules: Vec<_> = told.iter().map(|digest| (digest.rule.as_str(), addresses(digest))).collect();
    assert_eq!(rules, [("again", vec!["192.0.2.1"]), ("place", vec!["192.0.2.1"])]);
    assert!(matches!(&told[0].notes[0], Note::Ban { bans: Some(3), .. }), "{:?}", told[0].notes);
    assert!(matches!(&told[1].notes[0], Note::Ban { country, .. } if country == "NL"), "{:?}", told[1].notes);
});

both_databases!(an_outage_and_its_end_are_told_once, |test| async move {
    let (world, channel) = World::new(&test).await;
    world.rule(rule(channel, Condition::Offline { secs: 60 })).await;
    world.online();
    world.offline();
    assert!(world.after(59).await.is_empty());
    let told = world.after(1).await;
    assert!(matches!(&told[0].notes[..], [Note::Offline { reason, .. }] if reason == "no socket"));
    assert!(world.after(600).await.is_empty());
    let world = world.restarted();
    world.offline();
    assert!(world.after(600).await.is_empty(), "told before the restart");
    world.online();
    let told = world.after(1).await;
    assert!(matches!(&told[0].notes[..], [Note::Online { .. }]), "{told:?}");
    assert!(world.after(600).await.is_empty());

    world.offline();
    assert!(world.after(30).await.is_empty());
    world.online();
    assert!(world.after(600).await.is_empty(), "too short to be told");
});

both_databases!(the_end_of_an_outage_is_never_held_back, |test| async move {
    let (world, channel) = World::new(&test).await;
    let held = rule(channel, Condition::Offline { secs: 60 });
    world.rule(RuleSpec { group_secs: 30, throttle_secs: 3_600, ..held }).await;
    world.online();
    world.offline();
    assert!(world.after(60).await.is_empty(), "it waits for more");
    let told = world.after(30).await;
    assert!(matches!(&told[0].notes[..], [Note::Offline { .. }]), "{told:?}");
    // Another process leads when fail2ban is back: what is held back is read from the database.
    let world = world.restarted();
    world.online();
    let told = world.after(1).await;
    assert!(matches!(&told[0].notes[..], [Note::Online { .. }]) && !told[0].throttled, "{told:?}");

    // An outage that begins within the hour waits, but no longer than it lasts.
    world.offline();
    assert!(world.after(120).await.is_empty());
    world.online();
    let told = world.after(1).await;
    assert!(matches!(&told[0].notes[..], [Note::Offline { .. }, Note::Online { .. }]), "{told:?}");
    assert!(world.after(7_200).await.is_empty());
});

both_databases!(more_than_usual_is_told_when_it_begins, |test| async move {
    let (world, channel) = World::new(&test).await;
    let condition = Condition::Unusual { jails: Vec::new(), minutes: 10, factor: 3, least_bans: 5 };
    world.rule(rule(channel, condition)).await;
    // One ban an hour for two days before.
    let usual = (1..=48_u8).map(|hour| ban("sshd", &format!("198.51.100.{hour}"), -3_600 * i64::from(hour)));
    record(&world.db, usual.collect(), Vec::new()).await;
    let wave = |from: u8, to: u8, secs: i64| {
        (from..to).map(move |number| ban("sshd", &format!("192.0.2.{number}"), secs)).collect::<Vec<_>>()
    };
    record(&world.db, wave(0, 4, 30), Vec::new()).await;
    assert!(world.after(60).await.is_empty(), "less than the floor");
    record(&world.db, wave(4, 9, 90), Vec::new()).await;
    let told = world.after(60).await;
    let [Note::Unusual { bans: 9, minutes: 10, usual_hundredths }] = told[0].notes[..] else {
        panic!("{told:?}")
    };
    assert!((15..20).contains(&usual_hundredths), "{usual_hundredths}");
    assert!(world.after(60).await.is_empty(), "told already");
    assert!(world.after(1_200).await.is_empty(), "over");
    record(&world.db, wave(20, 40, 1_400), Vec::new()).await;
    assert_eq!(world.after(60).await.len(), 1, "another wave");
});

both_databases!(a_jail_that_falls_silent_is_told_once, |test| async move {
    let (world, channel) = World::new(&test).await;
    let jails = ["sshd", "nginx"].map(|name| JailName::parse(name).unwrap()).into();
    world.rule(rule(channel, Condition::Silent { jails, hours: 2 })).await;
    world.online();
    record(&world.db, vec![ban("sshd", "192.0.2.1", 3_000)], Vec::new()).await;
    assert!(world.after(7_199).await.is_empty(), "the rule has not waited for two hours");
    let told = world.after(60).await;
    assert!(matches!(&told[0].notes[..], [Note::Silent { jail, hours: 2 }] if jail == "nginx"), "{told:?}");
    let told = world.after(3_600).await;
    assert!(matches!(&told[0].notes[..], [Note::Silent { jail, .. }] if jail == "sshd"), "{told:?}");
    assert!(world.after(3_600).await.is_empty());
    record(&world.db, vec![ban("nginx", "192.0.2.2", 14_450)], Vec::new()).await;
    assert!(world.after(60).await.is_empty());
    assert_eq!(world.after(7_200).await.len(), 1, "silent again");
    world.offline();
    assert!(world.after(100_000).await.is_empty(), "nothing is known while fail2ban is away");
});

both_databases!(a_rule_that_is_off_or_changed_begins_anew, |test| async move {
    let (world, channel) = World::new(&test).await;
    let grouped = RuleSpec { group_secs: 60, ..rule(channel, bans(1)) };
    world.rule(grouped.clone()).await;
    let id = world.db.rules().await.unwrap()[0].id;
    let save = async |spec: RuleSpec| world.db.save_rule(Some(id), &spec, world.clock.now()).await.unwrap();
    record(&world.db, vec![ban("sshd", "192.0.2.1", 0)], Vec::new()).await;
    assert!(world.after(1).await.is_empty());
    save(RuleSpec { enabled: false, ..grouped.clone() }).await;
    record(&world.db, vec![ban("sshd", "192.0.2.2", 1)], Vec::new()).await;
    assert!(world.after(1).await.is_empty());
    save(grouped.clone()).await;
    assert!(world.after(100).await.is_empty(), "neither what was gathered nor what came while it was off");
    record(&world.db, vec![ban("sshd", "192.0.2.3", 2)], Vec::new()).await;
    assert!(world.after(1).await.is_empty());
    save(RuleSpec { name: "renamed".to_owned(), ..grouped }).await;
    let told = world.after(60).await;
    assert_eq!((told[0].rule.as_str(), addresses(&told[0])), ("renamed", vec!["192.0.2.3"]));
    assert!(world.db.delete_rule(id).await.unwrap());
    assert!(world.after(1).await.is_empty());
    assert_eq!(test.count("notify_progress WHERE state LIKE '%sshd%'"), 0);
});

#[test]
fn what_an_older_version_has_gathered_is_read() {
    let mut state = RuleState::new(Condition::Offline { secs: 1 });
    state.gather(Note::Silent { jail: "sshd".to_owned(), hours: 1 }, Timestamp::from_secs(START));
    let mut written = serde_json::to_value(&state).expect("JSON");
    written["gathered"].as_object_mut().expect("an object").remove("urgent").expect("a field that is new");
    assert_eq!(serde_json::from_value::<RuleState>(written).expect("a state"), state);
}
