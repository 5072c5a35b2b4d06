//! Places from files: the providers' schemas, the order of trust, files that change, and files that are broken.

use std::path::Path;

use bangui_domain::model::{BanId, Place, Timestamp};
use bangui_domain::ports::Atlas;
use bangui_gateway::{FileAtlas, PlaceFile, PlacePath};
use bangui_test_support::places::{PlacesFile, Value, flat, ipinfo, nested, system};
use tempfile::TempDir;

fn write(directory: &TempDir, name: &str, file: &PlacesFile) -> std::path::PathBuf {
    let path = directory.path().join(name);
    replace(&path, &file.bytes());
    path
}

/// As a careful program does it: the name never leads to a part of a file.
fn replace(path: &Path, bytes: &[u8]) {
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes).expect("written");
    std::fs::rename(&beside, path).expect("renamed");
}

fn atlas(paths: &[&Path]) -> FileAtlas {
    FileAtlas::open(paths.iter().map(|path| PlacePath::Supplied(path.to_path_buf())).collect())
}

fn told(atlas: &FileAtlas, id: &str) -> String {
    let Place { country, network } = atlas.place(&BanId::from_reported(id));
    let network = network.map_or_else(String::new, |network| {
        format!(" {} {}", network.asn, network.name.as_deref().unwrap_or("-"))
    });
    format!("{country}{network}")
}

#[test]
fn all_three_schemas_are_read() {
    let directory = TempDir::new().expect("a directory");
    let countries = PlacesFile::new("GeoLite2-Country", 1_700_000_000)
        .with("5.0.0.0/24", nested("DE"))
        .with("2a00:1::/32", nested("FR"))
        // What has left its country is where it is registered.
        .with(
            "5.0.1.0/24",
            Value::Map(vec![("registered_country", Value::Map(vec![("iso_code", "BE".into())]))]),
        );
    let networks = PlacesFile::new("GeoLite2-ASN", 1_700_000_000)
        .with("5.0.0.0/16", system(64_500, "Example Networks"))
        .with("6.0.0.0/24", system(64_501, "\u{7}\n"));
    let both = [&write(&directory, "c.mmdb", &countries), &write(&directory, "n.mmdb", &networks)];
    let both = atlas(&both.map(std::path::PathBuf::as_path));
    assert_eq!(told(&both, "5.0.0.7"), "DE AS64500 Example Networks");
    assert_eq!(told(&both, "5.0.1.7"), "BE AS64500 Example Networks");
    assert_eq!(told(&both, "2a00:1::7"), "FR");
    assert_eq!(told(&both, "6.0.0.1"), "US AS64501 -", "the country is the built-in table's");
    assert_eq!(told(&both, "5.0.0.0/16"), "DE AS64500 Example Networks", "a network is where it begins");
    assert_eq!(told(&both, "2002:500:7::1"), "DE AS64500 Example Networks");

    let table = PlacesFile::new("geo-whois-asn-country", 1_700_000_000).with("5.0.0.0/24", flat("nl"));
    assert_eq!(told(&atlas(&[&write(&directory, "flat.mmdb", &table)]), "5.0.0.7"), "NL");

    let lite = PlacesFile::new("ipinfo ipinfo_lite.mmdb", 1_700_000_000)
        .with("5.0.0.0/24", ipinfo("PL", "AS64502", "Sieć Przykładowa"))
        .with("5.0.1.0/24", ipinfo("", "", ""));
    let lite = atlas(&[&write(&directory, "ipinfo.mmdb", &lite)]);
    assert_eq!(told(&lite, "5.0.0.7"), "PL AS64502 Sieć Przykładowa");
    assert!(!told(&lite, "5.0.1.7").contains("AS"));
    let attribution = lite.sources().remove(0).attribution.expect("asked for");
    assert_eq!(attribution.1, "https://ipinfo.io");
}

