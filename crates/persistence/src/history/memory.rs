//! What a process remembers of the history between questions: packs, which change only where something happens, and where
//! addresses are. All of it can be read again, and is checked against the database with each question.

use std::sync::{Arc, Mutex};

use moka::sync::Cache;

use super::packs::Shelf;
use super::places::PlaceTable;

/// The most memory that remembered packs take, in bytes: about five million bans.
const PACK_BYTES: u64 = 24 << 20;
/// What a pack takes besides its bytes.
const PACK_OVERHEAD: usize = 96;

/// Which part of a shelf.
pub(super) type PartKey = (Shelf, i32);

/// A part as it was when its number was `changed`.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) changed: i64,
    pub(super) packed: Arc<Vec<u8>>,
}

/// What is remembered.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) packs: Cache<PartKey, Remembered>,
    pub(super) places: Mutex<Arc<PlaceTable>>,
}

impl Default for Memory {
    fn default() -> Self {
        let packs = Cache::builder()
            .weigher(|_: &PartKey, pack: &Remembered| {
                u32::try_from(pack.packed.len() + PACK_OVERHEAD).unwrap_or(u32::MAX)
            })
            .max_capacity(PACK_BYTES)
            .build();
        Self { packs, places: Mutex::default() }
    }
}
