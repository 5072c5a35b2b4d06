//! The SQLite file itself: made with mode 0600 and only when that was asked for, opened without ever making one,
//! and set up by PRAGMAs that are read back.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Role;
use crate::error::DbError;
use crate::location::sqlite_uri;

/// What a file's mode gives to those who are neither its user nor in its group.
const OTHERS: u32 = 0o007;

/// How often a new file is set up while others do the same: the step to WAL does not wait for them by itself.
const SET_UP_TRIES: u32 = 200;
const SET_UP_PAUSE: Duration = Duration::from_millis(50);

/// What is beside a SQLite file while a server has it open, or after it was killed.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-lock"];

/// Sees to it that the file is there: makes it if `create`, or closes an open one to others, and tells what is wrong otherwise.
/// Whoever must not make it changes nothing about it either.
pub fn prepare(path: &Path, create: bool) -> Result<(), DbError> {
    let shown = path.display().to_string();
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {
            if create {
                close_to_others(path);
            }
            return Ok(());
        }
        Ok(_) => return Err(DbError::Sqlite { path: shown, reason: "it is not a file".to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(DbError::NotWritable { path: shown, source }),
    }
    if !create {
        return Err(DbError::Missing { path: shown });
    }
    let directory = directory_of(path);
    if !directory.is_dir() {
        return Err(DbError::NoDirectory { path: directory.display().to_string() });
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(DbError::NotWritable { path: shown, source }),
    }
}

/// Takes the file and what is beside it from those who are neither its user nor of its group. By its path and not through a
/// descriptor: to close one gives up the locks that this process has on the file.
fn close_to_others(path: &Path) {
    let beside = BESIDE.iter().map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    for path in std::iter::once(path.to_owned()).chain(beside) {
        let Ok(found) = std::fs::metadata(&path) else { continue };
        let mode = found.permissions().mode() & 0o7777;
        if mode & OTHERS == 0 {
            continue;
        }
        let shown = path.display();
        match std::fs::set_permissions(&path, Permissions::from_mode(mode & !OTHERS)) {
            Ok(()) => tracing::warn!("{shown} was open to everybody on this machine, and is not any more"),
            Err(error) => tracing::warn!(
                "{shown} is open to everybody on this machine: chmod o-rwx it, which this user may not do ({error})"
            ),
        }
    }
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Opens the file, which must exist, and sets it up.
pub(super) fn open(path: &Path, role: Role) -> Result<SqliteConnection, DbError> {
    let fault = |reason: String| DbError::of_sqlite(path.display().to_string(), reason);
    let uri = sqlite_uri(path, "rw").ok_or_else(|| fault("its path is not UTF-8".to_owned()))?;
    #[expect(clippy::disallowed_methods, reason = "the one place that opens SQLite; the URI makes no file")]
    let mut connection = SqliteConnection::establish(&uri).map_err(|error| fault(error.to_string()))?;
    if role == Role::Writer {
        sort_beside(&mut connection, path).map_err(|error| fault(error.to_string()))?;
    }
    let mut tries = SET_UP_TRIES;
    while let Err(error) = set_up(&mut connection, role) {
        tries -= 1;
        if tries == 0 || !error.to_string().contains("database is locked") {
            return Err(fault(error.to_string()));
        }
        std::thread::sleep(SET_UP_PAUSE);
    }
    check(&mut connection, path)?;
    Ok(connection)
}

/// Lets SQLite put what it sorts beside the file, for this whole process: the directories that it takes by itself may not be
/// there or be read-only, and in memory the sorting of a large history could be ended by the memory limit of a container. The
/// PRAGMA is deprecated, which does not matter to a SQLite that is compiled in and tested.
fn sort_beside(connection: &mut SqliteConnection, path: &Path) -> QueryResult<()> {
    let directory = directory_of(path);
    // SQLite refuses a directory that it cannot write. Such a database cannot be written either, and that is said in its turn.
    let writable = rustix::fs::access(&directory, rustix::fs::Access::WRITE_OK).is_ok();
    let Some(directory) = directory.to_str().filter(|_| writable) else { return Ok(()) };
    connection.batch_execute(&format!("PRAGMA temp_store_directory = '{}'", directory.replace('\'', "''")))
}

fn set_up(connection: &mut SqliteConnection, role: Role) -> QueryResult<()> {
    connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
    let mode = journal_mode(connection)?;
    if mode != "wal" {
        connection.batch_execute("PRAGMA journal_mode = WAL;")?;
    }
    connection.batch_execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;")?;
    if role == Role::Reader {
        connection.batch_execute("PRAGMA query_only = ON;")?;
    }
    Ok(())
}

fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), DbError> {
    let unread =
        |error: diesel::result::Error| DbError::of_sqlite(path.display().to_string(), error.to_string());
    let differs =
        |pragma, wanted, found| DbError::Pragma { path: path.display().to_string(), pragma, wanted, found };
    let mode = journal_mode(connection).map_err(unread)?;
    if mode != "wal" {
        return Err(differs("journal_mode", "wal", mode));
    }
    for (pragma, column, wanted) in [
        ("synchronous", "SELECT synchronous AS value FROM pragma_synchronous", "1"),
        ("busy_timeout", "SELECT timeout AS value FROM pragma_busy_timeout", "5000"),
        ("foreign_keys", "SELECT foreign_keys AS value FROM pragma_foreign_keys", "1"),
    ] {
        let row: Number = diesel::sql_query(column).get_result(connection).map_err(unread)?;
        if row.value.to_string() != wanted {
            return Err(differs(pragma, wanted, row.value.to_string()));
        }
    }
    Ok(())
}

fn journal_mode(connection: &mut SqliteConnection) -> QueryResult<String> {
    let row: Mode = diesel::sql_query("PRAGMA journal_mode").get_result(connection)?;
    Ok(row.journal_mode)
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}
