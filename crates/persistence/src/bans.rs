//! Bans in force and the history of bans, as the domain's `BanStore` wants them.

pub(crate) mod code;
pub(crate) mod counter;
pub(crate) mod cursor;
pub(crate) mod events;
pub(crate) mod find;
mod import;
mod intake;
mod latest;
mod ledger;
pub(crate) mod names;
mod record;
pub(crate) mod rows;
mod stored;
pub(crate) mod write;

pub use import::{Imported, LogZone};

use counter::Counter;

use bangui_domain::model::Origin;

/// The code of bans that were found in force.
pub(crate) const RESTORED: u8 = code::origin_code(Origin::Restored);

use std::sync::Arc;

use async_trait::async_trait;
use bangui_domain::model::{ActiveBan, BanEvent, BanQuery, EventId, EventQuery, JailName, Page, ServerId};
use bangui_domain::ports::{BanBatch, BanStore, HistoryCursor, Recorded, StoreError};
use diesel::prelude::*;

use crate::db::{Db, optional};
use crate::fault::readable;
use crate::history::list;
use crate::schema::{active_bans, servers};

#[async_trait]
impl BanStore for Db {
    async fn record(&self, batch: &BanBatch) -> Result<Recorded, StoreError> {
        let batch = intake::storable_batch(batch);
        self.write_tx(move |connection| record::record(connection, &batch)).await
    }

    async fn active(&self, server: &ServerId, jail: &JailName) -> Result<Vec<ActiveBan>, StoreError> {
        let (server, jail) = (server.clone(), jail.clone());
        self.read(move |connection| {
            let rows: Vec<rows::ActiveRow> = active_bans::table
                .filter(active_bans::server_id.eq(server.as_str()))
                .filter(active_bans::jail.eq(jail.as_str()))
                .select(rows::ACTIVE_COLUMNS)
                .load(connection)?;
            Ok(readable("active_bans", rows.into_iter().map(|row| (row.id, row.into_ban()))))
        })
        .await
    }

    async fn active_jails(&self, server: &ServerId) -> Result<Vec<JailName>, StoreError> {
        let server = server.clone();
        self.read(move |connection| {
            let names: Vec<String> = active_bans::table
                .filter(active_bans::server_id.eq(server.as_str()))
                .select(active_bans::jail)
                .distinct()
                .order(active_bans::jail)
                .load(connection)?;
            Ok(readable("active_bans", names.into_iter().map(|name| (name.clone(), rows::jail(name)))))
        })
        .await
    }

    async fn find_bans(&self, query: &BanQuery) -> Result<Page<ActiveBan>, StoreError> {
        let query = Arc::new(query.clone());
        self.read(move |connection| find::bans(connection, &query)).await
    }

    async fn find_events(&self, query: &EventQuery) -> Result<Page<BanEvent>, StoreError> {
        let query = Arc::new(query.clone());
        let memory = self.memory();
        self.read(move |connection| list::events(connection, &memory, &query)).await
    }

    async fn newest_event(&self, _: &ServerId) -> Result<EventId, StoreError> {
        self.read(|connection| Ok(EventId(counter::newest(connection, Counter::Event)?))).await
    }

    async fn events_after(
        &self,
        server: &ServerId,
        after: EventId,
        limit: u16,
    ) -> Result<Vec<BanEvent>, StoreError> {
        let server = server.clone();
        self.read(move |connection| events::events_after(connection, &server, after, limit)).await
    }

    async fn history_cursor(&self, server: &ServerId) -> Result<Option<HistoryCursor>, StoreError> {
        let server = server.clone();
        self.read(move |connection| {
            let row = servers::table
                .filter(servers::id.eq(server.as_str()))
                .select((servers::history_rowid, servers::history_timeofban))
                .get_result::<(Option<i64>, Option<i64>)>(connection);
            let cursor = optional(row)?.and_then(|(rowid, time)| rowid.zip(time));
            Ok(cursor.map(|(rowid, timeofban)| HistoryCursor { rowid, timeofban }))
        })
        .await
    }
}
