//! What is read, what is refused and where, and that printing and reading are each other's inverse.

use proptest::prelude::*;

use super::typing::{Typing, Wanted};
use super::{Civil, CivilTime, Moment, Name, Search, Unit};
use crate::model::{Asn, Choice, Country, CountryCode, EventKind, JailName, Origin, ServerId, Target};

fn read(text: &str) -> Search {
    Search::parse(ServerId::local(), text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn print(text: &str) -> String {
    read(text).to_string()
}

#[track_caller]
fn refused(text: &str, at: usize, part: &str) {
    let error = Search::parse(ServerId::local(), text).expect_err(text);
    assert_eq!(error.at, at, "{text}: {error}");
    assert!(error.message.contains(part), "{text}: {error}");
}

#[test]
fn words_are_joined_and_values_of_one_name_are_choices() {
    let search = read("ip:203.0.113.0/24 jail:sshd,nginx -country:NL,de since:7d origin:manual by mistake");
    let filter = &search.filter;
    assert_eq!(filter.targets.any_of, [Target::parse("203.0.113.0/24").unwrap()]);
    assert_eq!(filter.jails.any_of.iter().map(JailName::as_str).collect::<Vec<_>>(), ["sshd", "nginx"]);
    assert_eq!(filter.countries.none_of.iter().map(ToString::to_string).collect::<Vec<_>>(), ["NL", "DE"]);
    assert_eq!(search.since, Some(Moment::Ago { count: 7, unit: Unit::Days }));
    assert_eq!(filter.origins.any_of, [Origin::Manual]);
    assert_eq!(filter.texts, ["by", "mistake"]);
    assert_eq!(read(" \t "), Search::all(ServerId::local()));
}

#[test]
fn there_is_one_canonical_spelling() {
    for (text, canonical) in [
        ("COUNTRY:nl  Jail:sshd,sshd", "jail:sshd country:NL"),
        ("asn:64500,Unknown -network:as64501", "network:AS64500,unknown -network:AS64501"),
        ("-kind:ban", "kind:unban"),
        ("ip:::ffff:192.0.2.1,2001:DB8::/32", "ip:192.0.2.1,2001:db8::/32"),
        ("-jail:a -jail:b,a", "-jail:a,b"),
        ("jail:\"my jail\",\"a,b\"", "jail:\"my jail\",\"a,b\""),
        ("\"by mistake\" plain \"plain\"", "\"by mistake\" plain"),
        ("reason:\"x y\" 2001:db8::1 -foo ::1", "\"reason:x y\" 2001:db8::1 -foo ::1"),
        ("\"jail:sshd\" -\"jail\":x", "\"jail:sshd\" \"-jail:x\""),
        ("a\"b c\"d", "\"ab cd\""),
        ("\"say \\\"hi\\\" \\\\ \\n\"", "\"say \\\"hi\\\" \\\\ \\\\n\""),
        ("C:\\dir", "C:\\dir"),
        ("since:2026-11-01 until:2026-11-01t12:00z", "since:2026-11-01 until:2026-11-01T12:00Z"),
        ("since:2026-11-01T12:00:00.5+01:00", "since:2026-11-01T12:00:00.500+01:00"),
        ("since:ALL until:2W", "since:all until:2w"),
        ("\"\" \" \"", ""),
    ] {
        assert_eq!(print(text), canonical, "{text}");
        assert_eq!(print(canonical), canonical, "{text}");
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    refused("jail:", 6, "needs a value such as sshd");
    refused("jail:sshd,", 11, "needs a value");
    refused("jail:,sshd", 6, "needs a value");
    refused("jail:\"\"", 6, "needs a value");
    refused("ban ip:203.0.113.300", 8, "write one such as 203.0.113.7");
    refused("ip:192.0.2.99/24", 4, "192.0.2.0/24");
    refused("country:NL,NLD", 12, "two letters");
    refused("network:AS0", 9, "AS64500");
    refused("origin:detected,bot", 17, "detected, manual, restored, expired");
    refused("kind:bans", 6, "ban, unban");
    refused("kind:ban,unban", 10, "one value");
    refused("jail:a jail:b", 8, "commas");
    refused("since:7d  since:8d", 11, "once");
    refused("-since:7d", 1, "without the -");
    refused("x \"open", 3, "not closed");
    refused("a\u{0}b", 2, "control character");
    refused("jail:\"a\tb\"", 8, "control character");
    refused("until:all", 7, "2026-11-01");
    refused(&"x".repeat(1_001), 1_001, "at most 1000");
    refused("a b c d e f g h i j k", 21, "at most 10");
    let many: Vec<String> = (1..=101).map(|asn| asn.to_string()).collect();
    refused(&format!("asn:{}", many.join(",")), 297, "at most 100");
    assert_eq!(
        Search::parse(ServerId::local(), "é jail:--x").unwrap_err().to_string().split(':').next(),
        Some("at character 8")
    );
}

#[test]
fn times_are_kept_as_they_are_written_and_have_to_exist() {
    for text in ["30m", "12h", "7d", "2w", "2024-02-29", "2026-11-01T00:00", "2026-11-01T23:59:59.999-09:30"]
    {
        assert_eq!(Moment::parse_until(text).unwrap().to_string(), text);
    }
    for text in [
        "",
        "d",
        "0d",
        "-1d",
        "+1d",
        "100000d",
        "7y",
        "7 d",
        "é",
        "2026-02-29",
        "2100-02-29",
        "2026-13-01",
        "2026-11-31",
        "2026-11-00",
        "2026-1-01",
        "26-11-01",
        "1969-12-31",
        "2026-11-01T",
        "2026-11-01T24:00",
        "2026-11-01T12",
        "2026-11-01T12:60",
        "2026-11-01T12:00:60",
        "2026-11-01T12:00.5",
        "2026-11-01T12:00:00.",
        "2026-11-01T12:00+1",
        "2026-11-01T12:00+24:00",
        "2026-11-01T12:00:00Zulu",
        "2026-11-01 12:00",
        "all",
    ] {
        assert!(Moment::parse_until(text).is_err(), "{text:?}");
    }
    assert_eq!(Moment::parse_since("all"), Ok(Moment::Beginning));
}

#[test]
fn a_caret_is_in_a_name_or_in_a_value() {
    let at = |text: &str| {
        let caret = text.find('|').unwrap();
        let (head, tail) = text.split_at(caret);
        let typing = Typing::at(&format!("{head}{}", &tail[1..]), head.encode_utf16().count());
        let wanted = match typing.wanted {
            Wanted::Name { negated, typed } => format!("{}{typed}", if negated { "not " } else { "" }),
            Wanted::Value { name, typed } => format!("{}={typed}", name.as_str()),
        };
        (typing.from, typing.to, wanted)
    };
    assert_eq!(at("|"), (0, 0, String::new()));
    assert_eq!(at("ja|"), (0, 2, "ja".to_owned()));
    assert_eq!(at("x -co|"), (2, 5, "not co".to_owned()));
    assert_eq!(at("ja|il:sshd"), (0, 5, "ja".to_owned()));
    assert_eq!(at("jail:ss|"), (5, 7, "jail=ss".to_owned()));
    assert_eq!(at("-country:NL,d|e,fr x"), (12, 14, "country=d".to_owned()));
    assert_eq!(at("jail:\"my j|ail\" x"), (5, 14, "jail=my j".to_owned()));
    assert_eq!(at("jail:\"open j|"), (5, 12, "jail=open j".to_owned()));
    assert_eq!(at("😀 ip:2001:d|"), (6, 12, "ip=2001:d".to_owned()));
    assert_eq!(at("jail:a |"), (7, 7, String::new()));
    assert_eq!(at("reason:x|"), (0, 8, "reason:x".to_owned()));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9.:,\"\\\\ -]{1,12}",
        "\\PC{1,8}",
        Just("jail:x".to_owned()),
        Just("-asn:1".to_owned())
    ]
    .prop_filter("blank texts ask for nothing", |text| {
        !text.trim().is_empty() && !text.chars().any(char::is_control)
    })
}

fn choice<T: PartialEq + Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Choice<T>> {
    let unique = |list: Vec<T>| {
        list.into_iter().fold(Vec::new(), |mut kept, value| {
            if !kept.contains(&value) {
                kept.push(value);
            }
            kept
        })
    };
    let list = move || prop::collection::vec(value.clone(), 0..3).prop_map(unique);
    (list(), list()).prop_map(|(any_of, none_of)| Choice { any_of, none_of })
}

fn jail() -> impl Strategy<Value = JailName> + Clone {
    "\\PC{1,6}".prop_filter_map("no name of a jail", |name| JailName::parse(&name).ok())
}

fn target() -> impl Strategy<Value = Target> + Clone {
    let v4 =
        (any::<[u8; 4]>(), 0..=32_u8).prop_map(|(octets, prefix)| (std::net::IpAddr::from(octets), prefix));
    let v6 =
        (any::<[u16; 8]>(), 0..=128_u8).prop_map(|(groups, prefix)| (std::net::IpAddr::from(groups), prefix));
    prop_oneof![v4, v6].prop_filter_map("no network", |(address, prefix)| {
        let net = ipnet::IpNet::new(address, prefix).ok()?.trunc();
        Target::parse(&net.to_string()).ok()
    })
}

fn country() -> impl Strategy<Value = Country> + Clone {
    let code = "[A-Z]{2}".prop_filter_map("no code", |code| CountryCode::parse(&code));
    prop_oneof![Just(Country::Private), Just(Country::Unknown), code.prop_map(Country::Known)]
}

fn moment() -> impl Strategy<Value = Moment> {
    let units = prop::sample::select(vec![Unit::Minutes, Unit::Hours, Unit::Days, Unit::Weeks]);
    let ago = (1..=99_999_u32, units).prop_map(|(count, unit)| Moment::Ago { count, unit });
    let offset = prop::option::of(-1_439..=1_439_i16);
    let time = (0..24_i8, 0..60_i8, 0..60_i8, 0..1_000_i16, offset)
        .prop_map(|(hour, minute, second, milli, offset)| CivilTime { hour, minute, second, milli, offset });
    let civil = (1970..=9999_i16, 1..=12_i8, 1..=28_i8, prop::option::of(time))
        .prop_map(|(year, month, day, time)| Moment::Civil(Civil { year, month, day, time }));
    prop_oneof![ago, civil]
}

prop_compose! {
    fn search()(
        jails in choice(jail()),
        targets in choice(target()),
        countries in choice(country()),
        networks in choice((0..=u32::MAX).prop_map(Asn::new)),
        origins in choice(prop::sample::select(Origin::ALL.to_vec())),
        kind in prop::option::of(prop::sample::select(vec![EventKind::Ban, EventKind::Unban])),
        since in prop::option::of(prop_oneof![moment(), Just(Moment::Beginning)]),
        until in prop::option::of(moment()),
        texts in prop::collection::btree_set(text(), 0..4),
    ) -> Search {
        let mut search = Search { since, until, ..Search::all(ServerId::local()) };
        let filter = &mut search.filter;
        (filter.jails, filter.targets, filter.countries) = (jails, targets, countries);
        (filter.networks, filter.origins, filter.kind) = (networks, origins, kind);
        filter.texts = texts.into_iter().collect();
        search
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_what_it_was(search in search()) {
        let printed = search.to_string();
        prop_assert_eq!(Search::parse(ServerId::local(), &printed), Ok(search), "{}", printed);
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused_at_a_place_of_it(text in "\\PC{0,40}|[a-z:,\"\\\\ 0-9T-]{0,40}|(?s:.){0,20}") {
        match Search::parse(ServerId::local(), &text) {
            Ok(search) => {
                let printed = search.to_string();
                prop_assert_eq!(Search::parse(ServerId::local(), &printed), Ok(search));
            }
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.at), "{}", error),
        }
    }

    #[test]
    fn names_take_anything_or_refuse_it(name in prop::sample::select(Name::ALL.to_vec()), value in "\\PC{0,20}") {
        let _ = Search::parse(ServerId::local(), &format!("{}:{value}", name.as_str()));
    }

    #[test]
    fn a_caret_is_anywhere(text in "(\\PC|[:\", -]|jail:|ip:){0,20}", at in 0..60_usize) {
        let typing = Typing::at(&text, at);
        let length = text.encode_utf16().count();
        prop_assert!(typing.from <= at.min(length) && typing.from <= typing.to && typing.to <= length);
        let units: Vec<u16> = text.encode_utf16().collect();
        prop_assert!(String::from_utf16(&units[..typing.from]).is_ok());
        prop_assert!(String::from_utf16(&units[typing.to..]).is_ok());
    }
}
