//! `bangui migrate`: brings the tables of the database and of the job queue up to date, under whatever role the
//! URL names, and ends.

use crate::exit::Fatal;
use crate::stage::{Validated, open_queue};

/// Migrates.
pub(crate) async fn run(validated: Validated) -> Result<(), Fatal> {
    let db = validated.open().await?;
    open_queue(validated.settings(), &db).await?.close().await;
    println!("{} is up to date.", db.place());
    Ok(())
}
