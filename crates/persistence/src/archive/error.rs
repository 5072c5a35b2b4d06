//! Why an archive could not be made or loaded: told to whoever runs the command, so each says what to do. Never holds a
//! password.

use bangui_domain::model::Lease;
use diesel::result::Error;
use thiserror::Error as ThisError;

use crate::error::DbError;

/// A backup, a restore or a copy that did not come about. Whatever it is, the database that was to be filled is as before.
#[derive(Debug, ThisError)]
pub enum ArchiveError {
    /// A database cannot be used at all.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database refused a statement.
    #[error("the database refused it: {0}")]
    Query(#[from] Error),
    /// The database has none of BanGUI's tables.
    #[error("{place} holds no tables of BanGUI: check the address of the database")]
    NoTables {
        /// Path, or host and database.
        place: String,
    },
    /// Something in the database that is not BanGUI's doing.
    #[error("the table {table} of {place} cannot be read whole: {why}")]
    Table {
        /// Path, or host and database.
        place: String,
        /// The table.
        table: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file that is not an archive, or is one no more.
    #[error("{name} is not used: {why}")]
    Unfit {
        /// The file.
        name: String,
        /// What is wrong with it, and what to do.
        why: String,
    },
    /// An archive of a newer BanGUI.
    #[error(
        "{name} was made by a newer BanGUI ({version}, {what}, which this version does not know): run that version, or \
         use an archive from before the upgrade"
    )]
    Newer {
        /// The file.
        name: String,
        /// The version that made it.
        version: String,
        /// What of it is not known.
        what: String,
    },
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Write(std::io::Error),
    /// The database that was to be filled is not empty.
    #[error(
        "{place} already holds data (the table {table} has rows): name an empty database, or say --replace to give up \
         what is there"
    )]
    NotEmpty {
        /// Path, or host and database.
        place: String,
        /// A table with rows.
        table: String,
    },
    /// A server uses the database that was to be filled.
    #[error(
        "a BanGUI server uses {place}: {} on host {}, process {}. Stop it, and all other replicas, and try again",
        .lease.holder.version, .lease.holder.host, .lease.holder.pid
    )]
    InUse {
        /// Path, or host and database.
        place: String,
        /// Who holds the scheduler lock.
        lease: Box<Lease>,
    },
    /// Another process has locked the database.
    #[error("another process has had {place} locked for {seconds} s: wait for it to end, and try again")]
    Busy {
        /// Path, or host and database.
        place: String,
        /// How long it was waited for.
        seconds: u64,
    },
}
