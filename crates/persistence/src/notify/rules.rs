//! Channels and rules.

use async_trait::async_trait;
use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{Channel, ChannelId, ChannelSpec, Rule, RuleId, RuleSpec, Way};
use bangui_domain::ports::{ChannelDeleted, RuleStore, StoreError};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::{read, write};
use crate::connection::{AnyConnection, TxError};
use crate::db::Db;
use crate::fault::readable;
use crate::schema::{channels, rules};
use crate::text::storable;

/// A row of either table: number, name, JSON, made at.
type Row = (i64, String, String, i64);

fn channel((id, name, settings, created_at): Row) -> Result<Channel, TxError> {
    let way: Way = read(&settings)?;
    let created_at = Timestamp::from_millis(created_at);
    Ok(Channel { id: ChannelId(id), spec: ChannelSpec { name, way }, created_at })
}

fn rule((id, name, spec, created_at): Row) -> Result<Rule, TxError> {
    let spec: RuleSpec = read(&spec)?;
    let created_at = Timestamp::from_millis(created_at);
    Ok(Rule { id: RuleId(id), spec: RuleSpec { name, ..spec }, created_at })
}

/// The channels that can be read, and the numbers of the others.
pub(super) fn all_channels(connection: &mut AnyConnection) -> Result<(Vec<Channel>, Vec<i64>), TxError> {
    let rows: Vec<Row> = channels::table
        .select((channels::id, channels::name, channels::settings, channels::created_at))
        .order((channels::name, channels::id))
        .load(connection)?;
    let mut odd: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let found: Vec<Channel> = readable("channels", rows.into_iter().map(|row| (row.0, channel(row))));
    odd.retain(|id| found.iter().all(|known| known.id.0 != *id));
    Ok((found, odd))
}

fn rule_rows(connection: &mut AnyConnection) -> Result<Vec<Row>, TxError> {
    let rows = rules::table
        .select((rules::id, rules::name, rules::spec, rules::created_at))
        .order((rules::name, rules::id))
        .load(connection)?;
    Ok(rows)
}

/// A rule must not come to name a channel that is deleted at the same moment. On SQLite there is one writer anyway.
fn alone(connection: &mut AnyConnection) -> Result<(), TxError> {
    if let AnyConnection::Postgres(postgres) = connection {
        postgres.batch_execute("LOCK TABLE channels, rules IN SHARE ROW EXCLUSIVE MODE")?;
    }
    Ok(())
}

#[async_trait]
impl RuleStore for Db {
    async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        self.read(|connection| Ok(all_channels(connection)?.0)).await
    }

    async fn save_channel(
        &self,
        id: Option<ChannelId>,
        spec: &ChannelSpec,
        now: Timestamp,
    ) -> Result<Channel, StoreError> {
        let spec = spec.clone();
        self.write_tx(move |connection| {
            let (name, settings) = (storable(&spec.name), write(&spec.way)?);
            let columns = (channels::id, channels::name, channels::settings, channels::created_at);
            let row: Row = match id {
                None => diesel::insert_into(channels::table)
                    .values((
                        channels::name.eq(name),
                        channels::settings.eq(settings),
                        channels::created_at.eq(now.as_millis()),
                    ))
                    .returning(columns)
                    .get_result(connection)?,
                Some(id) => diesel::update(channels::table.filter(channels::id.eq(id.0)))
                    .set((channels::name.eq(name), channels::settings.eq(settings)))
                    .returning(columns)
                    .get_result(connection)?,
            };
            channel(row)
        })
        .await
    }

    async fn delete_channel(&self, id: ChannelId) -> Result<ChannelDeleted, StoreError> {
        self.write_tx(move |connection| {
            alone(connection)?;
            // What a rule names that cannot be read is not known: it may be this channel.
            let may_use = |row: &Row| rule(row.clone()).map_or(true, |rule| rule.spec.channels.contains(&id));
            if let Some((_, name, ..)) = rule_rows(connection)?.into_iter().find(may_use) {
                return Ok(ChannelDeleted::UsedBy(name));
            }
            let gone = diesel::delete(channels::table.filter(channels::id.eq(id.0))).execute(connection)?;
            Ok(if gone == 0 { ChannelDeleted::NotFound } else { ChannelDeleted::Yes })
        })
        .await
    }

    async fn rules(&self) -> Result<Vec<Rule>, StoreError> {
        self.read(|connection| {
            let rows = rule_rows(connection)?;
            Ok(readable("rules", rows.into_iter().map(|row| (row.0, rule(row)))))
        })
        .await
    }

    async fn save_rule(
        &self,
        id: Option<RuleId>,
        spec: &RuleSpec,
        now: Timestamp,
    ) -> Result<Rule, StoreError> {
        let spec = spec.clone();
        self.write_tx(move |connection| {
            alone(connection)?;
            let numbers: Vec<i64> = spec.channels.iter().map(|id| id.0).collect();
            let known: i64 =
                channels::table.filter(channels::id.eq_any(&numbers)).count().get_result(connection)?;
            if usize::try_from(known) != Ok(numbers.len()) {
                return Err(StoreError::NotFound.into());
            }
            let (name, text) = (storable(&spec.name), write(&spec)?);
            let columns = (rules::id, rules::name, rules::spec, rules::created_at);
            let row: Row = match id {
                None => diesel::insert_into(rules::table)
                    .values((
                        rules::name.eq(name),
                        rules::spec.eq(text),
                        rules::created_at.eq(now.as_millis()),
                    ))
                    .returning(columns)
                    .get_result(connection)?,
                Some(id) => diesel::update(rules::table.filter(rules::id.eq(id.0)))
                    .set((rules::name.eq(name), rules::spec.eq(text)))
                    .returning(columns)
                    .get_result(connection)?,
            };
            rule(row)
        })
        .await
    }

    async fn delete_rule(&self, id: RuleId) -> Result<bool, StoreError> {
        self.write_tx(move |connection| {
            Ok(diesel::delete(rules::table.filter(rules::id.eq(id.0))).execute(connection)? > 0)
        })
        .await
    }
}
