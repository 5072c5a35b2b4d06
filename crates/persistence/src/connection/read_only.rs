//! Opens a database to read it as it is at one moment: one transaction, in which nothing can be written. Beside a running
//! server, and also where a SQLite file lies in a directory that cannot be written.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{AnyConnection, Opener, Role, connect_text};
use crate::error::DbError;
use crate::location::{Location, sqlite_uri};

/// How long a read waits where SQLite needs the file for itself for a moment, in milliseconds.
const BUSY_MILLIS: u32 = 5000;
/// How SQLite says that it cannot make the files that it needs beside this one.
const NO_LOCKS: [&str; 2] = ["unable to open database file", "attempt to write a readonly database"];

/// A database at one moment.
pub(crate) struct ReadOnly {
    pub(crate) connection: AnyConnection,
    pub(crate) location: Arc<Location>,
    /// Set where the file is read without locks.
    unlocked: Option<Unlocked>,
}

impl ReadOnly {
    /// Opens it. The moment is that of the first statement.
    pub(crate) fn open(location: Arc<Location>) -> Result<Self, DbError> {
        let (connection, unlocked) = match &*location {
            Location::Sqlite(path) => {
                let (sqlite, unlocked) = sqlite(path)?;
                (AnyConnection::Sqlite(sqlite), unlocked)
            }
            Location::Postgres(_) => (postgres(&location)?, None),
        };
        Ok(Self { connection, location, unlocked })
    }

    /// Fails if what was read may be of more than one moment, which can be only where SQLite's locks could not be used.
    pub(crate) fn still_whole(&self) -> Result<(), DbError> {
        self.unlocked.as_ref().map_or(Ok(()), Unlocked::still_whole)
    }
}

fn postgres(location: &Arc<Location>) -> Result<AnyConnection, DbError> {
    let mut connection = Opener::new(Arc::clone(location), Role::Reader).open()?;
    connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").map_err(|error| {
        DbError::Postgres {
            place: location.shown().into_owned(),
            seconds: 0,
            reason: connect_text(location, &error.to_string()),
        }
    })?;
    Ok(connection)
}

fn sqlite(path: &Path) -> Result<(SqliteConnection, Option<Unlocked>), DbError> {
    let shown = || path.display().to_string();
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(DbError::Sqlite { path: shown(), reason: "it is not a file".to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(DbError::Missing { path: shown() });
        }
        Err(error) => return Err(DbError::Sqlite { path: shown(), reason: error.to_string() }),
    }
    let failed = |reason: String| DbError::of_sqlite(shown(), reason);
    match begin(path, "ro") {
        Ok(connection) => Ok((connection, None)),
        // SQLite keeps its locks in a file beside this one and cannot make it. Without a journal nobody has this one open.
        Err(error) if NO_LOCKS.iter().any(|part| error.contains(part)) && !journal(path).exists() => {
            let unlocked = Unlocked::note(path)?;
            Ok((begin(path, "ro&immutable=1").map_err(failed)?, Some(unlocked)))
        }
        Err(error) => Err(failed(error)),
    }
}

fn begin(path: &Path, mode: &str) -> Result<SqliteConnection, String> {
    let uri = sqlite_uri(path, mode).ok_or("its path is not UTF-8")?;
    #[expect(clippy::disallowed_methods, reason = "opened read-only by its URI, which makes no file")]
    let mut connection = SqliteConnection::establish(&uri).map_err(|error| error.to_string())?;
    connection
        .batch_execute(&format!(
            "PRAGMA busy_timeout = {BUSY_MILLIS}; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; \
             PRAGMA cell_size_check = ON; BEGIN; SELECT count(*) FROM sqlite_schema;"
        ))
        .map_err(|error| error.to_string())?;
    match computed(&mut connection).map_err(|error| error.to_string())? {
        None => Ok(connection),
        Some(name) => Err(format!(
            "{name} is a view, a virtual table or a generated column: what it answers is computed, and BanGUI has made no \
             such thing"
        )),
    }
}

/// A view, virtual table or generated column, if there is one. Somebody hands this file over, and it may hold anything.
fn computed(connection: &mut SqliteConnection) -> QueryResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let found = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'view' OR (type = 'table' AND coalesce(rootpage, 0) = 0) \
         UNION ALL SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c \
         WHERE t.type = 'table' AND c.hidden IN (2, 3) LIMIT 1",
    );
    Ok(found.get_result::<Named>(connection).optional()?.map(|found| found.name))
}

/// `bangui.db-wal`: there while a process has the file open, or after it was killed.
fn journal(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// A file that is read without locks, since nobody had it open.
struct Unlocked {
    path: PathBuf,
    before: Metadata,
}

impl Unlocked {
    fn note(path: &Path) -> Result<Self, DbError> {
        let before = metadata(path)?;
        Ok(Self { path: path.to_owned(), before })
    }

    fn still_whole(&self) -> Result<(), DbError> {
        let after = metadata(&self.path)?;
        let same = |of: fn(&Metadata) -> i64| of(&self.before) == of(&after);
        if !journal(&self.path).exists()
            && self.before.len() == after.len()
            && same(Metadata::mtime)
            && same(Metadata::mtime_nsec)
        {
            return Ok(());
        }
        Err(DbError::Sqlite {
            path: self.path.display().to_string(),
            reason: "a server has opened it meanwhile, and its directory cannot be written, so that it was read without \
                     locks: try again now that it runs"
                .to_owned(),
        })
    }
}

fn metadata(path: &Path) -> Result<Metadata, DbError> {
    std::fs::metadata(path).map_err(|error| DbError::of_sqlite(path.display().to_string(), error.to_string()))
}
