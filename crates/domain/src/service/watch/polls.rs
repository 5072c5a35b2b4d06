//! Whether polls of fail2ban succeed: what it bans was asked for, understood and recorded. Knows no timers.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Watch;
use crate::model::ProblemCode;

/// How many polls have succeeded.
#[derive(Debug, Default)]
pub(super) struct Polls(AtomicU64);

impl Polls {
    /// One more has succeeded, here or in the process that tells this one.
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
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
        self.polls.0.load(Ordering::Relaxed)
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
