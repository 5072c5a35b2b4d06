//! Puts a jail back whose reload has failed.

use super::super::Client;
use super::{Plan, was_refused};
use crate::codec::{Text, Value};
use crate::error::Error;
use crate::reply::ServerException;
use crate::stream::{JailStream, ReloadFault, Restored};

impl Client {
    /// Puts the last good stream back and verifies it. By a restart, since a reload that failed leaves no jail, or one
    /// that is half made and never started.
    pub(super) async fn put_back(&self, plan: &Plan<'_>, fault: &ReloadFault) -> Restored {
        match self.try_to_put_back(plan, fault).await {
            Ok(restored) => restored,
            Err(error) => Restored::Failed { error: Box::new(error) },
        }
    }

    async fn try_to_put_back(&self, plan: &Plan<'_>, fault: &ReloadFault) -> Result<Restored, ReloadFault> {
        let jail = plan.stream.jail();
        let lost_reply = matches!(fault, ReloadFault::Error(error) if !was_refused(error));
        if lost_reply {
            let present = self.running(jail).await?;
            if plan.before.is_some() && same(plan, present.as_ref()) {
                return Ok(Restored::Untouched);
            }
        }
        let Some((stream, settings)) = &plan.last_good else {
            self.forget(jail).await?;
            return Ok(Restored::Absent);
        };
        let (mut stream, mut lost_logs) = (stream.clone(), Vec::new());
        loop {
            match self.send(&stream, true).await {
                Ok(()) => break,
                // A jail that has been running for long may read a file that is no more. It is better off without.
                Err(Error::Server { exception, command }) => match missing_log(&exception, &stream) {
                    Some(path) => {
                        stream.remove_log_path(&path);
                        lost_logs.push(path);
                    }
                    None => return Err(Error::Server { command, exception }.into()),
                },
                Err(error) if error.is_outcome_unknown() && self.is_back().await.is_ok() => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.verify(&stream, settings).await?;
        let lost_bans = self.lost_bans(jail, &plan.bans, true).await?;
        Ok(Restored::Back { lost_bans, lost_logs })
    }
}

/// The log file of the stream that could not be opened: a system error has a number, a text and the file.
fn missing_log(exception: &ServerException, stream: &JailStream) -> Option<Text> {
    match exception.args() {
        [Value::Int(_), _, Value::Str(path), ..] => stream.log_paths().find(|own| *own == path).cloned(),
        _ => None,
    }
}

/// Whether the jail is as it was.
fn same(plan: &Plan<'_>, present: Option<&super::Running>) -> bool {
    match (&plan.before, present, &plan.last_good) {
        (Some(before), Some(present), Some((stream, settings))) => {
            before.actions == present.actions && present.differences(stream, settings).is_empty()
        }
        _ => false,
    }
}
