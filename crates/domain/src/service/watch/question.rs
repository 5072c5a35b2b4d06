//! The questions that fail2ban has not answered yet. Knows no timers, and what was asked as little.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::Timestamp;

/// The open questions: when each was asked, by number.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    last: u64,
    asked: BTreeMap<u64, Timestamp>,
}

/// A question to fail2ban, open until this is dropped: answered, or given up.
#[derive(Debug)]
pub struct Question<'a> {
    questions: &'a Questions,
    number: u64,
}

impl Questions {
    /// A question that is asked now.
    pub(super) fn open(&self, now: Timestamp) -> Question<'_> {
        let mut open = self.lock();
        open.last += 1;
        let number = open.last;
        open.asked.insert(number, now);
        Question { questions: self, number }
    }

    /// The number of the one that has been open longest.
    pub(super) fn oldest(&self) -> Option<u64> {
        self.lock().asked.keys().next().copied()
    }

    /// When the question `number` was asked, if it is open still.
    pub(super) fn asked_at(&self, number: u64) -> Option<Timestamp> {
        self.lock().asked.get(&number).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.questions.lock().asked.remove(&self.number);
    }
}
