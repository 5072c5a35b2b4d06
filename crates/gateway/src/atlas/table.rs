//! Places by ranges of addresses, as small in memory as a sorted list: neighbours in one place are one range, so that a
//! file of cities takes no more room than one of countries. Knows no file.

use std::collections::HashMap;
use std::net::IpAddr;

use bangui_domain::model::{Asn, CountryCode};

/// Ranges in ascending order: each begins at its start and ends before the next.
#[derive(Debug)]
struct Ranges<A> {
    starts: Vec<A>,
    values: Vec<u32>,
    /// Where the next range has to begin; `None` behind the last address.
    next: Option<A>,
}

/// The value of addresses that no range holds.
const NOTHING: u32 = 0;

impl<A: Copy + Ord> Ranges<A> {
    fn new(first: A) -> Self {
        Self { starts: Vec::new(), values: Vec::new(), next: Some(first) }
    }

    /// Adds the range that begins at `start` and ends before `end`; refuses one that does not lie behind all others.
    fn push(&mut self, start: A, end: Option<A>, value: u32) -> Result<(), Unordered> {
        let next = self.next.filter(|next| *next <= start).ok_or(Unordered)?;
        if next < start {
            self.begin(next, NOTHING);
        }
        self.begin(start, value);
        self.next = end;
        Ok(())
    }

    fn begin(&mut self, start: A, value: u32) {
        if self.values.last() != Some(&value) {
            self.starts.push(start);
            self.values.push(value);
        }
    }

    fn finish(&mut self) {
        if let Some(next) = self.next.take() {
            self.begin(next, NOTHING);
        }
        self.starts.shrink_to_fit();
        self.values.shrink_to_fit();
    }

    fn find(&self, address: A) -> u32 {
        let before = self.starts.partition_point(|start| *start <= address);
        before.checked_sub(1).and_then(|at| self.values.get(at)).copied().unwrap_or(NOTHING)
    }
}

/// What is known of the addresses of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Known {
    /// The country.
    pub(super) country: Option<CountryCode>,
    /// The network.
    pub(super) asn: Option<Asn>,
}

/// Ranges that overlap or do not come in their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unordered;

/// Places by addresses.
#[derive(Debug)]
pub(super) struct Table {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
    known: Vec<Known>,
    names: HashMap<Asn, Box<str>>,
}

impl Table {
    /// What is known of `address`.
    pub(super) fn find(&self, address: IpAddr) -> Known {
        let value = match address {
            IpAddr::V4(v4) => self.v4.find(v4.to_bits()),
            IpAddr::V6(v6) => self.v6.find(v6.to_bits()),
        };
        usize::try_from(value).ok().and_then(|at| self.known.get(at)).copied().unwrap_or_default()
    }

    /// The name of a network's holder.
    pub(super) fn name(&self, asn: Asn) -> Option<&str> {
        self.names.get(&asn).map(AsRef::as_ref)
    }

    /// Whether it tells any country.
    pub(super) fn has_countries(&self) -> bool {
        self.known.iter().any(|known| known.country.is_some())
    }

    /// Whether it tells any network.
    pub(super) fn has_networks(&self) -> bool {
        self.known.iter().any(|known| known.asn.is_some())
    }

    /// How many ranges it holds.
    pub(super) fn len(&self) -> usize {
        self.v4.starts.len().saturating_add(self.v6.starts.len())
    }
}

/// Builds a table from ranges that come in ascending order, those of IPv4 and those of IPv6 each for themselves.
#[derive(Debug)]
pub(super) struct Builder {
    table: Table,
    values: HashMap<Known, u32>,
}

impl Builder {
    /// An empty table.
    pub(super) fn new() -> Self {
        let table = Table {
            v4: Ranges::new(0),
            v6: Ranges::new(0),
            known: vec![Known::default()],
            names: HashMap::new(),
        };
        Self { table, values: HashMap::from([(Known::default(), NOTHING)]) }
    }

    /// The number under which ranges in this place are added. The first name of a network stays.
    pub(super) fn value(&mut self, known: Known, name: Option<&str>) -> u32 {
        if let (Some(asn), Some(name)) = (known.asn, name) {
            self.table.names.entry(asn).or_insert_with(|| name.into());
        }
        let next = u32::try_from(self.table.known.len()).unwrap_or(NOTHING);
        let value = *self.values.entry(known).or_insert(next);
        if value == next && next != NOTHING {
            self.table.known.push(known);
        }
        value
    }

