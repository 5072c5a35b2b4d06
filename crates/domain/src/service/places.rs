//! What there is to know of places: where they come from, and how many addresses are looked up.

use std::sync::Arc;

use crate::error::ServiceError;
use crate::model::{AddressStory, Place};
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

    /// The same story with the place of an address that was never banned, or that was not looked up yet.
    pub fn located(&self, story: AddressStory) -> AddressStory {
        if story.place != Place::default() {
            return story;
        }
        AddressStory { place: self.atlas.place(&story.id), ..story }
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
