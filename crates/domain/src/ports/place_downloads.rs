//! Files of places that are fetched from their provider.

use async_trait::async_trait;
use thiserror::Error;

use crate::model::Timestamp;

/// What there is to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// Nothing: all files are this month's.
    Nothing,
    /// A newer file, which may not be there yet; the one of before is in use.
    Newer,
    /// A file that is not there at all.
    Missing,
}

/// Why something was not fetched. What was there before stays in use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file} was not fetched: {reason}")]
pub struct FetchError {
    /// The file, for people.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// Fetches files of places. A file that was fetched is whole and has been read before it is put in the place of the one
/// of before.
#[async_trait]
pub trait PlaceDownloads: Send + Sync {
    /// What there is to fetch at this time, as far as this machine tells.
    async fn wanted(&self, now: Timestamp) -> Wanted;

    /// Fetches what is wanted; answers what is wanted still.
    async fn fetch(&self, now: Timestamp) -> Result<Wanted, FetchError>;
}
