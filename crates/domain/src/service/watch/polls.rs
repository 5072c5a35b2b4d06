//! Whether polls of fail2ban succeed: what it bans was asked for, understood and recorded. Knows no timers.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Watch;
use crate::model::ProblemCode;

/// How many polls have succeeded, and how far the present one has come.
#[derive(Debug, Default)]
pub(super) struct Polls {
    succeeded: AtomicU64,
    /// Steps of the present poll.
    steps: AtomicU64,
    /// The most steps of a poll since the last one that succeeded.
    furthest: AtomicU64,
    /// Steps that no poll before had come to since then, all in all.
    progress: AtomicU64,
}

impl Polls {
    /// One more has succeeded, here or in the process that tells this one.
    pub(super) fn add(&self) {
        self.succeeded.fetch_add(1, Ordering::Relaxed);
        self.furthest.store(0, Ordering::Relaxed);
    }
}

impl Watch {
    /// A poll has succeeded: fail2ban was asked what it bans, and what was new is recorded.
    pub fn polled(&self) {
        self.polls.add();
        self.solved(ProblemCode::Unpolled, None);
    }

    /// How many polls have succeeded, here or in the process that tells this one. Whoever sees the same number again and
    /// again knows for how long none has, whatever the clock says.
    pub fn polls(&self) -> u64 {
        self.polls.succeeded.load(Ordering::Relaxed)
    }

    /// A poll begins.
    pub fn poll_begins(&self) {
        self.polls.steps.store(0, Ordering::Relaxed);
    }

    /// The present poll has read a list, or recorded a part of what it has found.
    pub fn stepped(&self) {
        let steps = self.polls.steps.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if self.polls.furthest.fetch_max(steps, Ordering::Relaxed) < steps {
            self.polls.progress.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changes whenever a poll comes further than those since the last one that succeeded. A poll that is long goes on in this
    /// way; polls that fail again and again at the same step do not.
    pub fn poll_progress(&self) -> u64 {
        self.polls.progress.load(Ordering::Relaxed)
    }

    /// No poll has succeeded for a while, by a job called `job`. While fail2ban is away that is no wonder.
    pub fn unpolled(&self, job: &str) {
        if !self.state().is_online() {
            return;
        }
        let jobs = self.jobs();
        let error = jobs.iter().find(|tally| tally.job == job).and_then(|tally| tally.last.error.clone());
        let detail = match error {
            Some(error) => format!("fail2ban answers, but no poll of it succeeds: {error}"),
            None => "fail2ban answers, but the poll of it does not come to an end.".to_owned(),
        };
        self.problem(ProblemCode::Unpolled, None, detail);
    }
}
