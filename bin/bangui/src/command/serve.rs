//! `bangui serve`: through all stages of the start, then serve until told to stop.

use crate::exit::Fatal;
use crate::stage::{Loaded, Locked, Migrated, Serving, Validated, Wired};

/// Runs the server.
pub(crate) async fn run(loaded: Loaded) -> Result<(), Fatal> {
    let bound = Validated::new(loaded)?.bind()?;
    let migrated = Migrated::run(bound).await?;
    let locked = Locked::take(migrated).await?;
    let wired = Wired::build(locked).await?;
    Serving::start(wired)?.until_stopped().await
}
