//! `bangui serve`: through all stages of the start, then serve until told to stop.

use crate::exit::Fatal;
use crate::settings::workers;
use crate::stage::{Locked, Migrated, Serving, Validated, Wired};

/// Runs the server.
pub(crate) async fn run(validated: Validated) -> Result<(), Fatal> {
    for warning in workers::warnings() {
        tracing::warn!("{warning}");
    }
    let bound = validated.bind()?;
    let migrated = Migrated::run(bound).await?;
    let locked = Locked::take(migrated).await?;
    let wired = Wired::build(locked).await?;
    Serving::start(wired)?.until_stopped().await
}
