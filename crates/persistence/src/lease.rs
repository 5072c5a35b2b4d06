//! The leased row behind the scheduler lock. Each step is one statement. Times are the database's own and are for people:
//! what decides is the holder, the token, and whether the row has changed. Beside a SQLite file the operating system's lock tells
//! when a holder is gone.

mod lock_file;

use async_trait::async_trait;
use bangui_domain::model::{Fence, Lease, LeaseHolder, Timestamp};
use bangui_domain::ports::{Acquired, LeaseStore, SCHEDULER_LEASE, StoreError};
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{BigInt, Text};

use crate::clock::now;
use crate::connection::{AnyConnection, TxError};
use crate::db::{Db, optional};
use crate::schema::scheduler_lock;

pub(crate) use lock_file::LockFile;

#[derive(QueryableByName, Queryable)]
struct LeaseRow {
    #[diesel(sql_type = Text)]
    holder: String,
    #[diesel(sql_type = Text)]
    host: String,
    #[diesel(sql_type = BigInt)]
    pid: i64,
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = BigInt)]
    token: i64,
    #[diesel(sql_type = BigInt)]
    acquired_at: i64,
    #[diesel(sql_type = BigInt)]
    expires_at: i64,
}

const COLUMNS: &str = "holder, host, pid, version, token, acquired_at, expires_at";

