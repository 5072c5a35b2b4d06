//! Opens connections for the pool: which database it is was decided by the URL's scheme, once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::r2d2::{HandleError, ManageConnection, R2D2Connection};
use diesel::{Connection as _, PgConnection};
use thiserror::Error;

use super::{AnyConnection, sqlite_file};
use crate::error::DbError;
use crate::location::Location;

/// How often a fault that lasts is told.
const LOG_PAUSE: Duration = Duration::from_secs(30);

/// How PostgreSQL's sessions begin. It overrates what looking rows up costs, and would compile each such statement, which
/// takes a hundred times as long as to run it.
const SESSION: &str = "SET jit = off";

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Reads alone (SQLite refuses writes on it).
    Reader,
    /// Reads and writes.
    Writer,
}

/// A connection that could not be opened, or does not answer any more. Holds no secret.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct OpenError(pub(super) String);

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Opener {
    location: Arc<Location>,
    role: Role,
}

impl Opener {
    pub(crate) fn new(location: Arc<Location>, role: Role) -> Self {
        Self { location, role }
    }

    /// Opens one connection, and says in full why it cannot.
    pub(crate) fn open(&self) -> Result<AnyConnection, DbError> {
        match &*self.location {
            Location::Sqlite(path) => sqlite_file::open(path, self.role).map(AnyConnection::Sqlite),
            Location::Postgres(url) => {
                #[expect(clippy::disallowed_methods, reason = "the one place that opens PostgreSQL")]
                let opened = PgConnection::establish(url.for_libpq());
                let failed = |error: &dyn std::error::Error| DbError::Postgres {
                    place: self.location.shown().into_owned(),
                    seconds: 0,
                    reason: connect_text(&self.location, &error.to_string()),
                };
                let mut connection = opened.map_err(|error| failed(&error))?;
                connection.batch_execute(SESSION).map_err(|error| failed(&error))?;
                Ok(AnyConnection::Postgres(connection))
            }
        }
    }
}

impl ManageConnection for Opener {
    type Connection = AnyConnection;
    type Error = OpenError;

    fn connect(&self) -> Result<AnyConnection, OpenError> {
        self.open().map_err(|error| match error {
            DbError::Postgres { reason, .. } => OpenError(reason),
            other => OpenError(other.to_string()),
        })
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), OpenError> {
        connection.ping().map_err(|error| OpenError(connect_text(&self.location, &error.to_string())))
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking() || connection.is_broken()
    }
}

/// What the database said about a connection: without secrets, on one line.
pub(crate) fn connect_text(location: &Location, message: &str) -> String {
    location.redact(message).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says in the log what the pool meets in its own threads; once in a while, since it tries without end.
#[derive(Debug, Default)]
pub(crate) struct LogFaults {
    last: Mutex<Option<Instant>>,
}

impl HandleError<OpenError> for LogFaults {
    fn handle_error(&self, error: OpenError) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|at| at.elapsed() >= LOG_PAUSE) {
            *last = Some(Instant::now());
            tracing::warn!(%error, "a connection to the database could not be opened");
        }
    }
}
