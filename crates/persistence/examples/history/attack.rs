//! Who attacks whom in the made-up history.

use std::net::{Ipv4Addr, Ipv6Addr};

use bangui_domain::model::{Asn, Country, CountryCode, Network, Place};

/// 2026-01-01, where the history ends. It begins two years before.
pub(crate) const END: i64 = 1_767_225_600;
pub(crate) const LENGTH: i64 = 2 * 365 * 86_400;
/// Different addresses for each million of events.
pub(crate) const ADDRESSES: u32 = 40_000;
pub(crate) const JAILS: [(&str, u32); 5] =
    [("sshd", 62), ("nginx-http-auth", 15), ("postfix-sasl", 12), ("recidive", 3), ("wordpress", 8)];
const COUNTRIES: [&str; 20] = [
    "CN", "US", "RU", "IN", "BR", "NL", "VN", "DE", "KR", "ID", "SG", "HK", "FR", "GB", "TW", "IR", "UA",
    "BG", "ZA", "LU",
];

/// A small generator of its own, so that each run makes the same history.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit.max(1)
    }

    /// Few are met often, most rarely.
    pub(crate) fn skewed(&mut self, limit: u32) -> u32 {
        let even = self.below(1 << 30) as f64 / f64::from(1 << 30);
        ((even * even) * f64::from(limit)) as u32
    }
}

/// An address by its number, one in twelve of IPv6; and where it is, always the same.
pub(crate) fn address(number: u32) -> (String, Place) {
    let mixed = number.wrapping_mul(2_654_435_761);
    let place = |mixed: u32| {
        let mut dice = Dice(u64::from(mixed) + 1);
        dice.roll();
        let asn = 1 + dice.skewed(9_000);
        let code = COUNTRIES[usize::try_from(dice.skewed(20)).unwrap().min(19)];
        let network = Asn::new(asn + 64_512)
            .map(|asn| Network { asn, name: Some(format!("Network {asn} of somebody")) });
        Place { country: Country::Known(CountryCode::parse(code).unwrap()), network }
    };
    if number.is_multiple_of(12) {
        let bits = 0x2001_0db8_u128 << 96 | u128::from(mixed) << 64 | u128::from(number);
        return (Ipv6Addr::from_bits(bits).to_string(), place(mixed));
    }
    (Ipv4Addr::from_bits(0x0100_0000 + mixed % 0xdc00_0000).to_string(), place(mixed))
}
