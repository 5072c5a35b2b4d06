//! What there is to know of places: where they come from, and how many addresses are looked up.

use std::sync::Arc;

use crate::error::ServiceError;
use crate::ports::{AddressStore, Atlas, PlaceProgress, PlaceSource};

/// Tells of places.
pub struct PlaceService {
    atlas: Arc<dyn Atlas>,
    store: Arc<dyn AddressStore>,
}

impl PlaceService {
    /// Tells of the places in `atlas`, and of those that `store` keeps.
    pub fn new(atlas: Arc<dyn Atlas>, store: Arc<dyn AddressStore>) -> Self {
        Self { atlas, store }
    }

    /// The sources of this process, the most trusted first.
    pub fn sources(&self) -> Vec<PlaceSource> {
        self.atlas.sources()
    }

    /// How far looking up is.
    pub async fn progress(&self) -> Result<PlaceProgress, ServiceError> {
        Ok(self.store.progress().await?)
    }
}
