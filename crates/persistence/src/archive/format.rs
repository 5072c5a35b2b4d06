//! The lines of an archive, which docs/backup.md describes. Gzip around lines of JSON: a head, for each table its columns
//! and then its rows, and an end that tells how many rows there are and the hash of all lines before it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Contents;
use super::row::Column;

/// What the first line names.
pub(super) const FORMAT: &str = "bangui-archive";
/// The version of the format; one that differs is not read.
pub(super) const FORMAT_VERSION: u32 = 1;
/// The longest line that is read, in bytes: far more than any row takes.
pub(super) const MAX_LINE: u64 = 64 << 20;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    /// [`FORMAT`].
    pub(super) format: String,
    /// [`FORMAT_VERSION`].
    pub(super) format_version: u32,
    /// The version of the BanGUI that wrote it.
    pub(super) bangui: String,
    /// The last migration of the database that was read.
    pub(super) schema: String,
    /// Which database it was: `sqlite` or `postgres`.
    pub(super) database: String,
    /// When it was begun, in RFC 3339.
    pub(super) created_at: String,
}

/// A line that is neither the first nor a row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Mark {
    /// The rows of a table follow.
    Table { table: String, columns: Vec<Column> },
    /// Nothing follows.
    End { rows: BTreeMap<String, u64>, sha256: String },
}

/// The rows of each table, as the end tells them.
pub(super) fn rows(contents: &Contents) -> BTreeMap<String, u64> {
    contents.tables().map(|(name, rows)| (name.to_owned(), rows)).collect()
}

/// A hash in hex.
pub(super) fn hex(hash: Sha256) -> String {
    let nibbles = hash.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}