#[test]
fn numbers_of_any_width_and_fields_of_any_known_name_are_read() {
    let u16 = |number: u16| Value::Raw([vec![0xa2], number.to_be_bytes().to_vec()].concat());
    let u64 = |number: u64| Value::Raw([vec![0x08, 0x02], number.to_be_bytes().to_vec()].concat());
    let i32 = |number: i32| Value::Raw([vec![0x04, 0x01], number.to_be_bytes().to_vec()].concat());
    let f64 = |number: f64| Value::Raw([vec![0x68], number.to_be_bytes().to_vec()].concat());
    let bytes =
        |text: &str| Value::Raw([vec![0x80 | u8::try_from(text.len()).unwrap()], text.into()].concat());
    let list = |value: &str| {
        let text = [vec![0x40 | u8::try_from(value.len()).unwrap()], value.into()].concat();
        Value::Raw([vec![0x01, 0x04], text].concat())
    };
    let map = |entries: &[(&'static str, Value)]| Value::Map(entries.to_vec());
    let number = "autonomous_system_number";
    let directory = TempDir::new().expect("a directory");
    for (record, told_place) in [
        (map(&[(number, u16(64_500)), ("country_code", "NL".into())]), "NL AS64500 -"),
        (map(&[(number, u64(4_200_000_000)), ("country", "NL".into())]), "NL AS4200000000 -"),
        (map(&[(number, i32(64_500)), ("countryCode", "NL".into())]), "NL AS64500 -"),
        (map(&[(number, f64(64_500.0)), ("country", bytes("nl"))]), "NL AS64500 -"),
        (map(&[(number, "64500".into()), ("country_short", "NL".into())]), "NL AS64500 -"),
        // IPinfo, old and new; IP2Location; and tables of networks.
        (
            map(&[("asn", "AS64500".into()), ("name", "Example".into()), ("country", "NL".into())]),
            "NL AS64500 Example",
        ),
        (
            map(&[
                ("as", map(&[("asn", "AS64500".into()), ("name", "Example".into())])),
                ("geo", map(&[("country", "Netherlands".into()), ("country_code", "NL".into())])),
            ]),
            "NL AS64500 Example",
        ),
        (
            map(&[
                ("asn", "64500".into()),
                ("as", "Example".into()),
                ("country", map(&[("iso_code", "NL".into())])),
            ]),
            "NL AS64500 Example",
        ),
        (map(&[("org", "AS64500 Example".into()), ("country", "NL".into())]), "NL AS64500 Example"),
        (
            map(&[("as_number", u16(64_500)), ("as_description", "Example".into()), ("cc", "NL".into())]),
            "NL AS64500 Example",
        ),
        (
            map(&[
                ("traits", map(&[(number, u16(64_500)), ("isp", "Example".into())])),
                ("country", map(&[("iso_code", "NL".into())])),
            ]),
            "NL AS64500 Example",
        ),
        (map(&[("asn", list("AS64500")), ("country", "NL".into())]), "NL AS64500 -"),
    ] {
        let file = PlacesFile::new("odd", 1).with("5.0.0.0/24", record.clone());
        let atlas = atlas(&[&write(&directory, "odd.mmdb", &file)]);
        assert_eq!(told(&atlas, "5.0.0.7"), told_place, "{record:?}");
        assert_eq!(atlas.sources()[0].unreadable, 0, "{record:?}");
    }
}

#[test]
fn a_record_that_cannot_be_read_is_one_record() {
    let directory = TempDir::new().expect("a directory");
    let odd_number =
        Value::Map(vec![("country_code", "DE".into()), ("asn", Value::Map(vec![("asn", "x1".into())]))]);
    let file = PlacesFile::new("mostly good", 1)
        .with("5.0.0.0/24", flat("NL"))
        .with("5.0.1.0/24", "US".into())
        .with("5.0.2.0/24", odd_number)
        // Longer than the file.
        .with("5.0.3.0/24", Value::Raw(vec![0xe1, 0x5f, 0xff, 0xff, 0xff]))
        .with("5.0.4.0/24", flat("FR"))
        .with("5.0.5.0/24", flat("IT"));
    let atlas = atlas(&[&write(&directory, "odd.mmdb", &file)]);
    let found = [0, 1, 2, 3, 4].map(|net| told(&atlas, &format!("5.0.{net}.1")));
    let without = FileAtlas::open(Vec::new());
    assert_eq!(found, ["NL", &told(&without, "5.0.1.1"), "DE", &told(&without, "5.0.3.1"), "FR"]);
    let source = atlas.sources().remove(0);
    assert_eq!((source.unreadable, source.trouble), (3, None));

    let bad = PlacesFile::new("bad", 1)
        .with("5.0.0.0/24", flat("NL"))
        .with("5.0.1.0/24", "US".into())
        .with("5.0.2.0/24", "FR".into());
    let error = PlaceFile::read(&write(&directory, "bad.mmdb", &bad)).expect_err("refused").to_string();
    assert!(error.contains("nothing of 2 of its 3 records"), "{error}");
}

#[test]
fn files_of_other_writers_are_used() {
    for (name, places) in [
        ("writer-default-ints.mmdb", ["AU AS13335 Org", "US AS15169 Org", "US AS4200000001 Org"]),
        ("asn-string.mmdb", ["US AS15170 Org", "US AS15169 Org", "US AS15171 Org"]),
        ("mixed-one-bad.mmdb", ["AU AS13335 -", "US", "US"]),
    ] {
        let path = format!("{}/tests/fixtures/mmdb/{name}", env!("CARGO_MANIFEST_DIR"));
        let atlas = atlas(&[Path::new(&path)]);
        let found = ["1.1.1.1", "8.8.8.8", "2606:4700::1"].map(|address| told(&atlas, address));
        assert_eq!(found, places, "{name}");
        assert_eq!((atlas.sources()[0].unreadable, &atlas.sources()[0].trouble), (0, &None), "{name}");
    }
}

#[test]
fn the_first_that_tells_a_field_is_believed() {
    let directory = TempDir::new().expect("a directory");
    let first = PlacesFile::new("mine", 1).with("5.0.0.0/24", flat("NL"));
    let second = PlacesFile::new("other", 1).with("5.0.0.0/16", ipinfo("DE", "AS64500", "Other"));
    let (first, second) = (write(&directory, "1.mmdb", &first), write(&directory, "2.mmdb", &second));
    assert_eq!(told(&atlas(&[&first, &second]), "5.0.0.1"), "NL AS64500 Other");
    assert_eq!(told(&atlas(&[&second, &first]), "5.0.0.1"), "DE AS64500 Other");
}

#[test]
fn without_a_file_there_are_countries_and_what_is_nowhere_is_private() {
    let atlas = atlas(&[]);
    for (id, country) in [
        ("193.0.6.139", "NL"),
        ("192.168.1.1", "private"),
        ("203.0.113.0/24", "private"),
        ("fd00::1", "private"),
        ("::1", "private"),
        // Nothing outside 2000::/3 is given to anybody.
        ("4000::1", "private"),
        ("3ffe::1", "unknown"),
        ("not an address", "unknown"),
    ] {
        assert_eq!(told(&atlas, id), country, "{id}");
    }
    let sources = atlas.sources();
    assert!(
        sources.len() == 1 && sources[0].countries && !sources[0].networks && sources[0].built_at.is_some()
    );
}

#[test]
fn private_addresses_are_private_whatever_a_file_says() {
    let directory = TempDir::new().expect("a directory");
    let file = PlacesFile::new("odd", 1).with("10.0.0.0/8", ipinfo("US", "AS64500", "Odd"));
    assert_eq!(told(&atlas(&[&write(&directory, "odd.mmdb", &file)]), "10.0.0.1"), "private");
}

#[test]
fn a_file_that_changes_is_read_again_and_a_broken_one_is_not_used() {
    let directory = TempDir::new().expect("a directory");
    let old = PlacesFile::new("old", 1_700_000_000).with("5.0.0.0/24", flat("NL"));
    let path = write(&directory, "places.mmdb", &old);
    let atlas = atlas(&[&path]);
    let first = atlas.edition();
    atlas.refresh();
    assert_eq!((told(&atlas, "5.0.0.1").as_str(), atlas.edition() == first), ("NL", true));

    let new = PlacesFile::new("new", 1_710_000_000).with("5.0.0.0/24", flat("DE")).bytes();
    replace(&path, &new[..new.len() - 40]);
    atlas.refresh();
    assert_eq!((told(&atlas, "5.0.0.1").as_str(), atlas.edition() == first), ("NL", true));
    let source = atlas.sources().remove(0);
    assert_eq!(source.built_at, Some(Timestamp::from_secs(1_700_000_000)));
    let trouble = source.trouble.expect("told");
    assert!(trouble.contains("damaged") && trouble.contains("still in use"), "{trouble}");

    replace(&path, &new);
    atlas.refresh();
    assert_eq!((told(&atlas, "5.0.0.1").as_str(), atlas.edition() == first), ("DE", false));
    assert_eq!(atlas.sources().remove(0).trouble, None);

    std::fs::remove_file(&path).expect("removed");
    atlas.refresh();
    assert_eq!(told(&atlas, "5.0.0.1"), "DE");
    assert!(atlas.sources().remove(0).trouble.expect("told").contains("cannot be read"));
}

#[test]
fn what_is_no_file_of_places_says_so() {
    let directory = TempDir::new().expect("a directory");
    let trouble = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        PlaceFile::read(&path).expect_err("no file of places").to_string()
    };
    let anonymous = PlacesFile::new("GeoIP2-Anonymous-IP", 1)
        .with("5.0.0.0/24", Value::Map(vec![("is_tor_exit_node", Value::Number(1))]));
    assert!(trouble("a.mmdb", &anonymous.bytes()).contains("GeoIP2-Anonymous-IP"));
    assert!(trouble("b.mmdb", b"no places at all").contains("MaxMind"));
    let wrong =
        PlacesFile::new("wrong", 1).with("5.0.0.0/24", Value::Map(vec![("country_code", Value::Number(7))]));
    assert!(trouble("c.mmdb", &wrong.bytes()).contains("damaged"));
    let missing = PlaceFile::read(Path::new("/nowhere/at/all")).expect_err("missing").to_string();
    assert!(missing.contains("cannot be read"), "{missing}");
}

#[test]
fn no_damage_to_a_file_harms_the_reader() {
    let directory = TempDir::new().expect("a directory");
    let mut file = PlacesFile::new("DBIP-Country-Lite", 1_700_000_000);
    for third in 0..32 {
        file = file.with(&format!("5.0.{third}.0/24"), ipinfo("NL", "AS64500", "Name"));
    }
    let good = file.bytes();
    let path = directory.path().join("damaged.mmdb");
    for at in (0..good.len()).step_by(7) {
        for damage in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= damage;
            std::fs::write(&path, &bytes).expect("written");
            if let Ok(read) = PlaceFile::read(&path) {
                assert!(read.countries || read.networks);
            }
        }
    }
}