impl From<LeaseRow> for Lease {
    fn from(row: LeaseRow) -> Self {
        Self {
            holder: LeaseHolder {
                id: row.holder,
                host: row.host,
                pid: u32::try_from(row.pid).unwrap_or_default(),
                version: row.version,
            },
            fence: Fence(row.token),
            acquired_at: Timestamp::from_millis(row.acquired_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

/// The lease as it stands.
pub(crate) fn current(connection: &mut AnyConnection, name: &str) -> Result<Option<Lease>, Error> {
    let row = scheduler_lock::table
        .filter(scheduler_lock::name.eq(name))
        .select((
            scheduler_lock::holder,
            scheduler_lock::host,
            scheduler_lock::pid,
            scheduler_lock::version,
            scheduler_lock::token,
            scheduler_lock::acquired_at,
            scheduler_lock::expires_at,
        ))
        .get_result::<LeaseRow>(connection)
        .optional()?;
    Ok(row.map(Lease::from))
}

/// Notes a lease in tables that were made anew, as one that nobody holds: whoever takes it gets a higher token than anybody
/// had before, and those who held it hold it no more.
pub(crate) fn keep(connection: &mut AnyConnection, name: &str, lease: &Lease) -> Result<(), Error> {
    diesel::insert_into(scheduler_lock::table)
        .values((
            scheduler_lock::name.eq(name),
            scheduler_lock::holder.eq(&lease.holder.id),
            scheduler_lock::host.eq(&lease.holder.host),
            scheduler_lock::pid.eq(i64::from(lease.holder.pid)),
            scheduler_lock::version.eq(&lease.holder.version),
            scheduler_lock::token.eq(lease.fence.0),
            scheduler_lock::acquired_at.eq(lease.acquired_at.as_millis()),
            scheduler_lock::expires_at.eq(Lease::GIVEN_BACK.as_millis()),
        ))
        .execute(connection)?;
    Ok(())
}

/// Refuses a writer that has lost the scheduler lock or given it back, and keeps others from taking it until its
/// transaction is over.
pub(crate) fn check_fence(connection: &mut AnyConnection, fence: Fence) -> Result<(), TxError> {
    let row = scheduler_lock::table
        .filter(scheduler_lock::name.eq(SCHEDULER_LEASE))
        .filter(scheduler_lock::expires_at.ne(Lease::GIVEN_BACK.as_millis()))
        .select(scheduler_lock::token);
    let token: Option<i64> = optional(match connection {
        AnyConnection::Postgres(postgres) => row.for_share().get_result(postgres),
        AnyConnection::Sqlite(sqlite) => row.get_result(sqlite),
    })?;
    if token == Some(fence.0) { Ok(()) } else { Err(StoreError::StaleFence.into()) }
}

impl Db {
    /// Does `what` with the lock file, on a thread that may wait. `None` on PostgreSQL, whose processes may run on any host,
    /// and for a lease other than the scheduler lock, which alone has a lock file.
    async fn with_lock_file<T: Send + 'static>(
        &self,
        name: &str,
        what: impl FnOnce(&LockFile) -> T + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let Some(lock_file) = self.lock_file().filter(|_| name == SCHEDULER_LEASE) else { return Ok(None) };
        let done = tokio::task::spawn_blocking(move || what(&lock_file)).await;
        done.map(Some).map_err(|error| StoreError::Backend(Box::new(error)))
    }

    /// Takes the lock file for `holder`, if no other process has it.
    async fn claim(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let holder = holder.to_owned();
        self.with_lock_file(name, move |lock| lock.claim(&holder)).await.map(drop)
    }
}

#[async_trait]
impl LeaseStore for Db {
    async fn acquire(
        &self,
        name: &str,
        holder: &LeaseHolder,
        ttl_millis: i64,
        unrenewed: Option<&Lease>,
    ) -> Result<Acquired, StoreError> {
        let (row, by) = (name.to_owned(), holder.clone());
        // No row has the token 0.
        let (seen, end) = unrenewed.map_or((0, 0), |lease| (lease.fence.0, lease.expires_at.as_millis()));
        let acquired = self.write_tx(move |connection| {
            let now = now(connection);
            let taken = diesel::sql_query(format!(
                "INSERT INTO scheduler_lock (name, holder, host, pid, version, token, acquired_at, expires_at) \
                 SELECT $1, $2, $3, $4, $5, 1, moment, moment + $6 FROM (SELECT {now} AS moment) AS clock WHERE true \
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, host = excluded.host, \
                 pid = excluded.pid, version = excluded.version, token = scheduler_lock.token + 1, \
                 acquired_at = excluded.acquired_at, expires_at = excluded.expires_at \
                 WHERE scheduler_lock.holder = excluded.holder OR scheduler_lock.expires_at = {free} \
                 OR (scheduler_lock.token = $7 AND scheduler_lock.expires_at = $8) RETURNING {COLUMNS}",
                free = Lease::GIVEN_BACK.as_millis(),
            ))
            .bind::<Text, _>(&row)
            .bind::<Text, _>(&by.id)
            .bind::<Text, _>(&by.host)
            .bind::<BigInt, _>(i64::from(by.pid))
            .bind::<Text, _>(&by.version)
            .bind::<BigInt, _>(ttl_millis)
            .bind::<BigInt, _>(seen)
            .bind::<BigInt, _>(end)
            .get_result::<LeaseRow>(connection);
            if let Some(row) = optional(taken)? {
                return Ok(Acquired::Yes(row.into()));
            }
            let held = current(connection, &row)?.ok_or(TxError::Database(Error::NotFound))?;
            Ok(Acquired::HeldBy(held))
        });
        let acquired = acquired.await?;
        if matches!(acquired, Acquired::Yes(_)) {
            self.claim(name, &holder.id).await?;
        }
        Ok(acquired)
    }

    async fn renew(&self, name: &str, fence: Fence, ttl_millis: i64) -> Result<Option<Lease>, StoreError> {
        let row = name.to_owned();
        let renewed = self.write_tx(move |connection| {
            let now = now(connection);
            // It grows also where the database's clock was set back, so that every renewal is seen.
            let renewed = diesel::sql_query(format!(
                "UPDATE scheduler_lock SET expires_at = \
                 CASE WHEN expires_at < {now} + $1 THEN {now} + $1 ELSE expires_at + 1 END \
                 WHERE name = $2 AND token = $3 AND expires_at <> {free} RETURNING {COLUMNS}",
                free = Lease::GIVEN_BACK.as_millis(),
            ))
            .bind::<BigInt, _>(ttl_millis)
            .bind::<Text, _>(&row)
            .bind::<BigInt, _>(fence.0)
            .get_result::<LeaseRow>(connection);
            Ok(optional(renewed)?.map(Lease::from))
        });
        let renewed = renewed.await?;
        if let Some(lease) = &renewed {
            // A process that was stopped for too long may have kept the lock file until now.
            self.claim(name, &lease.holder.id).await?;
        }
        Ok(renewed)
    }

    async fn release(&self, name: &str, fence: Fence) -> Result<(), StoreError> {
        let row = name.to_owned();
        let released = self.write_tx(move |connection| {
            // The row stays: the next holder's fence has to be higher.
            let held = scheduler_lock::table
                .filter(scheduler_lock::name.eq(&row))
                .filter(scheduler_lock::token.eq(fence.0));
            let free = scheduler_lock::expires_at.eq(Lease::GIVEN_BACK.as_millis());
            Ok(diesel::update(held).set(free).execute(connection)?)
        });
        if released.await? > 0 {
            self.with_lock_file(name, LockFile::release).await?;
        }
        Ok(())
    }

    async fn is_orphaned(&self, name: &str, lease: &Lease) -> Result<bool, StoreError> {
        let holder = lease.holder.id.clone();
        Ok(self.with_lock_file(name, move |lock| lock.tells_gone(&holder)).await?.unwrap_or(false))
    }

    async fn current(&self, name: &str) -> Result<Option<Lease>, StoreError> {
        let name = name.to_owned();
        self.read(move |connection| Ok(current(connection, &name)?)).await
    }
}
