//! Looking at background jobs, and starting one by hand.

use std::sync::Arc;

use super::Caller;
use crate::ServiceError;
use crate::model::{AuditAction, AuditEntry, JobRun, JobStatus, ServerId};
use crate::ports::{AuditLog, Clock, JobBoard};

/// Shows jobs, and starts them for users.
pub struct JobService {
    server: ServerId,
    board: Arc<dyn JobBoard>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
}

impl JobService {
    /// The jobs of `board`; what users start is written to `audit`.
    pub fn new(
        server: ServerId,
        board: Arc<dyn JobBoard>,
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, board, audit, clock }
    }

    /// All jobs.
    pub async fn list(&self) -> Result<Vec<JobStatus>, ServiceError> {
        Ok(self.board.jobs().await?)
    }

    /// Starts a job out of turn. [`ServiceError::JobNotFound`] if there is none of this name.
    pub async fn run_now(&self, job: &str, caller: &Caller) -> Result<JobRun, ServiceError> {
        let run = self.board.run_now(job, &caller.user).await?;
        let run = run.ok_or_else(|| ServiceError::JobNotFound(job.to_owned()))?;
        let entry = AuditEntry {
            server: self.server.clone(),
            at: self.clock.now(),
            user: Some(caller.user.clone()),
            address: caller.address,
            action: AuditAction::Job,
            subject: Some(job.to_owned()),
            detail: run.id.as_ref().map(|id| format!("run {id}")),
        };
        self.audit.record(&entry).await?;
        Ok(run)
    }
}
