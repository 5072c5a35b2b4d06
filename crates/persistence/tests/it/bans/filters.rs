//! Filters: all joined by "and", equal on both databases.

use bangui_domain::model::{BanId, BanQuery, EventKind, EventQuery, Origin, ServerId};
use bangui_domain::ports::BanStore;
use bangui_persistence::Db;
use bangui_test_support::both_databases;

use super::{all_events, at, ban, end, jail, limit, record};

async fn bans(db: &Db, change: impl FnOnce(&mut BanQuery)) -> Vec<String> {
    let mut query = BanQuery { limit: limit(500), ..BanQuery::of(ServerId::local()) };
    change(&mut query);
    let mut ids: Vec<_> =
        db.find_bans(&query).await.unwrap().items.into_iter().map(|ban| ban.key.id.to_string()).collect();
    ids.sort();
    ids
}

async fn events(db: &Db, change: impl FnOnce(&mut EventQuery)) -> Vec<String> {
    let mut query = all_events();
    change(&mut query);
    let page = db.find_events(&query).await.unwrap();
    let mut ids: Vec<_> =
        page.items.iter().map(|event| format!("{} {}", event.kind.as_str(), event.key.id)).collect();
    ids.sort();
    ids
}

both_databases!(a_network_is_found_by_what_it_holds_and_by_what_holds_it, |test| async move {
    let db = test.db();
    let ids = [
        "9.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "11.0.0.0",
        "10.9.0.0/16",
        "2001:db7:ffff::1",
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
        "2001:db8:7::/48",
        "::1",
        "ffff:ffff::",
        "user 10.0.0.1",
    ];
    record(db, ids.iter().map(|id| ban("sshd", id, 0)).collect(), Vec::new()).await;
    for (network, inside) in [
        ("10.0.0.0/8", vec!["10.0.0.0", "10.255.255.255", "10.9.0.0/16"]),
        ("10.255.255.255", vec!["10.255.255.255"]),
        ("2001:db8::/32", vec!["2001:db8:7::/48", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"]),
        ("2001:db8::", vec!["2001:db8::"]),
        ("0.0.0.0/0", vec!["10.0.0.0", "10.255.255.255", "10.9.0.0/16", "11.0.0.0", "9.255.255.255"]),
        (
            "::/0",
            vec![
                "2001:db7:ffff::1",
                "2001:db8:7::/48",
                "2001:db8::",
                "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
                "2001:db9::",
                "::1",
                "ffff:ffff::",
            ],
        ),
        ("::/8", vec!["::1"]),
        ("192.0.2.0/24", vec![]),
        ("10.9.1.1", vec!["10.9.0.0/16"]),
        ("10.9.1.0/24", vec!["10.9.0.0/16"]),
        ("2001:db8:7::1", vec!["2001:db8:7::/48"]),
    ] {
        let target = network.parse().unwrap();
        let mut inside: Vec<_> = inside.into_iter().map(str::to_owned).collect();
        inside.sort();
        assert_eq!(bans(db, |query| query.overlapping = Some(target)).await, inside, "{network}");
        let found: Vec<_> = inside.iter().map(|id| format!("ban {id}")).collect();
        assert_eq!(events(db, |query| query.filter.targets.any_of = vec![target]).await, found, "{network}");
    }
});

both_databases!(one_entry_is_found_by_its_own_text_and_an_address_by_any, |test| async move {
    let db = test.db();
    let ids = ["192.0.2.1", "2001:db8::1", "10.0.0.0/8", "10.0.0.0", "Bob", "bob", ""];
    record(db, ids.iter().map(|id| ban("sshd", id, 0)).collect(), Vec::new()).await;
    for id in ids {
        assert_eq!(bans(db, |query| query.id = Some(BanId::from_reported(id))).await, [id], "{id:?}");
    }
    for (other, id) in
        [("2001:DB8::1", "2001:db8::1"), ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("10.0.0.0/32", "10.0.0.0")]
    {
        assert_eq!(bans(db, |query| query.id = Some(BanId::from_reported(other))).await, [id], "{other:?}");
    }
    assert!(bans(db, |query| query.id = Some(BanId::from_reported("BOB"))).await.is_empty());
    assert!(bans(db, |query| query.id = Some(BanId::from_reported("192.0.2.01"))).await.is_empty());
});

both_databases!(text_is_found_in_any_part_and_in_any_case, |test| async move {
    let db = test.db();
    let mut asked = ban("Web-Admin", "192.0.2.1", 0);
    asked.ban.origin = Origin::Manual;
    asked.ban.by = Some("Jörg".into());
    asked.ban.reason = Some("50% of_all C:\\logins".into());
    record(db, vec![asked, ban("sshd", "2001:db8::ABCD", 0), ban("sshd", "500 xofyall", 0)], Vec::new())
        .await;
    for (text, found) in [
        ("web-", vec!["192.0.2.1"]),
        ("JÖRG", vec!["192.0.2.1"]),
        ("0.2.", vec!["192.0.2.1"]),
        ("abcd", vec!["2001:db8::abcd"]),
        ("50%", vec!["192.0.2.1"]),
        ("%", vec!["192.0.2.1"]),
        ("of_ALL", vec!["192.0.2.1"]),
        ("c:\\L", vec!["192.0.2.1"]),
        ("_", vec!["192.0.2.1"]),
        ("\\", vec!["192.0.2.1"]),
        ("SSHD", vec!["2001:db8::abcd", "500 xofyall"]),
        ("'; DROP TABLE users; --", vec![]),
        ("a\0b", vec![]),
        ("", vec!["192.0.2.1", "2001:db8::abcd", "500 xofyall"]),
    ] {
        assert_eq!(bans(db, |query| query.text = Some(text.into())).await, found, "{text:?}");
        let found: Vec<_> = found.iter().map(|id| format!("ban {id}")).collect();
        assert_eq!(events(db, |query| query.filter.texts = vec![text.into()]).await, found, "{text:?}");
    }
    let endless = "%".repeat(100_000);
    assert!(bans(db, |query| query.text = Some(endless.clone())).await.is_empty());
    assert!(events(db, |query| query.filter.texts = vec![endless]).await.is_empty());
});

both_databases!(events_are_filtered_by_what_they_are, |test| async move {
    let db = test.db();
    let mut restored = ban("nginx", "192.0.2.2", 50);
    restored.ban.origin = Origin::Restored;
    record(db, vec![ban("sshd", "192.0.2.1", 0), restored], vec![end("sshd", "192.0.2.1", 0)]).await;
    let only = |kind| move |query: &mut EventQuery| query.filter.kind = Some(kind);
    assert_eq!(events(db, only(EventKind::Ban)).await, ["ban 192.0.2.1", "ban 192.0.2.2"]);
    assert_eq!(events(db, only(EventKind::Unban)).await, ["unban 192.0.2.1"]);
    let from = |origin| move |query: &mut EventQuery| query.filter.origins.any_of = vec![origin];
    assert_eq!(events(db, from(Origin::Restored)).await, ["ban 192.0.2.2"]);
    assert_eq!(events(db, from(Origin::Expired)).await, ["unban 192.0.2.1"]);
    assert!(events(db, from(Origin::Manual)).await.is_empty());
    assert_eq!(events(db, |query| query.filter.jails.any_of = vec![jail("nginx")]).await, ["ban 192.0.2.2"]);
    assert!(events(db, |query| query.filter.jails.any_of = vec![jail("NGINX")]).await.is_empty());
    let between = |since, until| {
        move |query: &mut EventQuery| {
            query.since = Some(at(since));
            query.until = Some(at(until));
        }
    };
    assert_eq!(events(db, between(0, 50)).await, ["ban 192.0.2.1"]);
    assert_eq!(events(db, between(1, 601)).await, ["ban 192.0.2.2", "unban 192.0.2.1"]);
    assert_eq!(bans(db, |query| query.jail = Some(jail("nginx"))).await, ["192.0.2.2"]);
    let both = |query: &mut EventQuery| {
        query.filter.kind = Some(EventKind::Unban);
        query.filter.texts = vec!["192.0.2.2".into()];
    };
    assert!(events(db, both).await.is_empty(), "filters are joined by and");
});

both_databases!(a_full_last_page_has_no_next, |test| async move {
    let db = test.db();
    record(db, (0..4).map(|n| ban("sshd", &format!("192.0.2.{n}"), n)).collect(), Vec::new()).await;
    for (rows, more) in [(3, true), (4, false), (5, false)] {
        let query = BanQuery { limit: limit(rows), ..BanQuery::of(ServerId::local()) };
        assert_eq!(db.find_bans(&query).await.unwrap().next.is_some(), more, "{rows}");
    }
});
