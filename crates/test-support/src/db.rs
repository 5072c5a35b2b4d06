//! Throwaway databases: a SQLite file in a directory of its own, or a fresh database on a PostgreSQL server that
//! the environment names. Gone when dropped, also after a panic.
#![expect(clippy::panic, clippy::expect_used, reason = "a test harness ends the test that it cannot serve")]

mod place;
pub mod schema;

use bangui_domain::model::{Fence, LeaseHolder};
use bangui_domain::ports::{Acquired, LeaseStore, SCHEDULER_LEASE};
use bangui_persistence::{Db, DbKind, DbOptions};

/// Reads fail2ban's database, for tests of crates that do not know the one it is in.
pub use bangui_persistence::Fail2banDb;
pub use place::{Held, POSTGRES_URL, Place, SqliteFile};

/// A database of its own for one test, with all tables. Keep it until the test ends.
#[derive(Debug)]
pub struct TestDb {
    // Before the place, so that its connections are closed when the place goes.
    db: Db,
    place: Place,
}

impl TestDb {
    /// On SQLite.
    pub async fn sqlite() -> Self {
        Self::new(DbKind::Sqlite).await
    }

    /// On PostgreSQL, at the server that [`POSTGRES_URL`] names.
    ///
    /// # Panics
    ///
    /// When the variable is not set, or the server does not answer: a test is never skipped in silence.
    pub async fn postgres() -> Self {
        Self::new(DbKind::Postgres).await
    }

    /// On either.
    pub async fn new(kind: DbKind) -> Self {
        let place = Place::new(kind);
        let db = Db::connect(place.url(), &options()).await.expect("the test's database opens");
        db.migrate().await.expect("the test's database migrates");
        Self { db, place }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Its URL, for another [`Db`] on the same data.
    pub fn url(&self) -> &str {
        self.place.url()
    }

    /// Another connection pool on the same data, as a second process would have.
    pub async fn second(&self) -> Db {
        Db::connect(self.url(), &options()).await.expect("the test's database opens again")
    }

    /// Takes the scheduler lock, as the process that leads has it, and answers its token.
    ///
    /// # Panics
    ///
    /// When another has it.
    pub async fn lead(&self) -> Fence {
        let text = "test".to_owned();
        let holder = LeaseHolder { id: text.clone(), host: text.clone(), pid: 1, version: text };
        match self
            .db
            .acquire(SCHEDULER_LEASE, &holder, 60_000, None)
            .await
            .expect("the lock can be asked for")
        {
            Acquired::Yes(lease) => lease.fence,
            Acquired::HeldBy(lease) => panic!("{lease:?} holds the lock"),
        }
    }

    /// Runs SQL on the database, past everything that [`Db`] watches over.
    ///
    /// # Panics
    ///
    /// When the database refuses it.
    pub fn execute(&self, sql: &str) {
        self.place.execute(sql).expect("the SQL of a test runs");
    }

    /// How many rows `table` (or `table WHERE …`) has.
    ///
    /// # Panics
    ///
    /// When the database refuses the question.
    pub fn count(&self, table: &str) -> i64 {
        let query = format!("SELECT count(*) AS count FROM {table}");
        self.place.count(&query).unwrap_or_else(|error| panic!("{query}: {error}"))
    }
}

/// Options that fit a test: the file is made, and a server that is not there is not waited for.
pub fn options() -> DbOptions {
    DbOptions { create: true, connect_wait: std::time::Duration::from_secs(1), ..DbOptions::default() }
}

/// Makes two tests of one body: `name::sqlite` and `name::postgres`, each with a [`TestDb`] of its own.
///
/// ```ignore
/// both_databases!(a_user_is_found, |test| async move {
///     assert!(!UserStore::any(test.db()).await.unwrap());
/// });
/// ```
#[macro_export]
macro_rules! both_databases {
    ($name:ident, $body:expr) => {
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                $crate::db::run($crate::db::TestDb::sqlite().await, $body).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                $crate::db::run($crate::db::TestDb::postgres().await, $body).await;
            }
        }
    };
}

/// Gives a database to the body of a test; for [`both_databases`].
pub async fn run<F: Future<Output = ()>>(test: TestDb, body: impl FnOnce(TestDb) -> F) {
    body(test).await;
}
