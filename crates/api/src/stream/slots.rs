//! The slots for live streams: so many in all, and so many for each session, so that no single one takes all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bangui_domain::model::TokenHash;

use crate::HttpFailure;

/// All slots of a process.
pub(crate) struct Slots {
    limit: usize,
    of_session: usize,
    taken: Arc<Taken>,
}

/// How many slots each session has taken; sessions without any are not listed.
#[derive(Default)]
struct Taken(Mutex<HashMap<TokenHash, usize>>);

impl Taken {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One slot, given back when it is dropped.
pub(crate) struct Slot {
    session: TokenHash,
    taken: Arc<Taken>,
}

impl Slots {
    /// `limit` slots, of which one session may have `of_session`.
    pub(crate) fn new(limit: usize, of_session: usize) -> Self {
        Self { limit, of_session, taken: Arc::default() }
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken.lock().values().sum()
    }

    /// Takes a slot for a stream of `session`, if there is one.
    pub(crate) fn take(&self, session: &TokenHash) -> Result<Slot, HttpFailure> {
        let mut taken = self.taken.lock();
        if taken.get(session).copied().unwrap_or(0) >= self.of_session {
            return Err(HttpFailure::SessionStreamsExhausted { limit: self.of_session });
        }
        if taken.values().sum::<usize>() >= self.limit {
            return Err(HttpFailure::StreamsExhausted { limit: self.limit });
        }
        *taken.entry(session.clone()).or_default() += 1;
        Ok(Slot { session: session.clone(), taken: Arc::clone(&self.taken) })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        if let Some(count) = taken.get_mut(&self.session) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.session);
            }
        }
    }
}
