//! Looking at what this process logs, and changing it while it runs.

use std::sync::Arc;
use std::time::Duration;

use super::Caller;
use crate::ServiceError;
use crate::model::{AuditAction, AuditEntry, LogState, ServerId};
use crate::ports::{AuditLog, Clock, LogControl};

/// The longest filter, in characters.
const FILTER_CHARS: usize = 1_000;
/// The longest time after which the configured filter comes back, in seconds: a day.
const LONGEST_SECS: u32 = 24 * 3_600;

/// Shows and changes the filter of this process's log.
pub struct LogService {
    server: ServerId,
    control: Arc<dyn LogControl>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
}

impl LogService {
    /// The log behind `control`; changes are written to `audit`.
    pub fn new(
        server: ServerId,
        control: Arc<dyn LogControl>,
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, control, audit, clock }
    }

    /// What is logged now.
    pub fn state(&self) -> LogState {
        self.control.state()
    }

    /// Logs by `filter` for `secs` seconds, and as configured after that: a change that nobody takes back would outlive the
    /// memory of it. [`ServiceError::Invalid`] if one of them cannot be used. What cannot be written to the audit trail
    /// changes nothing.
    pub async fn set(
        &self,
        filter: &str,
        secs: Option<u32>,
        caller: &Caller,
    ) -> Result<LogState, ServiceError> {
        let filter = filter.trim();
        if let Some(problem) = self.problem(filter) {
            return Err(ServiceError::field("filter", problem));
        }
        let Some(secs) = secs else {
            return Err(ServiceError::field(
                "for_secs",
                format!("is missing: a change of the log ends by itself, after 1 to {LONGEST_SECS} seconds"),
            ));
        };
        if !(1..=LONGEST_SECS).contains(&secs) {
            return Err(ServiceError::field("for_secs", format!("is not between 1 and {LONGEST_SECS}")));
        }
        self.record(format!("for {secs} s: {filter}"), caller).await?;
        self.apply(filter, Some(secs))
    }

    /// Logs as configured again.
    pub async fn reset(&self, caller: &Caller) -> Result<LogState, ServiceError> {
        let configured = self.control.state().configured;
        self.record("as configured".to_owned(), caller).await?;
        self.apply(&configured, None)
    }

    fn problem(&self, filter: &str) -> Option<String> {
        let length = filter.chars().count();
        if length > FILTER_CHARS {
            return Some(format!("at most {FILTER_CHARS} characters, this has {length}"));
        }
        self.control.problem(filter)
    }

    fn apply(&self, filter: &str, secs: Option<u32>) -> Result<LogState, ServiceError> {
        let duration = secs.map(|secs| Duration::from_secs(secs.into()));
        self.control.apply(filter, duration).map_err(ServiceError::Internal)
    }

    async fn record(&self, detail: String, caller: &Caller) -> Result<(), ServiceError> {
        let entry = AuditEntry {
            server: self.server.clone(),
            at: self.clock.now(),
            user: Some(caller.user.clone()),
            address: caller.address,
            action: AuditAction::LogFilter,
            subject: None,
            detail: Some(detail),
        };
        Ok(self.audit.record(&entry).await?)
    }
}
