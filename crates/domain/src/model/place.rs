//! Where an address is: the country and the network that it is registered in. Says nothing about persons, and knows
//! nothing of where the facts come from.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A country by its two letters (ISO 3166-1 alpha-2), in upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Reads two letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two letters.
    pub fn letters(self) -> [u8; 2] {
        self.0
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.0.map(char::from);
        write!(f, "{a}{b}")
    }
}

/// The country of an address. What has none is shown as such, so that sums add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Country {
    /// This one.
    Known(CountryCode),
    /// None: the address is not one of the Internet's (private, loopback, documentation and the like). [`SpecialUse`] says which.
    ///
    /// [`SpecialUse`]: super::SpecialUse
    Private,
    /// Nobody knows, or nobody has looked yet.
    #[default]
    Unknown,
}

/// A text that names no country.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a country: write two letters such as NL, or private, or unknown")]
pub struct CountryError(String);

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(code) => code.fmt(f),
            Self::Private => f.write_str("private"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        if text.eq_ignore_ascii_case("private") {
            return Ok(Self::Private);
        }
        if text.eq_ignore_ascii_case("unknown") {
            return Ok(Self::Unknown);
        }
        let code = CountryCode::parse(text);
        code.map(Self::Known).ok_or_else(|| CountryError(text.chars().take(100).collect()))
    }
}

/// The number of a network (autonomous system) in the Internet's routing; never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asn(u32);

/// A text that is not the number of a network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not the number of a network: write one such as AS64500")]
pub struct AsnError(String);

impl Asn {
    /// The network with this number; `None` for 0, which is nobody's.
    pub fn new(number: u32) -> Option<Self> {
        (number != 0).then_some(Self(number))
    }

    /// Its number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

impl FromStr for Asn {
    type Err = AsnError;

    /// Reads the number, with or without `AS` before it.
    fn from_str(text: &str) -> Result<Self, AsnError> {
        let bad = || AsnError(text.chars().take(100).collect());
        let digits = match text.as_bytes() {
            [b'A' | b'a', b'S' | b's', ..] => text.get(2..).unwrap_or_default(),
            _ => text,
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad());
        }
        digits.parse().ok().and_then(Self::new).ok_or_else(bad)
    }
}

/// The network that an address belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Network {
    /// Its number.
    pub asn: Asn,
    /// Its holder's name, where known.
    pub name: Option<String>,
}

/// What is known of where an address is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Place {
    /// The country.
    pub country: Country,
    /// The network; `None` where unknown.
    pub network: Option<Network>,
}

#[cfg(test)]
mod tests {
    use super::{Asn, Country};

    #[test]
    fn countries_have_one_spelling() {
        let country = |text: &str| text.parse::<Country>().map(|country| country.to_string());
        assert_eq!(country("nl").unwrap(), "NL");
        assert_eq!(country("Private").unwrap(), "private");
        assert_eq!(country("unknown").unwrap(), "unknown");
        assert!(country("NLD").is_err() && country("1L").is_err() && country("").is_err());
    }

    #[test]
    fn networks_are_numbers() {
        let asn = |text: &str| text.parse::<Asn>().map(|asn| asn.to_string());
        assert_eq!(asn("64500").unwrap(), "AS64500");
        assert_eq!(asn("as64500").unwrap(), "AS64500");
        for text in ["0", "AS0", "AS", "", "+5", "ASé", "4294967296"] {
            assert!(asn(text).is_err(), "{text:?}");
        }
    }
}
