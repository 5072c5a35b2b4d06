//! What is remembered beside a fetched file: which month's it is, and by what its server knows it again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;

/// Where a file came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// The month that was asked for, such as `2026-11`.
    pub(super) month: String,
    /// The address that was asked.
    pub(super) url: String,
    /// The server's mark of this very file.
    pub(super) etag: Option<String>,
    /// When the server says it was changed.
    pub(super) last_modified: Option<String>,
}

impl Receipt {
    /// The receipt of the file at `path`; `None` if there is none that can be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(beside(path)).ok()?).ok()
    }

    /// Writes it beside the file at `path`. Should that fail half-way, the file is fetched once more.
    pub(super) async fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_vec(self).map_err(|error| error.to_string())?;
        let beside = beside(path);
        let failed = |error: std::io::Error| format!("{} cannot be written: {error}", beside.display());
        let mut options = tokio::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .await
            .map_err(failed)?;
        file.write_all(&text).await.map_err(failed)?;
        file.flush().await.map_err(failed)
    }

    /// The headers that have the server answer only with another file.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (&'static str, String)> {
        let pairs = [("If-None-Match", &self.etag), ("If-Modified-Since", &self.last_modified)];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)))
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("json")
}
