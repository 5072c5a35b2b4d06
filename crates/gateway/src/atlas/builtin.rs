//! The table of countries that is part of the program: what the five regional registries have assigned to whom, so that
//! places are told without any file. It knows no networks, and the country of a registration rather than of use.

use std::net::IpAddr;

use bangui_domain::model::{CountryCode, Timestamp};
use bangui_domain::ports::PlaceSource;

use super::file::country;

/// The release of the crate `iptocc` that brings the table.
const RELEASE: &str = "1.4.175";
/// When that release was made, with the registries' files of that night: 2026-11-01T06:11:23Z.
const BUILT_AT: Timestamp = Timestamp::from_secs(1_793_513_483);

/// The country that this address was assigned to.
pub(super) fn find(address: IpAddr) -> Option<CountryCode> {
    iptocc::country_code(address).and_then(country)
}

/// The table, for people.
pub(super) fn source() -> PlaceSource {
    PlaceSource {
        name: "Assignments of the regional Internet registries (built in)".to_owned(),
        built_at: Some(BUILT_AT),
        countries: true,
        networks: false,
        attribution: None,
        unreadable: 0,
        trouble: None,
    }
}

/// Its part of the edition.
pub(super) fn edition() -> String {
    format!("registries {RELEASE}")
}

#[cfg(test)]
mod tests {
    use super::{RELEASE, find};

    #[test]
    fn the_date_is_that_of_the_release_in_use() {
        let lock = include_str!("../../../../Cargo.lock");
        let version =
            lock.split("name = \"iptocc\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(
            version,
            Some(RELEASE),
            "set RELEASE, and BUILT_AT to the release's \"pubtime\" in the registry's index"
        );
    }

    #[test]
    fn addresses_that_never_move_are_where_they_are() {
        let country = |text: &str| find(text.parse().expect("an address")).map(|code| code.to_string());
        // A root name server, the RIPE NCC, the University of Tokyo.
        assert_eq!(country("198.41.0.4").as_deref(), Some("US"));
        assert_eq!(country("193.0.6.139").as_deref(), Some("NL"));
        assert_eq!(country("2001:67c:2e8::1").as_deref(), Some("NL"));
        assert_eq!(country("133.11.0.1").as_deref(), Some("JP"));
        assert_eq!(country("10.0.0.1"), None);
    }
}
