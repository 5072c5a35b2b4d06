//! Opens SQLite files that other programs have made, and that may hold anything: only for reading, only from tables, and
//! within limits on time, steps and sizes. Knows no table of any program.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, OptionalExtension as _};

use crate::location::sqlite_uri;

/// How long opening and reading may take together. The program that owns the file may wait for all of it.
const TIME: Duration = Duration::from_secs(2);
/// How long a read waits while the file is written, a part of [`TIME`].
const BUSY: Duration = Duration::from_secs(1);
/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 1_000;
/// How often that may be in one reading: a hundred million steps read some millions of rows.
const ROUNDS: u32 = 100_000;
/// The longest value or row that SQLite may hold in memory, in bytes. A file with a longer row is not read at all.
const LONGEST: i32 = 64 << 20;
/// The longest pattern of LIKE and GLOB, in bytes: a long one may take years for one value, in a single step.
const PATTERN: i32 = 100;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its owner is writing.
    Busy,
    /// The limit on time or steps was reached.
    TooSlow,
    /// Anything else, in words.
    Other(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy => f.write_str("it is being written"),
            Self::TooSlow => write!(
                f,
                "reading a part of it takes longer than {} s: the file is damaged, made by another program, or on a slow disk",
                TIME.as_secs()
            ),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::OperationInterrupted) => Self::TooSlow,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// Opens the file at `path` for one reading. It is never opened in another way, since closing that other handle would take
/// away the locks by which SQLite keeps readers and writers apart.
pub(crate) fn open(path: &Path) -> Result<Connection, Fault> {
    open_within(path, TIME, ROUNDS)
}

/// The same within another time and so many looks at the clock.
pub(crate) fn open_within(path: &Path, time: Duration, rounds: u32) -> Result<Connection, Fault> {
    let unfit = |reason: &str| Fault::Other(reason.to_owned());
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(unfit("it is not a file")),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(Fault::Other(format!("{error} (on one of its directories)")));
        }
        Err(error) => return Err(Fault::Other(error.to_string())),
    }
    let uri = sqlite_uri(path, "ro").ok_or_else(|| unfit("its path is not UTF-8"))?;
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags).map_err(|error| {
        Fault::Other(format!("{error}; the user that runs BanGUI needs read permission on the file"))
    })?;
    connection.busy_timeout(BUSY)?;
    let (begun, mut round) = (Instant::now(), 0);
    connection.progress_handler(
        STEPS,
        Some(move || {
            round += 1;
            round > rounds || begun.elapsed() > time
        }),
    )?;
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    ] {
        connection.set_db_config(setting, value)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN)?;
    connection.execute_batch(
        "PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

/// Refuses the file unless `name` is a table that stands in it with all its columns: what a view, a virtual table or a
/// generated column answers is computed, at any cost.
pub(crate) fn check_table(connection: &Connection, name: &str) -> Result<(), Fault> {
    let found = connection
        .query_row(
            "SELECT type, rootpage > 0 FROM sqlite_schema WHERE lower(name) = ?1 AND type IN ('table', 'view')",
            [name],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<bool>>(1)?.unwrap_or_default())),
        )
        .optional()?;
    match found {
        Some((kind, true)) if kind == "table" => {}
        Some((kind, _)) => {
            return Err(Fault::Other(format!(
                "{name} is a {}, and not a table: the program that it belongs to has not made this file",
                if kind == "view" { "view" } else { "virtual table" }
            )));
        }
        None => return Err(Fault::Other(format!("no such table: {name}"))),
    }
    let computed: Option<String> = connection
        .query_row("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden IN (2, 3) LIMIT 1", [name], |row| {
            row.get(0)
        })
        .optional()?;
    computed.map_or(Ok(()), |column| {
        Err(Fault::Other(format!(
            "{name}.{column} is a generated column: the program that it belongs to has not made this file"
        )))
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::{Fault, check_table, open, open_within};

    fn file(sql: &str) -> (TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        Connection::open(&path).expect("a database").execute_batch(sql).expect("a statement");
        (directory, path)
    }

    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";

    #[test]
    fn views_and_virtual_tables_are_named_and_not_asked() {
        for (sql, part) in [
            (format!("CREATE VIEW bans AS {ENDLESS}"), "bans is a view"),
            ("CREATE VIRTUAL TABLE bans USING fts5(jail)".to_owned(), "bans is a virtual table"),
            ("CREATE TABLE other (jail)".to_owned(), "no such table: bans"),
            ("CREATE TABLE Bans (jail, ip AS (jail || 1))".to_owned(), "bans.ip is a generated column"),
            (
                "CREATE TABLE bans (jail, ip AS (jail || 1) STORED)".to_owned(),
                "bans.ip is a generated column",
            ),
        ] {
            let (_directory, path) = file(&sql);
            let fault = check_table(&open(&path).expect("it opens"), "bans").expect_err("it is refused");
            assert!(fault.to_string().contains(part), "{fault}");
        }
        let (_directory, path) = file("CREATE TABLE Bans (jail)");
        assert_eq!(check_table(&open(&path).expect("it opens"), "bans"), Ok(()));
    }

    #[test]
    fn whatever_is_asked_has_an_end() {
        let (_directory, path) = file(&format!("CREATE TABLE bans (jail); CREATE VIEW endless AS {ENDLESS}"));
        let count = |connection: &Connection, from: &str| {
            let counted =
                connection.query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get::<_, i64>(0));
            counted.map_err(Fault::from)
        };
        let by_steps = open_within(&path, Duration::from_mins(10), 100).expect("it opens");
        assert_eq!(count(&by_steps, &format!("({ENDLESS})")), Err(Fault::TooSlow));
        let by_time = open_within(&path, Duration::ZERO, u32::MAX).expect("it opens");
        assert_eq!(count(&by_time, &format!("({ENDLESS})")), Err(Fault::TooSlow));
        let refused = count(&open(&path).expect("it opens"), "endless");
        assert!(matches!(refused, Err(Fault::Other(_))), "views are not asked: {refused:?}");
    }

    #[test]
    fn nothing_is_written_and_nothing_large_is_held() {
        let (_directory, path) = file("CREATE TABLE bans (jail)");
        let connection = open(&path).expect("it opens");
        assert!(connection.execute("INSERT INTO bans VALUES (1)", []).is_err());
        assert!(connection.execute("ATTACH ':memory:' AS other", []).is_err());
        let large = connection.query_row("SELECT zeroblob(100000000)", [], |row| row.get::<_, Vec<u8>>(0));
        assert!(large.expect_err("too big").to_string().contains("too big"));
    }
}