    /// Adds the network of `prefix` bits that begins at `first`.
    pub(super) fn add(&mut self, first: IpAddr, prefix: u8, value: u32) -> Result<(), Unordered> {
        match first {
            IpAddr::V4(v4) => {
                let size = 1_u32.checked_shl(32_u32.saturating_sub(prefix.into()));
                let end = size.and_then(|size| v4.to_bits().checked_add(size));
                self.table.v4.push(v4.to_bits(), end, value)
            }
            IpAddr::V6(v6) => {
                let size = 1_u128.checked_shl(128_u32.saturating_sub(prefix.into()));
                let end = size.and_then(|size| v6.to_bits().checked_add(size));
                self.table.v6.push(v6.to_bits(), end, value)
            }
        }
    }

    /// The table.
    pub(super) fn finish(mut self) -> Table {
        self.table.v4.finish();
        self.table.v6.finish();
        self.table.known.shrink_to_fit();
        self.table.names.shrink_to_fit();
        self.table
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use bangui_domain::model::CountryCode;
    use ipnet::IpNet;
    use proptest::prelude::*;

    use super::{Builder, Known, Table, Unordered};

    fn country(text: &str) -> Known {
        Known { country: CountryCode::parse(text), asn: None }
    }

    fn table(nets: &[(&str, &str)]) -> Table {
        let mut builder = Builder::new();
        for (net, place) in nets {
            let net: IpNet = net.parse().expect("a network");
            let value = builder.value(country(place), None);
            builder.add(net.network(), net.prefix_len(), value).expect("in order");
        }
        builder.finish()
    }

    fn at(table: &Table, address: &str) -> String {
        let known = table.find(address.parse().expect("an address"));
        known.country.map_or_else(|| "-".to_owned(), |country| country.to_string())
    }

    #[test]
    fn gaps_stay_gaps_and_neighbours_in_one_place_are_one() {
        let table = table(&[
            ("1.0.0.0/24", "AU"),
            ("1.0.1.0/24", "AU"),
            ("1.0.3.0/24", "CN"),
            ("255.255.255.255/32", "US"),
            ("2a00::/16", "NL"),
            ("ffff::/16", "DE"),
        ]);
        let found = ["0.255.255.255", "1.0.0.0", "1.0.1.255", "1.0.2.0", "1.0.3.255", "1.0.4.0"]
            .map(|address| at(&table, address));
        assert_eq!(found, ["-", "AU", "AU", "-", "CN", "-"]);
        let found = ["255.255.255.255", "29ff::", "2a00::", "2a00:ffff::", "2a01::", "ffff:ffff::"]
            .map(|text| at(&table, text));
        assert_eq!(found, ["US", "-", "NL", "NL", "-", "DE"]);
        assert_eq!(table.len(), 6 + 4);
    }

    #[test]
    fn the_whole_space_and_nothing_are_tables_too() {
        let whole = table(&[("0.0.0.0/0", "US"), ("::/0", "DE")]);
        assert_eq!(
            [at(&whole, "0.0.0.0"), at(&whole, "255.255.255.255"), at(&whole, "ffff::")],
            ["US", "US", "DE"]
        );
        assert_eq!(at(&Builder::new().finish(), "1.1.1.1"), "-");
    }

    #[test]
    fn ranges_that_overlap_are_refused() {
        let mut builder = Builder::new();
        let first: IpAddr = "10.0.0.0".parse().expect("an address");
        assert_eq!(builder.add(first, 8, 1), Ok(()));
        assert_eq!(builder.add(first, 16, 1), Err(Unordered));
    }

    proptest! {
        #[test]
        fn every_address_is_in_the_network_that_holds_it(
            cuts in prop::collection::btree_set(0_u32..1 << 12, 0..200), address in any::<u32>()
        ) {
            // Networks of 20 bits, each in one of 26 places.
            let place = |net: u32| format!("A{}", char::from(b'A' + u8::try_from(net % 26).expect("small")));
            let mut builder = Builder::new();
            for net in &cuts {
                let value = builder.value(country(&place(*net)), None);
                builder.add(IpAddr::from((net << 20).to_be_bytes()), 12, value).expect("in order");
            }
            let net = address >> 20;
            let expected = if cuts.contains(&net) { country(&place(net)) } else { Known::default() };
            prop_assert_eq!(builder.finish().find(IpAddr::from(address.to_be_bytes())), expected);
        }
    }
}
