//! What is told of one address, and of one ban.

use bangui_domain::model::{BanId, BanTime, Country, HistoryFilter, Matches, Origin, ServerId};
use bangui_domain::ports::{BanStore, History};
use bangui_test_support::both_databases;

use super::{period, seen};
use crate::bans::{at, ban, end, record};

both_databases!(an_address_has_its_jails_its_bans_in_force_and_its_neighbours, |test| async move {
    let db = test.db();
    let mut first = seen("sshd", 1, 0, Origin::Detected);
    first.failures = Some(5);
    let mut longer = seen("sshd", 1, 5_000, Origin::Detected);
    longer.failures = Some(6);
    longer.ban.bantime = BanTime::Seconds(86_400);
    let mut for_ever = seen("nginx", 1, 700, Origin::Manual);
    for_ever.ban.bantime = BanTime::Permanent;
    let bans = vec![
        first,
        longer,
        for_ever,
        seen("sshd", 2, 30, Origin::Detected),
        seen("sshd", 8, 30, Origin::Detected),
    ];
    record(db, bans, vec![end("sshd", "198.51.100.1", 0)]).await;
    record(db, vec![seen("sshd", 12, 40, Origin::Detected)], Vec::new()).await;

    let local = ServerId::local();
    let story = db.address(&local, &"198.51.100.1".parse().unwrap()).await.unwrap();
    assert_eq!((story.id.as_str(), story.place.country.to_string().as_str()), ("198.51.100.1", "DE"));
    assert_eq!(story.place.network.as_ref().unwrap().name.as_deref(), Some("NET AS64501"));
    let jails: Vec<_> =
        story.jails.iter().map(|jail| (jail.jail.as_str(), jail.bans, jail.failures)).collect();
    assert_eq!(jails, [("sshd", 2, Some(11)), ("nginx", 1, None)], "unknown is not zero");
    assert_eq!((story.within, story.around), (None, 1), "the network around it has a ban of its own");
    assert_eq!((story.jails[0].first, story.jails[0].last), (at(0), at(5_000)));
    assert_eq!(
        story.jails.iter().map(|jail| jail.longest).collect::<Vec<_>>(),
        [BanTime::Seconds(86_400), BanTime::Permanent]
    );
    let mut active: Vec<_> =
        story.active.iter().map(|ban| (ban.key.jail.as_str(), ban.key.id.as_str())).collect();
    active.sort_unstable();
    assert_eq!(active, [("nginx", "198.51.100.1"), ("sshd", "198.51.100.0/24"), ("sshd", "198.51.100.1")]);
    let around: Vec<_> = story.neighbours.iter().map(|(id, bans)| (id.as_str(), *bans)).collect();
    assert_eq!(around, [("198.51.100.2", 1), ("198.51.100.0/24", 1)]);

    let network = db.address(&local, &"198.51.100.0/24".parse().unwrap()).await.unwrap();
    let jails: Vec<_> = network.jails.iter().map(|jail| (jail.jail.as_str(), jail.bans)).collect();
    assert_eq!(jails, [("sshd", 4), ("nginx", 1)], "its own ban, and those of its addresses");
    assert_eq!((network.within, network.around), (Some(3), 0));
    assert_eq!((network.jails[0].first, network.jails[0].last), (at(0), at(5_000)));
    assert_eq!(network.neighbours.len(), 2);
    // It begins with the same address as the wider one, and so has the same key.
    let narrower = db.address(&local, &"198.51.100.0/25".parse().unwrap()).await.unwrap();
    assert_eq!((narrower.within, narrower.around), (Some(2), 1));
    let inside: Vec<_> = narrower.neighbours.iter().map(|(id, bans)| (id.as_str(), *bans)).collect();
    assert_eq!(inside, [("198.51.100.1", 3), ("198.51.100.2", 1)]);
    assert_eq!(narrower.jails.iter().map(|jail| jail.bans).sum::<u64>(), 4);
    let nobody = db.address(&local, &"203.0.113.9".parse().unwrap()).await.unwrap();
    assert_eq!(
        (nobody.id.as_str(), nobody.jails.len(), nobody.place.country),
        ("203.0.113.9", 0, Country::Unknown)
    );
    assert!(nobody.active.is_empty() && nobody.neighbours.is_empty() && nobody.host.is_none());
});

both_databases!(an_offender_is_told_with_its_escalation, |test| async move {
    let db = test.db();
    let mut last = seen("nginx", 3, 9_000, Origin::Detected);
    last.ban.bantime = BanTime::Seconds(7_200);
    last.ban.ban_count = Some(8);
    let mut longer = seen("nginx", 3, 9_500, Origin::Detected);
    longer.ban.bantime = BanTime::Seconds(14_400);
    longer.ban.ban_count = Some(9);
    record(
        db,
        vec![seen("sshd", 3, 0, Origin::Detected), last, longer, seen("sshd", 2, 5, Origin::Detected)],
        Vec::new(),
    )
    .await;
    let filter = HistoryFilter::of(ServerId::local());
    let found = db.offenders(&filter, period(0, 10_000), 10).await.unwrap();
    assert_eq!(found.len(), 1);
    let offender = &found[0];
    assert_eq!((offender.id.as_str(), offender.bans), ("198.51.100.3", 3));
    assert_eq!((offender.first, offender.last), (at(0), at(9_500)));
    let jails: Vec<_> = offender
        .jails
        .iter()
        .map(|of| (of.jail.as_str(), of.first_bantime, of.last_bantime, of.ban_count))
        .collect();
    let (short, long, longer) = (BanTime::Seconds(600), BanTime::Seconds(7_200), BanTime::Seconds(14_400));
    assert_eq!(
        jails,
        [("nginx", long, longer, Some(9)), ("sshd", short, short, Some(3))],
        "each jail against itself"
    );
    assert!(offender.banned_now && offender.place.country == Country::Private);
    assert!(db.offenders(&filter, period(0, 9_000), 10).await.unwrap().is_empty(), "once in this period");
});

