//! What a queued run carries, and the key under which it is queued once.

use bangui_domain::model::{JobTrigger, Timestamp};
use serde::{Deserialize, Serialize};

/// The payload of every job. The version lets a later release read what an earlier one queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// The payload's version.
    v: u8,
    /// When the job was due, or was asked for, in milliseconds since the epoch.
    due: i64,
    /// The user who asked for it; without one it was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

impl Ticket {
    /// For the tick at `tick` seconds since the epoch.
    pub(crate) fn tick(tick: i64) -> Self {
        Self { v: 1, due: tick.saturating_mul(1000), by: None }
    }

    /// For the user `by`, who asks at `now`.
    pub(crate) fn manual(now: Timestamp, by: &str) -> Self {
        Self { v: 1, due: now.as_millis(), by: Some(by.to_owned()) }
    }

    /// What makes two runs the same one: the job and its tick, or the user and the moment.
    pub(crate) fn key(&self, job: &str) -> String {
        match &self.by {
            None => format!("{job}@{}", self.due / 1000),
            Some(by) => format!("{job}!{by}@{}", self.due),
        }
    }

    /// When the job was due, or was asked for.
    pub(crate) fn due(&self) -> Timestamp {
        Timestamp::from_millis(self.due)
    }

    /// Why the run was made.
    pub(crate) fn trigger(&self) -> JobTrigger {
        match &self.by {
            None => JobTrigger::Schedule,
            Some(by) => JobTrigger::Manual { by: by.clone() },
        }
    }
}
