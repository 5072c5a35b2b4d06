//! What `backup`, `restore` and `copy` share: filling a database, what a failure is to whoever runs the command, and how a
//! size is told.

use bangui_domain::chain;
use bangui_jobs::lease::{Watched, watch};
use bangui_persistence::archive::{ArchiveError, Contents, Source};
use bangui_persistence::{Db, DbKind, DbOptions};

use crate::exit::{ExitCode, Fatal};
use crate::stage::code;

/// Fills the database at `url`, and answers where that is and what it got. Waits until it is sure that no server uses it.
pub(super) async fn fill(url: &str, source: Source, replace: bool) -> Result<(String, Contents), Fatal> {
    let options = DbOptions { create: true, ..DbOptions::default() };
    let db = Db::connect(url, &options).await.map_err(|error| fatal(&error.into()))?;
    let has_lock = db.judge_target(replace).await.map_err(|error| fatal(&error))?;
    let mut unrenewed = None;
    if has_lock {
        let watched = watch(&db, db.kind() == DbKind::Postgres).await;
        match watched.map_err(|error| Fatal::new(ExitCode::Unavailable, format!("{}.", chain(&error))))? {
            Watched::Unused(lease) => unrenewed = lease,
            Watched::InUse(lease) => {
                return Err(fatal(&ArchiveError::InUse { place: db.place(), lease: Box::new(lease) }));
            }
        }
    }
    let contents = db.load(source, replace, unrenewed).await.map_err(|error| fatal(&error))?;
    Ok((db.place(), contents))
}

/// The end that a failure makes.
pub(super) fn fatal(error: &ArchiveError) -> Fatal {
    let code = match error {
        ArchiveError::Db(error) => code(error),
        ArchiveError::Query(_) => ExitCode::Unavailable,
        ArchiveError::Newer { .. } => ExitCode::Internal,
        ArchiveError::Write(_) => ExitCode::Io,
        ArchiveError::InUse { .. } | ArchiveError::Busy { .. } => ExitCode::TryAgain,
        ArchiveError::NoTables { .. }
        | ArchiveError::Table { .. }
        | ArchiveError::Unfit { .. }
        | ArchiveError::NotEmpty { .. } => ExitCode::Failed,
    };
    Fatal::new(code, format!("{}.", chain(error)))
}

/// Runs what blocks, on a thread for such work.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static,
) -> Result<T, Fatal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| fatal(&error)),
        Err(error) => Err(Fatal::new(ExitCode::Internal, format!("The work was cut short: {error}."))),
    }
}

/// The rows of each table, for people.
pub(super) fn told(contents: &Contents) -> String {
    let tables: Vec<String> = contents.tables().map(|(name, rows)| format!("{name} {rows}")).collect();
    format!("{} rows ({})", contents.rows(), tables.join(", "))
}
