//! How the reading of fail2ban's database goes on, as JSON.

use std::time::Duration;

use bangui_domain::model::{CatchUp, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Reading {
    since: i64,
    took_millis: u64,
    rows: u64,
    left: u64,
}

impl From<&CatchUp> for Reading {
    fn from(from: &CatchUp) -> Self {
        Self {
            since: from.since.as_millis(),
            took_millis: u64::try_from(from.took.as_millis()).unwrap_or(u64::MAX),
            rows: from.rows,
            left: from.left,
        }
    }
}

impl From<Reading> for CatchUp {
    fn from(from: Reading) -> Self {
        Self {
            since: Timestamp::from_millis(from.since),
            took: Duration::from_millis(from.took_millis),
            rows: from.rows,
            left: from.left,
        }
    }
}
