//! Places and names of addresses: looked up again under a new edition, in steps, with numbers that tell what has changed.

use bangui_domain::model::{Asn, BanId, Country, Fence, Network, Place};
use bangui_domain::ports::{AddressStore, PlaceProgress, StoreError};
use bangui_test_support::both_databases;
use bangui_test_support::db::TestDb;

fn place(country: &str, network: Option<(u32, &str)>) -> Place {
    let network = network.map(|(asn, name)| Network {
        asn: Asn::new(asn).unwrap(),
        name: (!name.is_empty()).then(|| name.to_owned()),
    });
    Place { country: country.parse::<Country>().unwrap(), network }
}

/// Addresses as bans bring them, not looked up.
fn add(test: &TestDb, ips: &[&str]) {
    let rows = ips.iter().map(|ip| format!("('{ip}', '{}')", BanId::from_reported(*ip).sort_key()));
    let rows: Vec<String> = rows.collect();
    test.execute(&format!("INSERT INTO addresses (ip, ip_key) VALUES {}", rows.join(", ")));
}

fn located(located: u64, to_locate: u64) -> PlaceProgress {
    PlaceProgress { located, to_locate }
}

both_databases!(a_new_edition_has_everything_looked_up_again, |test| async move {
    let (db, fence) = (test.db(), test.lead().await);
    add(&test, &["5.0.0.1", "10.0.0.1", "5.0.0.0/24"]);
    assert_eq!(db.edition().await.unwrap(), None);
    assert_eq!(db.progress().await.unwrap(), located(0, 3));

    db.begin_edition(fence, "one").await.unwrap();
    assert_eq!(db.edition().await.unwrap().as_deref(), Some("one"));
    let first = db.to_locate(2).await.unwrap();
    assert_eq!(first.iter().map(|kept| kept.id.as_str()).collect::<Vec<_>>(), ["5.0.0.1", "10.0.0.1"]);
    let told = [place("NL", Some((64_500, "Example"))), place("private", None)];
    let places: Vec<_> = first.iter().map(|kept| kept.number).zip(told).collect();
    db.locate(fence, &places).await.unwrap();
    assert_eq!(db.progress().await.unwrap(), located(2, 1));
    let last = db.to_locate(1_000).await.unwrap();
    assert_eq!(last.len(), 1);
    db.locate(fence, &[(last[0].number, place("unknown", Some((64_500, ""))))]).await.unwrap();
    assert_eq!(db.progress().await.unwrap(), located(3, 0));
    assert_eq!(test.count("addresses WHERE ip = '5.0.0.1' AND country = 'NL' AND asn = 64500"), 1);
    assert_eq!(test.count("addresses WHERE ip = '10.0.0.1' AND country = 'private' AND asn IS NULL"), 1);
    assert_eq!(test.count("addresses WHERE ip = '5.0.0.0/24' AND country IS NULL AND asn = 64500"), 1);
    assert_eq!(test.count("networks WHERE asn = 64500 AND name = 'Example'"), 1, "a name is not lost");
    // Whoever has seen the first two hears of the third by its number.
    assert_eq!(test.count("addresses WHERE place_no = 2"), 2);
    assert_eq!(test.count("addresses WHERE place_no = 3"), 1);

    db.begin_edition(fence, "two").await.unwrap();
    assert_eq!(db.progress().await.unwrap(), located(0, 3));
    let again = db.to_locate(1_000).await.unwrap();
    let places: Vec<_> =
        again.iter().map(|kept| (kept.number, place("DE", Some((64_501, "Other"))))).collect();
    db.locate(fence, &places).await.unwrap();
    assert_eq!(test.count("addresses WHERE country = 'DE' AND asn = 64501"), 3);
    assert_eq!(db.to_locate(1_000).await.unwrap(), []);
});

both_databases!(a_whole_step_is_written_at_once, |test| async move {
    let (db, fence) = (test.db(), test.lead().await);
    let ips: Vec<String> = (0..1_200).map(|n| format!("5.{}.{}.1", n / 256, n % 256)).collect();
    add(&test, &ips.iter().map(String::as_str).collect::<Vec<_>>());
    db.begin_edition(fence, "one").await.unwrap();
    let kept = db.to_locate(1_000).await.unwrap();
    assert_eq!(kept.len(), 1_000);
    let places: Vec<_> =
        (64_500..).zip(&kept).map(|(asn, kept)| (kept.number, place("NL", Some((asn, "N"))))).collect();
    db.locate(fence, &places).await.unwrap();
    assert_eq!(db.progress().await.unwrap(), located(1_000, 200));
    assert_eq!(test.count("networks"), 1_000);
    assert_eq!(test.count("addresses AS a WHERE a.asn = 64499 + a.id"), 1_000, "each in its own row");
});

both_databases!(names_are_asked_for_once_as_addresses_come, |test| async move {
    let (db, fence) = (test.db(), test.lead().await);
    assert_eq!(db.to_name(2, 10).await.unwrap(), None);
    add(&test, &["5.0.0.1", "5.0.0.2", "5.0.0.0/24", "2a00::1"]);
    let nameless = db.to_name(3, 2).await.unwrap().unwrap();
    let asked: Vec<String> = nameless.addresses.iter().map(|(_, address)| address.to_string()).collect();
    assert_eq!(asked, ["5.0.0.2"], "only the newest at the first time, and no network");
    let names = [(nameless.addresses[0].0, "host.example.net".to_owned())];
    db.name(fence, &names, nameless.up_to).await.unwrap();
    assert_eq!(test.count("addresses WHERE ip = '5.0.0.2' AND host = 'host.example.net'"), 1);
    let rest = db.to_name(3, 10).await.unwrap().unwrap();
    assert_eq!(rest.addresses.len(), 1);
    assert_eq!(rest.addresses[0].1.to_string(), "2a00::1");
    db.name(fence, &[], rest.up_to).await.unwrap();
    assert_eq!(db.to_name(3, 10).await.unwrap(), None);
    assert_eq!(test.count("addresses WHERE host IS NOT NULL"), 1);
});

both_databases!(only_the_holder_of_the_lock_writes, |test| async move {
    let (db, Fence(held)) = (test.db(), test.lead().await);
    add(&test, &["5.0.0.1"]);
    let stale = Fence(held - 1);
    for refused in [
        db.begin_edition(stale, "one").await,
        db.locate(stale, &[(1, place("NL", None))]).await,
        db.name(stale, &[(1, "host".to_owned())], 1).await,
    ] {
        assert!(matches!(refused, Err(StoreError::StaleFence)), "{refused:?}");
    }
    assert_eq!(test.count("addresses WHERE place_no = 0 AND host IS NULL"), 1);
    assert_eq!(db.edition().await.unwrap(), None);
});
