//! `bangui migrate`: brings the tables of the database and of the job queue up to date, under whatever role the
//! URL names, and ends; or only tells whether they are.

use bangui_persistence::archive::{Pending, Snapshot};

use super::archive::blocking;
use crate::exit::{ExitCode, Fatal};
use crate::stage::{Loaded, Validated, open_queue, queue_pending};

/// Migrates.
pub(crate) async fn run(validated: Validated) -> Result<(), Fatal> {
    let db = validated.open().await?;
    open_queue(validated.settings(), &db).await?.close().await;
    println!("{} is up to date.", db.place());
    Ok(())
}

/// Tells whether there is something to migrate, and fails if so. Changes nothing.
pub(crate) async fn check(loaded: &Loaded) -> Result<(), Fatal> {
    let url = loaded.settings().database.url.expose().to_owned();
    let Pending { place, versions } = blocking(move || Snapshot::pending(&url)).await?;
    let queued = queue_pending(loaded.settings()).await?;
    let mut missing = Vec::new();
    if !versions.is_empty() {
        missing.push(format!("the migrations {}", versions.join(", ")));
    }
    if queued > 0 {
        missing.push(format!("{queued} migrations of the job queue"));
    }
    if missing.is_empty() {
        println!("{place} is up to date.");
        return Ok(());
    }
    Err(Fatal::new(
        ExitCode::Failed,
        format!(
            "{place} lacks {}: `bangui migrate` or the next start applies them. Make a backup first.",
            missing.join(" and ")
        ),
    ))
}
