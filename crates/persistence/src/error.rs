//! Why the database cannot be used at all: told to whoever starts the server, so each says what to do. Never
//! holds a password.

use std::io;

use thiserror::Error;

/// A database that could not be opened, checked or migrated.
#[derive(Debug, Error)]
pub enum DbError {
    /// Not a database URL.
    #[error("the database URL cannot be used: {why}; {forms}")]
    Url {
        /// What is wrong with it.
        why: String,
        /// What would be right.
        forms: &'static str,
    },
    /// There is no SQLite file, and none was to be made.
    #[error("there is no database {path}: check the path, or start the server, which makes it")]
    Missing {
        /// The file.
        path: String,
    },
    /// The directory of the SQLite file is not there.
    #[error(
        "the directory {path} for the database does not exist: make it, owned by the user that runs BanGUI"
    )]
    NoDirectory {
        /// The directory.
        path: String,
    },
    /// The SQLite file cannot be made.
    #[error(
        "the database {path} cannot be created: {source}; give the user that runs BanGUI write permission on its \
         directory, or set another path"
    )]
    NotWritable {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The SQLite file cannot be opened or is not fit for use.
    #[error(
        "the database {path} cannot be used: {reason}; check that it is BanGUI's own file and that the user that \
         runs BanGUI may write to it and to its directory, or restore it from a backup"
    )]
    Sqlite {
        /// The file.
        path: String,
        /// What SQLite said.
        reason: String,
    },
    /// A PRAGMA did not take effect.
    #[error(
        "the database {path} does not take {pragma}={wanted} (it stays {found}): put it on a local file system, \
         not on a network share"
    )]
    Pragma {
        /// The file.
        path: String,
        /// The setting.
        pragma: &'static str,
        /// What it has to be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// PostgreSQL does not answer, or does not let us in.
    #[error(
        "PostgreSQL at {place} cannot be used after {seconds} s of trying: {reason}; check that it runs, that host, \
         port and database are right, and that the user may log in"
    )]
    Postgres {
        /// Host, port and database.
        place: String,
        /// How long it was tried.
        seconds: u64,
        /// What libpq said.
        reason: String,
    },
    /// The database was made by a newer BanGUI.
    #[error(
        "the database {place} comes from a newer BanGUI (it has the migrations {versions}, which this version does \
         not know): run that version, or restore a backup from before the upgrade"
    )]
    Newer {
        /// Path, or host and database.
        place: String,
        /// The unknown migrations.
        versions: String,
    },
    /// The SQLite file belongs to another program.
    #[error(
        "{path} is the database of another program (it has the table {table} and no migrations of BanGUI): nothing \
         was changed; set the path of a file of BanGUI's own"
    )]
    Foreign {
        /// The file.
        path: String,
        /// One of its tables.
        table: String,
    },
    /// SQLite found damage.
    #[error(
        "the database {path} is damaged ({report}): move it away, and make a new one from a backup with `bangui restore`"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What `quick_check` said first.
        report: String,
    },
    /// Somebody else is migrating, for too long.
    #[error(
        "another process has been migrating the database {place} for {seconds} s: wait for it to end, then start \
         again"
    )]
    MigrationBusy {
        /// Path, or host and database.
        place: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// A migration failed; nothing of it stays.
    #[error("the database {place} could not be migrated: {reason}; nothing was changed")]
    Migration {
        /// Path, or host and database.
        place: String,
        /// What the database said.
        reason: String,
    },
    /// The work was cut short inside the process.
    #[error("the work on the database was cut short: {0}")]
    Interrupted(String),
}

impl DbError {
    /// What SQLite says of a file: that it is damaged, or something else.
    pub(crate) fn of_sqlite(path: String, reason: String) -> Self {
        if reason.contains("malformed") {
            Self::Damaged { path, report: reason }
        } else {
            Self::Sqlite { path, reason }
        }
    }
}