both_databases!(log_lines_are_kept_as_they_were_and_within_bounds, |test| async move {
    let db = test.db();
    let hostile = "<script>alert(1)</script>\u{202E}\u{7}\0 \u{1F600}".to_owned();
    let mut few = seen("sshd", 1, 0, Origin::Detected);
    few.matches = Some(Matches { lines: vec!["first".into(), hostile.clone()], cut: false });
    let mut many = seen("sshd", 2, 0, Origin::Detected);
    many.matches = Some(Matches {
        lines: (0..50).map(|n| format!("{n} {}", "ü".repeat(1_000_000))).collect(),
        cut: false,
    });
    let mut none = seen("sshd", 3, 0, Origin::Detected);
    none.matches = None;
    let events = record(db, vec![few, many, none], Vec::new()).await;
    let ban = |ip: &str| events.iter().find(|event| event.key.id == BanId::from_reported(ip)).unwrap().ban;
    let kept = db.matches(ban("198.51.100.1")).await.unwrap().unwrap();
    assert_eq!(kept, Matches { lines: vec!["first".into(), hostile.replace('\0', "\u{FFFD}")], cut: false });
    let bounded = db.matches(ban("198.51.100.2")).await.unwrap().unwrap();
    assert!(bounded.cut && bounded.lines.iter().map(String::len).sum::<usize>() <= 8_192);
    assert!(bounded.lines.last().unwrap().starts_with("49 "), "the newest stay");
    assert_eq!(db.matches(ban("198.51.100.3")).await.unwrap(), None);
    // Told again, with more: the newer account counts.
    let mut again = seen("sshd", 3, 0, Origin::Detected);
    again.matches = Some(Matches { lines: vec!["late".into()], cut: true });
    assert!(record(db, vec![again], Vec::new()).await.is_empty());
    assert_eq!(db.matches(ban("198.51.100.3")).await.unwrap().unwrap().lines, ["late"]);
    assert!(
        db.events_after(&ServerId::local(), bangui_domain::model::EventId(0), 100).await.unwrap().len() == 3
    );
});

both_databases!(what_decides_about_a_network_is_told_however_much_lies_within_it, |test| async move {
    let db = test.db();
    let local = ServerId::local();
    let mut bans = vec![ban("sshd", "203.0.0.0/16", 0), ban("nginx", "203.0.0.0/15", 1)];
    bans.extend((0..500).map(|n| ban("sshd", &format!("203.0.{}.{}", n / 250, n % 250), 100 + n)));
    record(db, bans, Vec::new()).await;
    let network = "203.0.0.0/16".parse().unwrap();
    let story = db.address(&local, &network).await.unwrap();
    let told: Vec<_> = story.active.iter().map(|ban| ban.key.id.as_str()).collect();
    assert_eq!(told[..2], ["203.0.0.0/15", "203.0.0.0/16"], "they decide, though they are the oldest");
    assert_eq!((told.len(), story.more), (502, false), "all that lies within it is told");

    record(db, vec![ban("sshd", "203.0.9.9", 9_000)], Vec::new()).await;
    let story = db.address(&local, &network).await.unwrap();
    let told: Vec<_> = story.active.iter().map(|ban| ban.key.id.as_str()).collect();
    assert_eq!(told[..3], ["203.0.0.0/15", "203.0.0.0/16", "203.0.9.9"], "the newest within it is next");
    assert_eq!((told.len(), story.more), (502, true));
});

both_databases!(a_network_names_those_banned_most_of_all_that_lie_within_it, |test| async move {
    let db = test.db();
    let local = ServerId::local();
    let addresses = (0..2_100).map(|n| format!("10.0.{}.{}", n / 250, n % 250));
    let mut bans: Vec<_> = addresses.map(|ip| ban("sshd", &ip, 0)).collect();
    // The last one by its number, and the network itself, which is no part of itself.
    bans.extend((0..3).map(|n| ban("sshd", "10.255.0.1", n * 1_000)));
    bans.extend((0..4).map(|n| ban("sshd", "10.0.0.0/8", n * 1_000)));
    record(db, bans, Vec::new()).await;
    let story = db.address(&local, &"10.0.0.0/8".parse().unwrap()).await.unwrap();
    let most = story.neighbours.first().map(|(id, bans)| (id.as_str(), *bans));
    assert_eq!((most, story.neighbours.len()), (Some(("10.255.0.1", 3)), 20));
});
