//! The run-time state as JSON in its row. Replicas of two versions share it during a rolling upgrade: what one does
//! not understand counts as not published.

mod read;
mod write;

use bangui_domain::model::{JobPulse, Timestamp};
use serde::{Deserialize, Serialize};

use super::reading::Reading;
pub(super) use read::read;
pub(super) use write::write;

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Shape {
    version: u32,
    fail2ban: Fail2ban,
    jails: Option<Jails>,
    #[serde(default)]
    jobs: Vec<Tally>,
    #[serde(default)]
    problems: Vec<Trouble>,
    #[serde(default)]
    catch_up: Option<Reading>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Fail2ban {
    Starting,
    Online {
        since: i64,
        checked_at: i64,
        version: String,
        latency_micros: u64,
        jails: usize,
        database_file: Option<String>,
        #[serde(default)]
        purge_age_secs: Option<i64>,
        #[serde(default)]
        rules: Vec<Rule>,
        #[serde(default)]
        logs: Vec<Log>,
    },
    Offline {
        since: i64,
        checked_at: i64,
        code: String,
        detail: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Rule {
    jail: String,
    maxretry: i64,
    findtime: i64,
    bantime: i64,
}

#[derive(Serialize, Deserialize)]
struct Log {
    jail: String,
    /// Paths, each with the word of its state.
    files: Vec<(String, String)>,
    journal: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Jails {
    observed_at: i64,
    jails: Vec<Jail>,
}

#[derive(Serialize, Deserialize)]
struct Jail {
    name: String,
    currently_failed: u64,
    total_failed: u64,
    currently_banned: u64,
    total_banned: u64,
}

#[derive(Serialize, Deserialize)]
struct Trouble {
    code: String,
    jail: Option<String>,
    detail: String,
    hint: String,
    since: i64,
}

#[derive(Serialize, Deserialize)]
struct Tally {
    job: String,
    since: i64,
    runs: u64,
    failed: u64,
    last: Pulse,
    last_failure: Option<Pulse>,
}

#[derive(Serialize, Deserialize)]
struct Pulse {
    started_at: i64,
    took_millis: i64,
    error: Option<String>,
}

impl From<&JobPulse> for Pulse {
    fn from(pulse: &JobPulse) -> Self {
        Self {
            started_at: pulse.started_at.as_millis(),
            took_millis: pulse.took_millis,
            error: pulse.error.clone(),
        }
    }
}

impl From<Pulse> for JobPulse {
    fn from(pulse: Pulse) -> Self {
        Self {
            started_at: Timestamp::from_millis(pulse.started_at),
            took_millis: pulse.took_millis,
            error: pulse.error,
        }
    }
}
