//! What is banned, as one value however it is spelled. Knows nothing of what may be banned; that is [`Target`].

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::Target;

/// Spellings of one address that are remembered at most. An attacker may choose them where a filter takes the id from a log line.
const MOST_SPELLINGS: usize = 16;

/// What fail2ban says is banned: nearly always an address or network, but it may be any text that a filter matched.
///
/// An address has one value in however many ways fail2ban spells it: `::ffff:192.0.2.60`, `192.0.2.60/32` and `192.0.2.60`
/// are equal. fail2ban itself compares texts, so its own spellings are kept beside the value: to lift a ban, they have to
/// be sent.
#[derive(Debug, Clone)]
pub struct BanId {
    value: String,
    /// fail2ban's spellings, sorted; empty where the value is the only one.
    spellings: Vec<String>,
}

impl BanId {
    /// An id as fail2ban or its log spells it.
    pub fn from_reported(text: impl Into<String>) -> Self {
        let text = text.into();
        match Target::spelled(&text).map(|target| target.to_string()) {
            Some(value) if value != text => Self { value, spellings: vec![text] },
            Some(_) | None => Self { value: text, spellings: Vec::new() },
        }
    }

    /// An id as it was stored: its value, and fail2ban's spellings where they differ from it.
    pub fn from_stored<'a>(value: impl Into<String>, spellings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut id = Self { value: value.into(), spellings: Vec::new() };
        for spelling in spellings {
            id.add(spelling);
        }
        id
    }

    /// The value: the canonical spelling of an address or network, and any other text as it is.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// How fail2ban spells it. More than one where a jail bans one address under several texts.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let value = self.spellings.is_empty().then_some(self.value.as_str());
        value.into_iter().chain(self.spellings.iter().map(String::as_str))
    }

    /// Whether fail2ban spells it otherwise than the value.
    pub fn is_spelled_otherwise(&self) -> bool {
        !self.spellings.is_empty()
    }

    /// Adds the spellings of an equal id. What is too much is left out: it is lifted when it is seen alone.
    pub fn also_spelled(&mut self, other: &Self) {
        let known: Vec<String> = self.spellings().chain(other.spellings()).map(str::to_owned).collect();
        self.spellings.clear();
        if known.iter().any(|spelling| *spelling != self.value) {
            for spelling in &known {
                self.add(spelling);
            }
        }
    }

    /// The id as address or network, or `None` for any other text.
    pub fn target(&self) -> Option<Target> {
        Target::parse(&self.value).ok()
    }

    /// The sort and search key of the base address (see [`Target::key_range`]); empty for other text.
    pub fn sort_key(&self) -> String {
        self.target().map(|target| target.key_range().0).unwrap_or_default()
    }

    fn add(&mut self, spelling: &str) {
        if let Err(place) = self.spellings.binary_search_by(|known| known.as_str().cmp(spelling))
            && self.spellings.len() < MOST_SPELLINGS
        {
            self.spellings.insert(place, spelling.to_owned());
        }
    }
}

impl From<Target> for BanId {
    fn from(target: Target) -> Self {
        Self { value: target.to_string(), spellings: Vec::new() }
    }
}

impl PartialEq for BanId {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for BanId {}

impl Hash for BanId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl PartialOrd for BanId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BanId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl fmt::Display for BanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{BanId, MOST_SPELLINGS};
    use crate::model::Target;

    fn spellings(id: &BanId) -> Vec<&str> {
        id.spellings().collect()
    }

    #[test]
    fn one_address_is_one_id_in_every_spelling() {
        let of = |text: &str| BanId::from_reported(text);
        let ids: HashSet<BanId> =
            ["192.0.2.60", "::ffff:192.0.2.60", "::FFFF:c000:23c", "192.0.2.60/32"].map(of).into();
        assert_eq!(ids.len(), 1);
        let mapped = of("::ffff:192.0.2.60");
        assert_eq!((mapped.as_str(), spellings(&mapped)), ("192.0.2.60", vec!["::ffff:192.0.2.60"]));
        let plain = of("192.0.2.60");
        assert_eq!((plain.is_spelled_otherwise(), spellings(&plain)), (false, vec!["192.0.2.60"]));
        // What is no address is its own text, in its own case.
        assert_ne!(of("Mallory"), of("mallory"));
        assert_eq!(of("010.0.0.1").as_str(), "010.0.0.1");
    }

    #[test]
    fn all_spellings_are_kept_up_to_a_limit() {
        let mut id = BanId::from_reported("192.0.2.60");
        id.also_spelled(&BanId::from_reported("::ffff:192.0.2.60"));
        assert_eq!(spellings(&id), ["192.0.2.60", "::ffff:192.0.2.60"]);
        let again = BanId::from_stored("192.0.2.60", spellings(&id));
        assert_eq!(spellings(&again), spellings(&id));
        for zeros in 1..100 {
            id.also_spelled(&BanId::from_stored("192.0.2.60", [format!("x{zeros}").as_str()]));
        }
        assert_eq!(id.spellings().count(), MOST_SPELLINGS);
    }

    proptest! {
        #[test]
        fn the_value_is_its_own_canonical_spelling(bits in any::<u128>(), mapped in any::<u32>(), upper in any::<bool>()) {
            for address in [std::net::Ipv6Addr::from_bits(bits), std::net::Ipv4Addr::from(mapped).to_ipv6_mapped()] {
                let [a, b, c, d, e, f, g, h] = address.segments();
                let mut long = format!("{a:04x}:{b:04x}:{c:04x}:{d:04x}:{e:04x}:{f:04x}:{g:04x}:{h:04x}");
                if upper {
                    long = long.to_uppercase();
                }
                let id = BanId::from_reported(long.clone());
                prop_assert_eq!(id.target(), Some(Target::Address(std::net::IpAddr::V6(address).to_canonical())));
                prop_assert_eq!(&BanId::from_reported(id.as_str()), &id);
                prop_assert_eq!(spellings(&id), vec![long.as_str()]);
            }
        }
    }
}
