//! The history as questions: the domain's `History`. Bans are counted from packs ([`pack`]), which hold a ban in some five
//! bytes, and so are gone through a hundred times as quickly as rows; rows are read where few of them are wanted.

mod address;
mod details;
mod gaps;
pub(crate) mod join;
pub(crate) mod keep;
pub(crate) mod list;
mod memory;
pub(crate) mod pack;
pub(crate) mod packs;
mod places;
mod rebuild;
mod scan;
mod sieve;
mod text;
mod timeline;
mod top;

use std::sync::Arc;

use async_trait::async_trait;
use bangui_domain::model::{
    AddressStory, Dimension, EventId, Gap, HistoryFilter, Matches, Offender, Period, ServerId, Target,
    Timeline, Timestamp, Top, Totals,
};
use bangui_domain::ports::{History, StoreError};

pub use join::Mended;
pub(crate) use memory::Memory;
pub use rebuild::HistoryCheck;
pub(crate) use rebuild::{ensure_packed, rebuild};

use crate::db::Db;

#[async_trait]
impl History for Db {
    async fn first_ban(&self, server: &ServerId) -> Result<Option<Timestamp>, StoreError> {
        let server = server.clone();
        self.read(move |connection| gaps::first_ban(connection, &server)).await
    }

    async fn timeline(
        &self,
        filter: &HistoryFilter,
        bounds: &[Timestamp],
        by: Dimension,
        most: usize,
    ) -> Result<Timeline, StoreError> {
        let (filter, bounds, memory) = (filter.clone(), bounds.to_vec(), self.memory());
        self.read(move |connection| timeline::timeline(connection, &memory, &filter, &bounds, by, most)).await
    }

    async fn totals(&self, filter: &HistoryFilter, period: Period) -> Result<Totals, StoreError> {
        let (filter, memory) = (filter.clone(), self.memory());
        self.read(move |connection| top::totals(connection, &memory, &filter, period)).await
    }

    async fn top(
        &self,
        filter: &HistoryFilter,
        period: Period,
        by: Dimension,
        most: usize,
    ) -> Result<Top, StoreError> {
        let (filter, memory) = (filter.clone(), self.memory());
        self.read(move |connection| top::top(connection, &memory, &filter, period, by, most)).await
    }

    async fn offenders(
        &self,
        filter: &HistoryFilter,
        period: Period,
        most: usize,
    ) -> Result<Vec<Offender>, StoreError> {
        let (filter, memory) = (filter.clone(), self.memory());
        self.read(move |connection| top::offenders(connection, &memory, &filter, period, most)).await
    }

    async fn address(&self, server: &ServerId, target: &Target) -> Result<AddressStory, StoreError> {
        let (server, target) = (Arc::new(server.clone()), *target);
        self.read(move |connection| address::story(connection, &server, &target)).await
    }

    async fn matches(&self, ban: EventId) -> Result<Option<Matches>, StoreError> {
        self.read(move |connection| details::matches(connection, ban)).await
    }

    async fn gaps(&self, server: &ServerId, period: Period) -> Result<Vec<Gap>, StoreError> {
        let server = server.clone();
        self.read(move |connection| gaps::overlapping(connection, &server, period)).await
    }
}
