//! A file of places in MaxMind's format, as MaxMind, DB-IP and IPinfo make them: read as a whole, so that a broken one is
//! known before it is used. Knows no other file and watches nothing.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use bangui_domain::model::{CountryCode, Timestamp};
use flate2::Crc;
use maxminddb::{MaxMindDbError, Reader, WithinOptions};
use thiserror::Error;

use super::record::Record;
use super::table::{Builder, Table, Unordered};

/// The largest file that is read: the memory of the process is needed for it while it is.
const LARGEST: u64 = 256 << 20;
/// More networks than any provider has. A broken file can hold more than could ever be counted.
const MOST_NETWORKS: usize = 20_000_000;
/// The search tree of a file that is merely odd is whole.
const MOST_BROKEN_BRANCHES: usize = 100;

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
    /// Most of what it holds cannot be read.
    #[error("it is damaged: nothing of {lost} of its {records} records can be read")]
    Unreadable {
        /// Records of which nothing can be read.
        lost: u64,
        /// All records.
        records: u64,
    },
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
    /// When it was made; `None` where it names no moment of the calendar.
    pub built_at: Option<Timestamp>,
    /// Whether it tells countries.
    pub countries: bool,
    /// Whether it tells networks.
    pub networks: bool,
    /// Records that could not be read, or not wholly: of the others, everything is used.
    pub unreadable: u64,
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
        let (table, unreadable) = table(&reader)?;
        let metadata = reader.metadata();
        let kind: String =
            metadata.database_type.chars().filter(|letter| !letter.is_control()).take(100).collect();
        let (countries, networks) = (table.has_countries(), table.has_networks());
        if !countries && !networks {
            return Err(PlaceFileError::NoPlaces(kind));
        }
        Ok(Self {
            kind,
            built_at: i64::try_from(metadata.build_epoch).ok().and_then(Timestamp::from_told_secs),
            countries,
            networks,
            unreadable,
            checksum: checksum.sum(),
            table,
        })
    }
}

/// The places, and how many records could not be read.
fn table(reader: &Reader<Vec<u8>>) -> Result<(Table, u64), PlaceFileError> {
    let mut builder = Builder::new();
    let (mut unreadable, mut lost, mut broken) = (0_u64, 0_u64, 0_usize);
    // Many networks share one record, which is decoded once.
    let mut values: HashMap<usize, u32> = HashMap::new();
    for (count, found) in reader.networks(WithinOptions::default())?.enumerate() {
        if count > MOST_NETWORKS {
            return Err(PlaceFileError::Disorder);
        }
        let found = match found {
            Ok(found) => found,
            // A branch that leads nowhere is one record, as long as the rest of the tree is one.
            Err(_) if broken < MOST_BROKEN_BRANCHES => {
                (broken, lost, unreadable) = (broken + 1, lost + 1, unreadable + 1);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let Some(offset) = found.offset() else { continue };
        let value = if let Some(value) = values.get(&offset) {
            *value
        } else {
            let record: Record = found.decode().ok().flatten().unwrap_or_else(Record::unreadable);
            unreadable += u64::from(record.is_odd());
            lost += u64::from(record.is_lost());
            let (known, name) = record.told();
            let value = builder.value(known, name.as_deref());
            values.insert(offset, value);
            value
        };
        let network = found.network()?;
        builder.add(network.ip(), network.prefix(), value)?;
    }
    let records = u64::try_from(values.len().saturating_add(broken)).unwrap_or(u64::MAX);
    if lost > records / 2 {
        return Err(PlaceFileError::Unreadable { lost, records });
    }
    Ok((builder.finish(), unreadable))
}

/// A country; not the codes that registries use for a continent, or for nothing.
pub(super) fn country(letters: &str) -> Option<CountryCode> {
    let code = CountryCode::parse(letters)?;
    (!matches!(&code.letters(), b"AP" | b"EU" | b"XX" | b"ZZ")).then_some(code)
}
