//! Pages: each row once, in a total order, whatever is written in between.

use bangui_domain::model::{BanQuery, BanSort, BanTime, Cursor, EventQuery, ServerId, SortKey};
use bangui_domain::ports::{BanStore, StoreError};
use bangui_persistence::Db;
use bangui_test_support::both_databases;

use super::{all_events, ban, end, history, limit, record};

const KEYS: [SortKey; 4] = [SortKey::BannedAt, SortKey::ExpiresAt, SortKey::Ip, SortKey::Jail];

/// Bans with ties in every column, two that never end, and ids that are no addresses.
async fn fill(db: &Db) {
    let ids = ["10.0.0.9", "9.9.9.9", "2001:db8::1", "10.0.0.0/8", "user one", "Bob", "203.0.113.77", "::1"];
    let mut bans = Vec::new();
    for (number, id) in (0..).zip(ids) {
        for name in ["sshd", "nginx", "Zabbix"] {
            let mut new = ban(name, id, number / 3);
            new.ban.bantime = match number % 4 {
                0 => BanTime::Permanent,
                1 => BanTime::Seconds(0),
                _ => BanTime::Seconds(u64::try_from(number).unwrap()),
            };
            bans.push(new);
        }
    }
    record(db, bans, Vec::new()).await;
}

async fn walk(db: &Db, sort: BanSort, rows: u16) -> Vec<String> {
    let mut query = BanQuery { sort, limit: limit(rows), ..BanQuery::of(ServerId::local()) };
    let mut seen = Vec::new();
    loop {
        let page = db.find_bans(&query).await.unwrap();
        assert!(page.items.len() <= usize::from(rows));
        seen.extend(page.items.iter().map(|ban| {
            let value = match sort.key {
                SortKey::BannedAt => ban.key.banned_at.as_secs().to_string(),
                SortKey::ExpiresAt => {
                    ban.expires_at().map_or("never".into(), |end| end.as_secs().to_string())
                }
                SortKey::Ip => ban.key.id.sort_key(),
                SortKey::Jail => ban.key.jail.to_string(),
            };
            format!("{value} {} {}", ban.key.jail, ban.key.id)
        }));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return seen,
        }
    }
}

fn values(rows: &[String]) -> Vec<&str> {
    rows.iter().map(|row| row.split(' ').next().unwrap()).collect()
}

both_databases!(every_order_is_total_in_both_directions, |test| async move {
    let db = test.db();
    fill(db).await;
    for key in KEYS {
        let up = walk(db, BanSort { key, descending: false }, 500).await;
        assert_eq!(up.len(), 24);
        let sorted = values(&up);
        assert!(sorted.is_sorted(), "{key:?}: {sorted:?}");
        let mut down = walk(db, BanSort { key, descending: true }, 500).await;
        down.reverse();
        assert_eq!(up, down, "{key:?}");
        for rows in [1, 5, 23, 24] {
            for descending in [false, true] {
                let mut paged = walk(db, BanSort { key, descending }, rows).await;
                if descending {
                    paged.reverse();
                }
                assert_eq!(paged, up, "{key:?} by {rows}");
            }
        }
    }
});

both_databases!(permanent_bans_end_last_and_other_ids_come_first, |test| async move {
    let db = test.db();
    fill(db).await;
    let ends = walk(db, BanSort { key: SortKey::ExpiresAt, descending: false }, 500).await;
    assert!(values(&ends[18..]).iter().all(|value| *value == "never"), "{ends:?}");
    let ips = walk(db, BanSort { key: SortKey::Ip, descending: false }, 500).await;
    let order: Vec<_> = ips.iter().filter(|row| row.contains(" sshd ")).collect();
    let order: Vec<_> = order.iter().map(|row| row.split(" sshd ").nth(1).unwrap()).collect();
    assert_eq!(
        order[..3],
        ["Bob", "user one", "::1"],
        "ids that are no addresses, in the order of their rows"
    );
    assert_eq!(order[3..], ["9.9.9.9", "10.0.0.0/8", "10.0.0.9", "203.0.113.77", "2001:db8::1"]);
    let jails = walk(db, BanSort { key: SortKey::Jail, descending: false }, 500).await;
    assert_eq!((values(&jails)[0], values(&jails)[8], values(&jails)[16]), ("Zabbix", "nginx", "sshd"));
});

