//! `bangui serve`: through all stages of the start, then serve until told to stop. A signal during the start ends it there,
//! and gives back a lock that was taken.

use std::sync::Arc;

use crate::exit::Fatal;
use crate::logging::LogFilter;
use crate::settings::warnings::warnings;
use crate::signals::Signals;
use crate::stage::{Locked, Migrated, Serving, Validated, Wired};
use crate::supervisor;

/// Runs the server, whose log is behind `log`.
pub(crate) async fn run(validated: Validated, log: LogFilter) -> Result<(), Fatal> {
    let mut signals = Signals::new()?;
    for warning in warnings(validated.settings()) {
        tracing::warn!("{warning}");
    }
    let bound = validated.bind()?;
    let Some(migrated) = signals.unless(Migrated::run(bound)).await? else { return Ok(()) };
    let Some(locked) = signals.unless(Locked::take(migrated)).await? else { return Ok(()) };
    let lease = Arc::clone(locked.lease());
    match signals.unless(Wired::build(locked, log)).await {
        Ok(Some(wired)) => {
            let serving = Serving::start(wired)?;
            supervisor::ready();
            serving.until_stopped(signals).await
        }
        Ok(None) => {
            lease.give_back().await;
            Ok(())
        }
        Err(fatal) => {
            lease.give_back().await;
            Err(fatal)
        }
    }
}
