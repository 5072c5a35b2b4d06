//! A file of places in MaxMind's format, as MaxMind, DB-IP and IPinfo make them: read as a whole, so that a broken one is
//! known before it is used. Knows no other file and watches nothing.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use bangui_domain::model::{Asn, CountryCode, Timestamp};
use flate2::Crc;
use maxminddb::{MaxMindDbError, Reader, WithinOptions};
use serde::Deserialize;
use thiserror::Error;

use super::table::{Builder, Known, Table, Unordered};

/// The largest file that is read: the memory of the process is needed for it while it is.
const LARGEST: u64 = 256 << 20;
/// More networks than any provider has. A broken file can hold more than could ever be counted.
const MOST_NETWORKS: usize = 20_000_000;
/// The longest name of a network that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// A file that is not one of places, or cannot be read.
#[derive(Debug, Error)]
pub enum PlaceFileError {
    /// It is not there, or may not be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It would need too much memory.
    #[error("it has {} MiB, more than the {} MiB that may be read: take a file of countries", .0 >> 20, LARGEST >> 20)]
    TooLarge(u64),
    /// It is no file in MaxMind's format, or a damaged one.
    #[error("it is no file in MaxMind's format (.mmdb), or damaged: {0}")]
    Format(#[from] MaxMindDbError),
    /// Its networks overlap, or there are more of them than there can be.
    #[error("it is damaged: its networks are in disorder")]
    Disorder,
    /// Something else in MaxMind's format, such as a list of proxies.
    #[error(
        "it tells neither countries nor networks (its type is {0}): take one of countries, cities or ASNs"
    )]
    NoPlaces(String),
}

impl From<Unordered> for PlaceFileError {
    fn from(_: Unordered) -> Self {
        Self::Disorder
    }
}

/// A file of places, read and checked.
#[derive(Debug)]
pub struct PlaceFile {
    /// Its type, such as `GeoLite2-Country`.
    pub kind: String,
    /// When it was made.
    pub built_at: Timestamp,
    /// Whether it tells countries.
    pub countries: bool,
    /// Whether it tells networks.
    pub networks: bool,
    /// Tells it from others of its type, also from one that was made in the same second.
    pub(super) checksum: u32,
    pub(super) table: Table,
}

impl PlaceFile {
    /// Reads and checks the file, which takes a second or two for a large one, and its length in memory for as long.
    pub fn read(path: &Path) -> Result<Self, PlaceFileError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length > LARGEST {
            return Err(PlaceFileError::TooLarge(length));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        // No more than that, should it grow at this moment: what is cut off is damaged.
        file.take(LARGEST).read_to_end(&mut bytes)?;
        Self::parse(bytes)
    }

    /// Reads the content of a file.
    fn parse(bytes: Vec<u8>) -> Result<Self, PlaceFileError> {
        let mut checksum = Crc::new();
        checksum.update(&bytes);
        let reader = Reader::from_source(bytes)?;
        let table = table(&reader)?;
        let metadata = reader.metadata();
        let kind: String =
            metadata.database_type.chars().filter(|letter| !letter.is_control()).take(100).collect();
        let (countries, networks) = (table.has_countries(), table.has_networks());
        if !countries && !networks {
            return Err(PlaceFileError::NoPlaces(kind));
        }
        let built = i64::try_from(metadata.build_epoch).unwrap_or(i64::MAX / 1000);
        Ok(Self {
            kind,
            built_at: Timestamp::from_secs(built),
            countries,
            networks,
            checksum: checksum.sum(),
            table,
        })
    }
}

fn table(reader: &Reader<Vec<u8>>) -> Result<Table, PlaceFileError> {
    let mut builder = Builder::new();
    // Many networks share one record, which is decoded once.
    let mut values: HashMap<usize, u32> = HashMap::new();
    for (count, found) in reader.networks(WithinOptions::default())?.enumerate() {
        if count > MOST_NETWORKS {
            return Err(PlaceFileError::Disorder);
        }
        let found = found?;
        let Some(offset) = found.offset() else { continue };
        let value = if let Some(value) = values.get(&offset) {
            *value
        } else {
            let record: Record<'_> = found.decode()?.unwrap_or_default();
            let (known, name) = record.told();
            let value = builder.value(known, name.as_deref());
            values.insert(offset, value);
            value
        };
        let network = found.network()?;
        builder.add(network.ip(), network.prefix(), value)?;
    }
    Ok(builder.finish())
}

/// What any of the providers writes of a network.
#[derive(Debug, Default, Deserialize)]
struct Record<'a> {
    /// MaxMind and DB-IP: a map. IPinfo: the letters, or the name where the letters are in `country_code`.
    #[serde(borrow)]
    country: Option<CountryField<'a>>,
    #[serde(borrow)]
    registered_country: Option<Nested<'a>>,
    /// IPinfo Lite and tables made from the registries.
    country_code: Option<&'a str>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<&'a str>,
    #[serde(borrow)]
    asn: Option<AsnField<'a>>,
    as_name: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
struct Nested<'a> {
    iso_code: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum CountryField<'a> {
    #[serde(borrow)]
    Nested(Nested<'a>),
    Text(&'a str),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AsnField<'a> {
    Number(u32),
    Text(&'a str),
}

impl Record<'_> {
    fn told(&self) -> (Known, Option<String>) {
        let nested = match &self.country {
            Some(CountryField::Nested(nested)) => nested.iso_code,
            Some(CountryField::Text(text)) => Some(*text),
            None => None,
        };
        let registered = self.registered_country.as_ref().and_then(|nested| nested.iso_code);
        let country = [self.country_code, nested, registered].into_iter().flatten().find_map(country);
        let asn = match &self.asn {
            _ if self.autonomous_system_number.is_some() => self.autonomous_system_number.and_then(Asn::new),
            Some(AsnField::Number(number)) => Asn::new(*number),
            Some(AsnField::Text(text)) => text.parse().ok(),
            None => None,
        };
        (Known { country, asn }, self.autonomous_system_organization.or(self.as_name).and_then(name))
    }
}

/// A country; not the codes that registries use for a continent, or for nothing.
pub(super) fn country(letters: &str) -> Option<CountryCode> {
    let code = CountryCode::parse(letters)?;
    (!matches!(&code.letters(), b"AP" | b"EU" | b"XX" | b"ZZ")).then_some(code)
}

fn name(text: &str) -> Option<String> {
    let name: String = text.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}
