//! Writes files of places in MaxMind's format, with the networks that a test needs and nobody else's data. Writes what
//! BanGUI reads and no more of the format.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test harness ends the test that it cannot serve"
)]

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

/// A value in a record.
#[derive(Debug, Clone)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number.
    Number(u32),
    /// A value of another type, as the format has it.
    Raw(Vec<u8>),
    /// Names and their values.
    Map(Vec<(&'static str, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A file of places to be written.
#[derive(Debug, Clone)]
pub struct PlacesFile {
    kind: String,
    built: u64,
    networks: Vec<(IpNet, Value)>,
}

/// The schema of MaxMind and DB-IP for countries.
pub fn nested(country: &str) -> Value {
    Value::Map(vec![("country", Value::Map(vec![("iso_code", country.into())]))])
}

/// The schema of MaxMind and DB-IP for networks.
pub fn system(asn: u32, name: &str) -> Value {
    Value::Map(vec![
        ("autonomous_system_number", Value::Number(asn)),
        ("autonomous_system_organization", name.into()),
    ])
}

/// The schema of tables made from the registries.
pub fn flat(country: &str) -> Value {
    Value::Map(vec![("country_code", country.into())])
}

/// The schema of IPinfo Lite.
pub fn ipinfo(country: &str, asn: &str, name: &str) -> Value {
    let name = ("as_name", name.into());
    Value::Map(vec![
        ("country", "a name in full".into()),
        ("country_code", country.into()),
        ("asn", asn.into()),
        name,
    ])
}

impl PlacesFile {
    /// An empty file of this type, made at `built` (seconds since 1970).
    pub fn new(kind: &str, built: u64) -> Self {
        Self { kind: kind.to_owned(), built, networks: Vec::new() }
    }

    /// With what is known of a network, such as `192.0.2.0/24`; networks must not overlap.
    #[must_use]
    pub fn with(mut self, network: &str, value: Value) -> Self {
        self.networks.push((network.parse().expect("a network"), value));
        self
    }

    /// The file's content.
    pub fn bytes(&self) -> Vec<u8> {
        let mut data = Vec::new();
        let mut known: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut tree = Tree(vec![[Side::Nothing; 2]]);
        for (network, value) in &self.networks {
            let record = encoded(value);
            let at = *known.entry(record.clone()).or_insert(data.len());
            if at == data.len() {
                data.extend(record);
            }
            tree.insert(*network, at);
        }
        let mut file = tree.bytes();
        let nodes = tree.0.len();
        file.extend([0; 16]);
        file.extend(data);
        file.extend(b"\xab\xcd\xefMaxMind.com");
        file.extend(self.metadata(nodes));
        file
    }

    fn metadata(&self, nodes: usize) -> Vec<u8> {
        let mut metadata = vec![0xe0 | 9];
        for (key, number) in [("binary_format_major_version", 2), ("ip_version", 6), ("record_size", 32)] {
            metadata.extend([text(key), vec![0xa1, number]].concat());
        }
        metadata.extend([text("binary_format_minor_version"), vec![0xa0]].concat());
        metadata.extend([text("node_count"), number(u32::try_from(nodes).expect("few nodes"))].concat());
        metadata.extend([text("build_epoch"), vec![0x08, 0x02], self.built.to_be_bytes().to_vec()].concat());
        metadata.extend([text("database_type"), text(&self.kind)].concat());
        metadata.extend([text("languages"), vec![0x00, 0x04]].concat());
        metadata.extend([text("description"), vec![0xe0]].concat());
        metadata
    }
}

/// Where one side of a node leads.
#[derive(Debug, Clone, Copy)]
enum Side {
    Nothing,
    Node(usize),
    Data(usize),
}

struct Tree(Vec<[Side; 2]>);

impl Tree {
    fn insert(&mut self, network: IpNet, data: usize) {
        let (bits, length) = match network.network() {
            IpAddr::V4(v4) => (u128::from(v4.to_bits()), network.prefix_len() + 96),
            IpAddr::V6(v6) => (v6.to_bits(), network.prefix_len()),
        };
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                assert!(matches!(self.0[node][side], Side::Nothing), "{network} overlaps another");
                self.0[node][side] = Side::Data(data);
            } else {
                node = match self.0[node][side] {
                    Side::Node(next) => next,
                    Side::Data(_) => panic!("{network} lies in another"),
                    Side::Nothing => {
                        self.0.push([Side::Nothing; 2]);
                        let next = self.0.len() - 1;
                        self.0[node][side] = Side::Node(next);
                        next
                    }
                };
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let count = self.0.len();
        let number = |side: &Side| match side {
            Side::Nothing => count,
            Side::Node(node) => *node,
            Side::Data(at) => count + 16 + at,
        };
        let records = self.0.iter().flatten().map(number);
        records.flat_map(|record| u32::try_from(record).expect("a small file").to_be_bytes()).collect()
    }
}

fn encoded(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(value) => text(value),
        Value::Number(value) => number(*value),
        Value::Raw(bytes) => bytes.clone(),
        Value::Map(entries) => {
            let mut bytes = vec![0xe0 | u8::try_from(entries.len()).expect("few entries")];
            for (key, value) in entries {
                bytes.extend([text(key), encoded(value)].concat());
            }
            bytes
        }
    }
}

fn text(value: &str) -> Vec<u8> {
    let size = match value.len() {
        short @ ..29 => vec![0x40 | u8::try_from(short).expect("short")],
        length => {
            let [high, low] = u16::try_from(length - 285.min(length)).expect("not too long").to_be_bytes();
            match length {
                ..285 => vec![0x5d, u8::try_from(length - 29).expect("short")],
                _ => vec![0x5e, high, low],
            }
        }
    };
    [size, value.as_bytes().to_vec()].concat()
}

fn number(value: u32) -> Vec<u8> {
    [vec![0xc4], value.to_be_bytes().to_vec()].concat()
}
