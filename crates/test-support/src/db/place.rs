//! Where a throwaway database lies, and how it goes away. Knows no tables.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use bangui_persistence::DbKind;
use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, PgConnection, RunQueryDsl, SqliteConnection};
use tempfile::TempDir;

/// The environment variable with the URL of a throwaway PostgreSQL server, as a user that may make databases.
pub const POSTGRES_URL: &str = "BANGUI_TEST_POSTGRES_URL";

/// An empty database of its own.
#[derive(Debug)]
pub struct Place {
    url: String,
    kind: PlaceKind,
}

#[derive(Debug)]
enum PlaceKind {
    Sqlite(TempDir),
    Postgres { server: String, name: String },
}

impl Place {
    /// A new one: for SQLite a directory where no file is yet, for PostgreSQL a database without tables.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub fn new(kind: DbKind) -> Self {
        match kind {
            DbKind::Sqlite => Self::sqlite(),
            DbKind::Postgres => Self::postgres(),
        }
    }

    fn sqlite() -> Self {
        let directory =
            tempfile::Builder::new().prefix("bangui-db-").tempdir().expect("a temporary directory");
        let url = format!("sqlite://{}/bangui.db", directory.path().display());
        Self { url, kind: PlaceKind::Sqlite(directory) }
    }

    fn postgres() -> Self {
        Self::on(server_url())
    }

    /// A new one on the PostgreSQL server at `server`.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub fn on(server: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bangui_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(&server).unwrap_or_else(|error| {
            panic!(
                "the PostgreSQL server of {POSTGRES_URL} does not answer ({error}): run `cargo xtask test`"
            )
        });
        // Left over from a killed run whose process id came again.
        let statements = [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")];
        for statement in statements {
            admin.batch_execute(&statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        let url = database_url(&server, &name);
        Self { url, kind: PlaceKind::Postgres { server, name } }
    }

    /// The URL of the database, for `Db::connect`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs SQL there by a plain connection; the database must exist.
    pub fn execute(&self, sql: &str) -> Result<(), Box<dyn std::error::Error>> {
        match &self.kind {
            PlaceKind::Sqlite(directory) => SqliteFile::open(&file_in(directory)).execute(sql),
            PlaceKind::Postgres { .. } => connect(&self.url)?.batch_execute(sql)?,
        }
        Ok(())
    }

    /// Runs SQL there in a transaction that stays open, with the locks that it has taken, until what this answers is dropped.
    /// On PostgreSQL alone: on SQLite nobody else could write.
    pub fn hold(&self, sql: &str) -> Result<Held, Box<dyn std::error::Error>> {
        let mut connection = connect(&self.url)?;
        connection.batch_execute(&format!("BEGIN; {sql}"))?;
        Ok(Held(connection))
    }

    /// The number in the column `count` of the one row that `query` answers.
    pub fn count(&self, query: &str) -> Result<i64, Box<dyn std::error::Error>> {
        let query = diesel::sql_query(query);
        let row: Count = match &self.kind {
            PlaceKind::Sqlite(directory) => query.get_result(&mut SqliteFile::open(&file_in(directory)).0)?,
            PlaceKind::Postgres { .. } => query.get_result(&mut connect(&self.url)?)?,
        };
        Ok(row.count)
    }
}

/// A transaction that is open until this is dropped, with its connection.
pub struct Held(#[expect(dead_code, reason = "it is kept open, and dropped")] PgConnection);

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let PlaceKind::Postgres { server, name } = &self.kind else { return };
        let dropped = connect(server).map_err(|error| error.to_string()).and_then(|mut admin| {
            admin
                .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                .map_err(|error| error.to_string())
        });
        // A second panic while one is under way would end the process.
        if let Err(error) = dropped
            && !std::thread::panicking()
        {
            panic!("the test's database {name} could not be dropped: {error}");
        }
    }
}

fn file_in(directory: &TempDir) -> PathBuf {
    directory.path().join("bangui.db")
}

/// A SQLite file opened by a plain connection that stays open: to hold locks, or to play another program.
pub struct SqliteFile(SqliteConnection);

impl SqliteFile {
    /// Opens the file, or makes it.
    ///
    /// # Panics
    ///
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test's own file, known to be SQLite")]
        let opened = SqliteConnection::establish(&path.to_string_lossy());
        let mut file = Self(opened.unwrap_or_else(|error| panic!("{}: {error}", path.display())));
        file.execute("PRAGMA busy_timeout = 5000");
        file
    }

    /// Runs SQL.
    ///
    /// # Panics
    ///
    /// When SQLite refuses it.
    pub fn execute(&mut self, sql: &str) {
        self.0.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl SqliteFile {
    /// The number in the column `count` of the one row that `query` answers.
    ///
    /// # Panics
    ///
    /// When SQLite refuses it.
    pub fn count(&mut self, query: &str) -> i64 {
        let row: Result<Count, _> = diesel::sql_query(query).get_result(&mut self.0);
        row.unwrap_or_else(|error| panic!("{query}: {error}")).count
    }
}

fn server_url() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests have no settings file; this names their server")]
    let url = std::env::var(POSTGRES_URL);
    url.unwrap_or_else(|_| {
        panic!(
            "{POSTGRES_URL} is not set: run `cargo xtask test`, which starts a throwaway PostgreSQL, or set it to \
             the URL of one (postgres://user@host:port/postgres) where databases may be made and dropped"
        )
    })
}

fn connect(url: &str) -> Result<PgConnection, ConnectionError> {
    #[expect(clippy::disallowed_methods, reason = "the test server's URL is known to be PostgreSQL's")]
    PgConnection::establish(url)
}

/// The URL of the database `name` on the server of `server`.
fn database_url(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let scheme_end = base.find("://").map_or(0, |at| at + 3);
    let host = base.get(scheme_end..).unwrap_or_default().split('/').next().unwrap_or_default();
    let scheme = base.get(..scheme_end).unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}{host}/{name}{query}")
}
