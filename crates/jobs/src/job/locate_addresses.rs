//! Keeps places current, every 10 seconds: reads files of places that have changed, in every process; and in the one that
//! holds the scheduler lock, looks all addresses up again whenever an answer may have changed. Not queued: it goes on where it
//! was.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::{Fence, Place};
use bangui_domain::ports::{AddressStore, Atlas, StoreError};

use super::{Job, JobError, JobSpec, When};

/// Addresses that are looked up and written in one go.
const STEP: u32 = 1_000;
/// The pause behind each, in which others may write.
const PAUSE: Duration = Duration::from_millis(20);

/// Locates addresses.
pub struct LocateAddresses {
    atlas: Arc<dyn Atlas>,
    store: Arc<dyn AddressStore>,
}

impl LocateAddresses {
    /// Looks addresses of `store` up in `atlas`.
    pub fn new(atlas: Arc<dyn Atlas>, store: Arc<dyn AddressStore>) -> Self {
        Self { atlas, store }
    }

    async fn locate(&self, fence: Fence) -> Result<(), StoreError> {
        let edition = self.atlas.edition();
        if self.store.edition().await?.as_deref() != Some(edition.as_str()) {
            self.store.begin_edition(fence, &edition).await?;
        }
        let mut located = 0_usize;
        // What is looked up in files that have changed meanwhile belongs to the next edition.
        while self.atlas.edition() == edition {
            let kept = self.store.to_locate(STEP).await?;
            if kept.is_empty() {
                break;
            }
            let places: Vec<(i64, Place)> =
                kept.iter().map(|kept| (kept.number, self.atlas.place(&kept.id))).collect();
            self.store.locate(fence, &places).await?;
            located = located.saturating_add(places.len());
            tokio::time::sleep(PAUSE).await;
        }
        if located > 0 {
            tracing::info!(located, "addresses were looked up");
        }
        Ok(())
    }
}

#[async_trait]
impl Job for LocateAddresses {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "locate_addresses",
            about: "reads files of places that have changed, and looks addresses up in them",
            when: When::Every(Duration::from_secs(10)),
            max_attempts: 1,
            timeout: Duration::from_hours(1),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let atlas = Arc::clone(&self.atlas);
        let read = tokio::task::spawn_blocking(move || atlas.refresh()).await;
        read.map_err(|error| JobError::Retry(format!("files of places could not be read: {error}")))?;
        let Some(fence) = fence else { return Ok(()) };
        self.locate(fence).await.map_err(|error| JobError::Retry(chain(&error)))
    }
}
