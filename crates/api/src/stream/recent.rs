//! The events last read from the history: as many as the feed can hold back, so that what comes by both ways is
//! told once. Feed and history may have another order, which is why a highest number would not do.

use std::collections::{HashSet, VecDeque};

use bangui_domain::model::EventId;

/// More than the feed's depth.
const KEPT: usize = 5_000;

/// Remembers the newest ids added.
#[derive(Debug, Default)]
pub(super) struct Recent {
    ids: HashSet<EventId>,
    order: VecDeque<EventId>,
}

impl Recent {
    pub(super) fn add(&mut self, id: EventId) {
        if self.ids.insert(id) {
            self.order.push_back(id);
        }
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }

    pub(super) fn contains(&self, id: EventId) -> bool {
        self.ids.contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Recent};
    use bangui_domain::model::EventId;

    #[test]
    fn the_newest_are_known_and_the_memory_is_bounded() {
        let mut recent = Recent::default();
        let last = i64::try_from(KEPT).unwrap() + 10;
        for id in (1..=last).chain(last..=last) {
            recent.add(EventId(id));
        }
        assert!(recent.contains(EventId(last)) && recent.contains(EventId(11)));
        assert!(!recent.contains(EventId(10)));
        assert_eq!(recent.order.len(), recent.ids.len());
        assert_eq!(recent.ids.len(), KEPT);
    }
}