both_databases!(events_come_newest_first_by_time, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 50)], Vec::new()).await;
    record(db, vec![ban("sshd", "192.0.2.2", 10), ban("sshd", "192.0.2.3", 50)], Vec::new()).await;
    record(db, Vec::new(), vec![end("sshd", "192.0.2.9", -600)]).await;
    let mut query = EventQuery { limit: limit(1), ..all_events() };
    let mut seen = Vec::new();
    loop {
        let page = db.find_events(&query).await.unwrap();
        seen.extend(page.items.into_iter().map(|event| event.key.id.to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ["192.0.2.3", "192.0.2.1", "192.0.2.2", "192.0.2.9", "192.0.2.9"]);
});

both_databases!(rows_that_come_in_between_neither_repeat_nor_hide_others, |test| async move {
    let db = test.db();
    let bans: Vec<_> = (0..60).map(|number| ban("sshd", &format!("192.0.2.{number}"), number)).collect();
    record(db, bans, Vec::new()).await;
    let before: Vec<_> = history(db).await.into_iter().map(|event| event.key).collect();

    let writer = {
        let db = test.second().await;
        tokio::spawn(async move {
            for number in 0..60 {
                let name = format!("198.51.100.{number}");
                record(&db, vec![ban("sshd", &name, (number * 7) % 60)], Vec::new()).await;
                record(&db, Vec::new(), vec![end("sshd", &name, (number * 7) % 60)]).await;
            }
        })
    };
    let mut bans = BanQuery { limit: limit(4), ..BanQuery::of(ServerId::local()) };
    let mut events = EventQuery { limit: limit(4), ..all_events() };
    let (mut seen_bans, mut seen_events) = (Vec::new(), Vec::new());
    loop {
        let page = db.find_bans(&bans).await.unwrap();
        seen_bans.extend(page.items.into_iter().map(|ban| ban.key));
        bans.after = page.next;
        if bans.after.is_none() {
            break;
        }
    }
    loop {
        let page = db.find_events(&events).await.unwrap();
        seen_events.extend(page.items.into_iter().map(|event| (event.kind.as_str(), event.key)));
        events.after = page.next;
        if events.after.is_none() {
            break;
        }
    }
    writer.await.unwrap();
    let count = |key| seen_bans.iter().filter(|seen| *seen == key).count();
    assert!(before.iter().all(|key| count(key) == 1), "each of the bans that stayed came once");
    let count = |key| seen_events.iter().filter(|(kind, seen)| *kind == "ban" && seen == key).count();
    assert!(before.iter().all(|key| count(key) == 1), "each of the events that were there came once");
    let mut unique = seen_events.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen_events.len(), "no event came twice");
});

both_databases!(a_cursor_that_does_not_fit_is_refused, |test| async move {
    let db = test.db();
    fill(db).await;
    for (key, value) in [
        (SortKey::BannedAt, "sshd"),
        (SortKey::ExpiresAt, ""),
        (SortKey::ExpiresAt, "12.5"),
        (SortKey::Ip, "10.0.0.1"),
        (SortKey::Ip, "ffff"),
        (SortKey::Jail, ""),
        (SortKey::Jail, "--x"),
    ] {
        let after = Some(Cursor { value: value.into(), id: 1 });
        let sort = BanSort { key, descending: false };
        let query = BanQuery { sort, after, ..BanQuery::of(ServerId::local()) };
        let refused = db.find_bans(&query).await.unwrap_err();
        assert!(matches!(refused, StoreError::BadCursor), "{key:?} {value:?}: {refused:?}");
    }
    let query = EventQuery { after: Some(Cursor { value: "x".into(), id: 1 }), ..all_events() };
    assert!(matches!(db.find_events(&query).await.unwrap_err(), StoreError::BadCursor));
});
