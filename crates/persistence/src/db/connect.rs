//! Opens the database: makes the SQLite file where that was asked for, waits for a PostgreSQL server that is
//! still starting, and reports what is wrong in words that help.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::r2d2::{ManageConnection, Pool};
use tokio::sync::Semaphore;

use super::{Db, DbOptions, Lane, Shared};
use crate::connection::{LogFaults, Opener, Role, prepare_sqlite_file};
use crate::error::DbError;
use crate::lease::LockFile;
use crate::location::Location;

/// How long a statement waits for a connection that has to be opened.
const OPEN_WAIT: Duration = Duration::from_secs(5);
/// The pause between two tries.
const RETRY: Duration = Duration::from_secs(1);

impl Db {
    /// Opens the database that `url` names, and checks that it answers; makes no tables ([`Db::migrate`] does).
    ///
    /// `sqlite:///var/lib/bangui/bangui.db` is an absolute path, `sqlite://bangui.db` one relative to the working
    /// directory, with %-escapes decoded and without parameters; `postgres://…` and `postgresql://…` are libpq's
    /// own form. Any other scheme is an error.
    pub async fn connect(url: &str, options: &DbOptions) -> Result<Self, DbError> {
        let location = Arc::new(Location::parse(url)?);
        let (readers, writers) = match &*location {
            Location::Sqlite(path) => {
                let (path, create) = (path.clone(), options.create);
                blocking(move || prepare_sqlite_file(&path, create)).await??;
                // The writer first: it sets the journal mode, which the readers only check.
                let writers = sqlite_lane(&location, Role::Writer, 1, options).await?;
                (sqlite_lane(&location, Role::Reader, options.connections.max(1), options).await?, writers)
            }
            Location::Postgres(_) => {
                wait_for_postgres(&location, options.connect_wait).await?;
                let lane = lane(&location, Role::Writer, options.connections.max(2), options);
                (lane.clone(), lane)
            }
        };
        let lock_file = match &*location {
            Location::Sqlite(path) => Some(Arc::new(LockFile::beside(path))),
            Location::Postgres(_) => None,
        };
        let memory = Arc::default();
        let shared = Shared { location, readers, writers, busy_wait: options.busy_wait, memory, lock_file };
        Ok(Self { shared: Arc::new(shared) })
    }
}

async fn sqlite_lane(
    location: &Arc<Location>,
    role: Role,
    connections: u32,
    options: &DbOptions,
) -> Result<Lane, DbError> {
    let opener = Opener::new(Arc::clone(location), role);
    blocking(move || opener.open()).await??;
    Ok(lane(location, role, connections, options))
}

fn lane(location: &Arc<Location>, role: Role, connections: u32, options: &DbOptions) -> Lane {
    let opener = Opener::new(Arc::clone(location), role);
    let postgres = matches!(&**location, Location::Postgres(_));
    let minutes = |minutes: u64| postgres.then_some(Duration::from_secs(60 * minutes));
    let pool = Pool::builder()
        .max_size(connections)
        .min_idle(Some(1))
        // A server that was restarted leaves dead connections behind; a file does not.
        .test_on_check_out(postgres)
        .idle_timeout(minutes(10))
        .max_lifetime(minutes(60))
        .connection_timeout(options.busy_wait.min(OPEN_WAIT))
        .error_handler(Box::new(LogFaults::default()))
        .build_unchecked(opener);
    let permits = usize::try_from(connections).unwrap_or(1);
    Lane { pool, permits: Arc::new(Semaphore::new(permits)) }
}

/// Tries until the server answers or `wait` is over. A server that answers and refuses for good (wrong password,
/// no such database) is tried as well: in a container set-up both are being made at the same time.
async fn wait_for_postgres(location: &Arc<Location>, wait: Duration) -> Result<(), DbError> {
    let started = Instant::now();
    let mut told = false;
    loop {
        let opener = Opener::new(Arc::clone(location), Role::Writer);
        let error = match blocking(move || opener.connect()).await? {
            Ok(_) => return Ok(()),
            Err(error) => error.to_string(),
        };
        if started.elapsed() + RETRY > wait {
            return Err(DbError::Postgres {
                place: location.shown().into_owned(),
                seconds: started.elapsed().as_secs(),
                reason: error,
            });
        }
        if !told {
            told = true;
            tracing::warn!(
                "PostgreSQL at {} does not let BanGUI in yet ({error}); trying for {} s",
                location.shown(),
                wait.as_secs()
            );
        }
        tokio::time::sleep(RETRY).await;
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    body: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DbError> {
    tokio::task::spawn_blocking(body).await.map_err(|error| DbError::Interrupted(error.to_string()))
}
