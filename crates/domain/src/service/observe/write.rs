//! Writes what a look has found, and tells the feed.

use std::collections::HashMap;

use super::Observer;
use super::diff::Changes;
use crate::model::{Fence, Timestamp};
use crate::ports::{BanBatch, HistoryCursor};
use crate::{ServiceError, chain};

/// Bans or ends per transaction: a database that has one writer has to let others in, the lease's renewal first.
const BATCH: usize = 5_000;

impl Observer {
    pub(super) async fn write(
        &self,
        changes: Changes,
        cursor: Option<HistoryCursor>,
        fence: Option<Fence>,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let moved = match cursor {
            Some(cursor) => self.store.history_cursor(&self.server).await? != Some(cursor),
            None => false,
        };
        if changes.bans.is_empty() && changes.ends.is_empty() && !moved {
            return Ok(0);
        }
        let mut parts = changes.parts(BATCH);
        let last = parts.pop().unwrap_or_default();
        let mut count = 0;
        let mut places = HashMap::new();
        // A part that is written twice changes nothing, so that a failure in the middle does no harm.
        for (mut part, cursor) in parts.into_iter().map(|part| (part, None)).chain([(last, cursor)]) {
            if let Some(atlas) = &self.atlas {
                for seen in &mut part.bans {
                    let id = &seen.ban.key.id;
                    let place = places.entry(id.clone()).or_insert_with(|| atlas.place(id));
                    seen.place = Some(place.clone());
                }
            }
            let batch = BanBatch {
                server: self.server.clone(),
                fence,
                seen_at: now,
                bans: part.bans,
                ends: part.ends,
                cursor,
            };
            let events = self.store.record(&batch).await?.events;
            self.watch.stepped();
            count += events.len();
            // What is written stays written, told or not: the feed is told to look again soon.
            if let Some(newest) = events.last()
                && let Err(error) = self.feed.catch_up_to(newest.id).await
            {
                tracing::warn!("recorded events are told late to live streams: {}", chain(&error));
            }
        }
        Ok(count)
    }
}
