//! Stage 3: the database answers and has this version's tables.

use std::net::TcpListener;
use std::path::PathBuf;

use bangui_jobs::JobStorage;
use bangui_jobs::queue::{pending_postgres, pending_sqlite};
use bangui_persistence::{Db, DbError, DbOptions, prepare_sqlite_file};

use super::Validated;
use super::listener::Listener;
use super::validated::Bound;
use crate::exit::{ExitCode, Fatal};
use crate::settings::Settings;
use bangui_domain::chain;

/// A database that is ready for use.
pub(crate) struct Migrated {
    pub(super) settings: Settings,
    pub(super) listeners: Vec<Listener>,
    pub(super) metrics_listeners: Vec<TcpListener>,
    pub(super) db: Db,
}

impl Migrated {
    /// Connects, and brings the tables up to date.
    pub(crate) async fn run(bound: Bound) -> Result<Self, Fatal> {
        let db = open(&bound.settings).await?;
        let Bound { settings, listeners, metrics_listeners } = bound;
        Ok(Self { settings, listeners, metrics_listeners, db })
    }
}

/// Connects to the database of `settings` and migrates it: what a server does at start, and all that
/// `bangui migrate` and `bangui user` need.
pub(crate) async fn open(settings: &Settings) -> Result<Db, Fatal> {
    let options = DbOptions { create: true, ..DbOptions::default() };
    let fatal = |error: DbError| Fatal::new(code(&error), format!("{}.", chain(&error)));
    let db = Db::connect(settings.database.url.expose(), &options).await.map_err(fatal)?;
    let report = db.migrate().await.map_err(fatal)?;
    if !report.applied.is_empty() {
        tracing::info!(applied = report.applied.join(", "), "database migrated");
    }
    if let (Some(before), Some(now)) = (&report.before, report.applied.last()) {
        tracing::warn!(
            "the database was brought from the schema {before} to {now}: an older BanGUI refuses it from now on, and the way \
             back is an archive that was made before (docs/backup.md)"
        );
    }
    Ok(db)
}

/// Opens the job queue that belongs to the database, and makes its tables.
pub(crate) async fn open_queue(settings: &Settings, db: &Db) -> Result<JobStorage, Fatal> {
    let storage = match db.sqlite_path() {
        Some(path) => {
            let file = queue_file(path);
            prepare_sqlite_file(&file, true)
                .map_err(|error| Fatal::new(code(&error), format!("{}.", chain(&error))))?;
            JobStorage::sqlite(&file).await
        }
        None => JobStorage::postgres(settings.database.url.expose()).await,
    };
    storage.map_err(|error| Fatal::new(ExitCode::Unavailable, format!("{}.", chain(&error))))
}

/// How many migrations the job queue that belongs to the database of `settings` lacks.
pub(crate) async fn queue_pending(settings: &Settings) -> Result<usize, Fatal> {
    let url = settings.database.url.expose();
    let file = bangui_persistence::sqlite_file(url)
        .map_err(|error| Fatal::new(code(&error), format!("{}.", chain(&error))))?;
    let pending = match file {
        Some(path) => pending_sqlite(&queue_file(&path)).await,
        None => pending_postgres(url).await,
    };
    pending.map_err(|error| Fatal::new(ExitCode::Unavailable, format!("{}.", chain(&error))))
}

/// `bangui.db` keeps its queue in `bangui-jobs.db`.
pub(crate) fn queue_file(database: &std::path::Path) -> PathBuf {
    let stem = database.file_stem().unwrap_or_default().to_string_lossy();
    database.with_file_name(format!("{stem}-jobs.db"))
}

/// The exit code that belongs to a database that cannot be used.
pub(crate) fn code(error: &DbError) -> ExitCode {
    match error {
        DbError::Url { .. } => ExitCode::Config,
        DbError::Postgres { .. } => ExitCode::Unavailable,
        DbError::MigrationBusy { .. } => ExitCode::TryAgain,
        DbError::NotWritable { .. }
        | DbError::NoDirectory { .. }
        | DbError::Missing { .. }
        | DbError::Sqlite { .. }
        | DbError::Pragma { .. }
        | DbError::Damaged { .. } => ExitCode::Io,
        _ => ExitCode::Internal,
    }
}

impl Validated {
    /// Connects and migrates without binding a port: for the commands that do not serve.
    pub(crate) async fn open(&self) -> Result<Db, Fatal> {
        open(self.settings()).await
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::queue_file;

    #[test]
    fn the_queue_lies_beside_the_database() {
        assert_eq!(queue_file(Path::new("/data/bangui.db")), Path::new("/data/bangui-jobs.db"));
        assert_eq!(queue_file(Path::new("/data/store")), Path::new("/data/store-jobs.db"));
    }
}
