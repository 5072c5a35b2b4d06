//! A file of places in MaxMind's format: what it is and when it was made. Looks no address up.

use std::path::Path;

use bangui_domain::model::Timestamp;
use thiserror::Error;

/// What a file of places tells about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeoFile {
    /// Its type, such as `GeoLite2-Country`.
    pub kind: String,
    /// When it was made.
    pub built_at: Timestamp,
}

/// A file that is not one of places, or cannot be read.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct GeoError(#[from] maxminddb::MaxMindDbError);

impl GeoFile {
    /// Reads what the file tells about itself.
    pub fn read(path: &Path) -> Result<Self, GeoError> {
        let file = maxminddb::Reader::open_readfile(path)?;
        let metadata = file.metadata();
        let built = i64::try_from(metadata.build_epoch).unwrap_or(i64::MAX / 1000);
        Ok(Self { kind: metadata.database_type.clone(), built_at: Timestamp::from_secs(built) })
    }
}
