//! `bangui migrate`: brings the tables of the database and of the job queue up to date, under whatever role the
//! URL names, and ends.

use crate::exit::Fatal;
use crate::stage::{Loaded, Validated, open_queue};

/// Migrates.
pub(crate) async fn run(loaded: Loaded) -> Result<(), Fatal> {
    let validated = Validated::new(loaded)?;
    let db = validated.open().await?;
    open_queue(validated.settings(), &db).await?.close().await;
    println!("{} is up to date.", db.place());
    Ok(())
}
