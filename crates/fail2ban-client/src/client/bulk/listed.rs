//! What a jail bans, made ready for questions: is this text listed, how does the server spell this address, and what
//! else is banned around it.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::codec::Text;
use crate::types::{Address, BanId};

/// The list of one jail.
#[derive(Default)]
pub(super) struct Listed<'a> {
    texts: HashSet<&'a str>,
    spellings: HashMap<Address, BanId>,
    /// The lengths of the prefixes that occur.
    prefixes: BTreeSet<u8>,
}

impl<'a> Listed<'a> {
    /// A text that is no [`BanId`] cannot be asked for either, and is left out.
    pub(super) fn new(bans: &'a [Text]) -> Self {
        let mut listed = Self::default();
        for text in bans.iter().filter_map(Text::as_str) {
            listed.texts.insert(text);
            let Ok(id) = BanId::new(text) else { continue };
            if let Some(address) = id.address() {
                listed.prefixes.insert(address.prefix());
                listed.spellings.entry(address).or_insert(id);
            }
        }
        listed
    }

    /// Whether this very text is listed.
    pub(super) fn has(&self, id: &BanId) -> bool {
        self.texts.contains(id.as_str())
    }

    /// The text under which the server lists this, if it does: the very text, else the same address in the spelling
    /// that is listed first.
    pub(super) fn spelling(&self, id: &BanId) -> Option<BanId> {
        if self.has(id) {
            return Some(id.clone());
        }
        self.spellings.get(&id.address()?).cloned()
    }

    /// What is listed around an id, widest first, without the entry of that id itself.
    pub(super) fn around(&self, id: &BanId) -> Vec<Address> {
        let Some(address) = id.address() else { return Vec::new() };
        let wider = self.prefixes.iter().filter(|prefix| **prefix <= address.prefix());
        let mut around: Vec<Address> = wider.map(|prefix| address.widened(*prefix)).collect();
        around.retain(|found| self.spellings.contains_key(found) && (*found != address || !self.has(id)));
        around
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> BanId {
        BanId::new(text).unwrap()
    }

    #[test]
    fn the_very_text_wins_over_another_spelling() {
        let bans: Vec<Text> =
            ["2001:DB8::1", "2001:db8::1", "[2001:db8::2]", " 192.0.2.1 ", "joe", "", "--x", "fe80::1%eth0"]
                .map(Text::from)
                .into();
        let listed = Listed::new(&bans);
        for (asked, found) in [
            ("2001:db8::1", Some("2001:db8::1")),
            ("2001:DB8::1", Some("2001:DB8::1")),
            ("2001:db8:0::1", Some("2001:DB8::1")),
            ("2001:db8::2", Some("[2001:db8::2]")),
            ("::ffff:192.0.2.1", Some(" 192.0.2.1 ")),
            ("joe", Some("joe")),
            (" joe", None),
            ("fe80::1%eth0", Some("fe80::1%eth0")),
            ("fe80::1", None),
        ] {
            assert_eq!(listed.spelling(&id(asked)), found.map(id), "{asked}");
        }
    }

    #[test]
    fn around_an_address() {
        let bans: Vec<Text> =
            ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "10.1.2.0/24", "::/0", "::ffff:10.1.2.4", "joe"]
                .map(Text::from)
                .into();
        let listed = Listed::new(&bans);
        let around = |text: &str| -> Vec<String> {
            listed.around(&id(text)).iter().map(ToString::to_string).collect()
        };
        assert_eq!(around("10.1.2.3"), ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24"]);
        assert_eq!(around("10.1.2.4"), ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.4"]);
        assert_eq!(around("::ffff:10.1.2.4"), ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24"]);
        assert_eq!(around("10.1.0.0/16"), ["10.0.0.0/8"]);
        assert_eq!(around("10.1.0.0/17"), ["10.0.0.0/8", "10.1.0.0/16"]);
        assert_eq!(around("2001:db8::1"), ["::/0"]);
        assert!(around("joe").is_empty() && around("192.0.2.1").is_empty());
    }

    /// An address or network, and one of the ways to write it.
    fn spelled() -> impl Strategy<Value = (Address, String)> {
        let ip = prop_oneof![
            any::<[u8; 4]>().prop_map(IpAddr::from),
            any::<[u8; 16]>().prop_map(IpAddr::from),
            // With zeros in it, which can be left out.
            any::<(u16, u16)>().prop_map(|(a, b)| IpAddr::from([a, 0, 0, b, 0, 0, 0, a])),
            any::<[u8; 4]>()
                .prop_map(|[a, b, c, d]| IpAddr::from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d])),
        ];
        (ip, any::<u8>(), 0..6_u8).prop_map(|(ip, prefix, way)| {
            let most = if ip.is_ipv4() { 32 } else { 128 };
            let address = Address::from(ip).widened(if way % 2 == 0 { most } else { prefix % (most + 1) });
            let (base, prefix) = (address.base(), address.prefix());
            let ones = |bits: u8| u128::MAX.checked_shl(u32::from(bits - prefix)).unwrap_or(0);
            let long = match base {
                IpAddr::V4(four) => format!("::FFFF:{four}"),
                IpAddr::V6(six) => six.segments().map(|group| format!("{group:04X}")).join(":"),
            };
            let text = match (way, base) {
                (0, _) => format!(" {address} "),
                (1, IpAddr::V4(_)) => format!(
                    "{base}/{}",
                    IpAddr::from(ones(32).to_be_bytes()[12..].first_chunk::<4>().copied().unwrap())
                ),
                (1, IpAddr::V6(_)) => format!("[{base}/{}]", IpAddr::from(ones(128).to_be_bytes())),
                (2, _) => long,
                (3, IpAddr::V4(_)) => format!("{long}/{}", prefix + 96),
                (3, IpAddr::V6(_)) => format!("{long}/{prefix}"),
                _ => format!("{base}/{prefix}"),
            };
            (address, text)
        })
    }

    proptest! {
        #[test]
        fn every_spelling_is_found((address, text) in spelled(), others in prop::collection::vec(spelled(), 0..20)) {
            let mut bans: Vec<Text> = others.iter().filter(|(other, _)| *other != address).map(|(_, text)| text.as_str().into()).collect();
            bans.insert(bans.len() / 2, text.as_str().into());
            let listed = Listed::new(&bans);
            prop_assert_eq!(listed.spelling(&address.into()), Some(id(&text)));
            prop_assert_eq!(BanId::from(address).address(), Some(address));
            // The other way round: listed as the server spells it, asked for in another way.
            let canonical = [Text::from(address.to_string())];
            prop_assert_eq!(Listed::new(&canonical).spelling(&id(&text)), Some(address.into()));
        }
    }
}
