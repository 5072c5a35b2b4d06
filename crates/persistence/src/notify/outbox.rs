//! Where the rules stand, and the messages that follow from it: written in one step.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bangui_domain::model::notify::{
    Answer, Deliveries, Delivery, DeliveryId, DeliveryQuery, DeliveryState, Outcome, Waiting,
};
use bangui_domain::model::{Cursor, EventId, Fence, Page, ServerId, Timestamp};
use bangui_domain::ports::{Outbox, Progress, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::rules::all_channels;
use super::{read, write};
use crate::connection::{AnyConnection, Both, TxError};
use crate::db::{Db, count, optional};
use crate::fault::{UnknownValue, left_out, readable};
use crate::lease::check_fence;
use crate::schema::{channels, deliveries, notify_progress};
use crate::text::storable;

/// Rows that are forgotten at a time, so that no writer waits for long.
const FORGOTTEN: i64 = 500;

#[derive(Queryable)]
struct Row {
    id: i64,
    rule: String,
    channel: String,
    digest: String,
    state: String,
    tries: i64,
    created_at: i64,
    next_at: Option<i64>,
    ended_at: Option<i64>,
    answer_status: Option<i64>,
    answer: Option<String>,
}

impl Row {
    fn into_delivery(self) -> Result<Delivery, TxError> {
        let Some(state) = DeliveryState::parse(&self.state) else {
            return Err(
                StoreError::from(UnknownValue { wanted: "deliveries.state", value: self.state }).into()
            );
        };
        let status = self.answer_status.and_then(|status| u16::try_from(status).ok());
        Ok(Delivery {
            id: DeliveryId(self.id),
            rule: self.rule,
            channel: self.channel,
            digest: read(&self.digest)?,
            state,
            tries: u32::try_from(self.tries).unwrap_or(u32::MAX),
            created_at: Timestamp::from_millis(self.created_at),
            next_at: self.next_at.map(Timestamp::from_millis),
            ended_at: self.ended_at.map(Timestamp::from_millis),
            answer: self.answer.map(|text| Answer { status, text }),
        })
    }
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    channel_id: i64,
    #[diesel(sql_type = Text)]
    digest: String,
    #[diesel(sql_type = BigInt)]
    tries: i64,
    #[diesel(sql_type = BigInt)]
    unfinished: i64,
}

fn insert(connection: &mut AnyConnection, message: &Deliveries) -> Result<(), TxError> {
    let numbers: Vec<i64> = message.channels.iter().map(|id| id.0).collect();
    // One that was deleted since gets nothing.
    let names: BTreeMap<i64, String> = channels::table
        .filter(channels::id.eq_any(&numbers))
        .select((channels::id, channels::name))
        .load::<(i64, String)>(connection)?
        .into_iter()
        .collect();
    let digest = write(&message.digest)?;
    for (channel, name) in names {
        diesel::insert_into(deliveries::table)
            .values((
                deliveries::rule_id.eq(message.rule.0),
                deliveries::message.eq(message.message),
                deliveries::channel_id.eq(channel),
                deliveries::rule_name.eq(storable(&message.digest.rule)),
                deliveries::channel_name.eq(name),
                deliveries::digest.eq(&digest),
                deliveries::state.eq(DeliveryState::Waiting.as_str()),
                deliveries::tries.eq(0),
                deliveries::created_at.eq(message.created_at.as_millis()),
                deliveries::next_at.eq(message.created_at.as_millis()),
            ))
            .execute(connection)?;
    }
    Ok(())
}

#[async_trait]
impl Outbox for Db {
    async fn progress(&self, server: &ServerId) -> Result<Option<Progress>, StoreError> {
        let server = server.clone();
        self.read(move |connection| {
            let row = notify_progress::table
                .filter(notify_progress::server_id.eq(server.as_str()))
                .select((notify_progress::seen, notify_progress::state))
                .get_result::<(i64, String)>(connection);
            let Some((seen, state)) = optional(row)? else { return Ok(None) };
            Ok(Some(Progress { seen: EventId(seen), state: read(&state)? }))
        })
        .await
    }

    async fn advance(
        &self,
        server: &ServerId,
        fence: Fence,
        progress: &Progress,
        messages: &[Deliveries],
    ) -> Result<(), StoreError> {
        let (server, progress, messages) = (server.clone(), progress.clone(), messages.to_vec());
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let state = write(&progress.state)?;
            let upsert = diesel::insert_into(notify_progress::table)
                .values((
                    notify_progress::server_id.eq(server.as_str()),
                    notify_progress::seen.eq(progress.seen.0),
                    notify_progress::state.eq(&state),
                ))
                .on_conflict(notify_progress::server_id)
                .do_update()
                .set((notify_progress::seen.eq(progress.seen.0), notify_progress::state.eq(&state)));
            Both(upsert).execute(connection)?;
            messages.iter().try_for_each(|message| insert(connection, message))
        })
        .await
    }

    async fn due(&self, now: Timestamp, limit: u16) -> Result<Vec<Waiting>, StoreError> {
        self.read(move |connection| {
            // A channel that cannot be read is not gone: its messages wait until it can be.
            let (channels, odd) = all_channels(connection)?;
            let odd: Vec<String> = odd.iter().map(ToString::to_string).collect();
            let rows: Vec<Due> = diesel::sql_query(format!(
                "SELECT id, channel_id, digest, tries, unfinished FROM deliveries WHERE id IN \
                 (SELECT min(id) FROM deliveries WHERE state = 'waiting' GROUP BY channel_id) \
                 AND next_at <= $1 AND channel_id NOT IN (0{}{}) ORDER BY next_at, id LIMIT $2",
                if odd.is_empty() { "" } else { ", " },
                odd.join(", ")
            ))
            .bind::<BigInt, _>(now.as_millis())
            .bind::<BigInt, _>(i64::from(limit))
            .load(connection)?;
            let waiting = rows.into_iter().map(|row| Waiting {
                id: DeliveryId(row.id),
                channel: channels.iter().find(|known| known.id.0 == row.channel_id).cloned(),
                digest: read(&row.digest).map_err(|error| left_out("deliveries", &row.id, error)).ok(),
                tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
                unfinished: u32::try_from(row.unfinished).unwrap_or(u32::MAX),
            });
            Ok(waiting.collect())
        })
        .await
    }

    async fn begin(&self, fence: Fence, id: DeliveryId) -> Result<(), StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            diesel::update(deliveries::table.filter(deliveries::id.eq(id.0)))
                .set(deliveries::unfinished.eq(deliveries::unfinished + 1))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn settle(
        &self,
        fence: Fence,
        id: DeliveryId,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (state, answer, next_at) = match outcome.clone() {
            Outcome::Sent(answer) => (DeliveryState::Sent, answer, None),
            Outcome::Again(answer, at) => (DeliveryState::Waiting, answer, Some(at.as_millis())),
            Outcome::GivenUp(answer) => (DeliveryState::Failed, answer, None),
        };
        let ended_at = next_at.is_none().then(|| now.as_millis());
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let waiting = deliveries::table
                .filter(deliveries::id.eq(id.0))
                .filter(deliveries::state.eq(DeliveryState::Waiting.as_str()));
            diesel::update(waiting)
                .set((
                    deliveries::state.eq(state.as_str()),
                    deliveries::tries.eq(deliveries::tries + 1),
                    deliveries::unfinished.eq(0),
                    deliveries::next_at.eq(next_at),
                    deliveries::ended_at.eq(ended_at),
                    deliveries::answer_status.eq(answer.status.map(i64::from)),
                    deliveries::answer.eq(storable(&answer.text)),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery>, StoreError> {
        let query = query.clone();
        self.read(move |connection| {
            let mut found = deliveries::table
                .select((
                    deliveries::id,
                    deliveries::rule_name,
                    deliveries::channel_name,
                    deliveries::digest,
                    deliveries::state,
                    deliveries::tries,
                    deliveries::created_at,
                    deliveries::next_at,
                    deliveries::ended_at,
                    deliveries::answer_status,
                    deliveries::answer,
                ))
                .into_boxed();
            if let Some(state) = query.state {
                found = found.filter(deliveries::state.eq(state.as_str()));
            }
            if let Some(after) = &query.after {
                found = found.filter(deliveries::id.lt(after.id));
            }
            let limit = usize::from(query.limit.rows());
            let mut rows: Vec<Row> = found
                .order(deliveries::id.desc())
                .limit(i64::from(query.limit.rows()).saturating_add(1))
                .load(connection)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows.last().filter(|_| more).map(|row| Cursor { value: String::new(), id: row.id });
            let items = readable("deliveries", rows.into_iter().map(|row| (row.id, row.into_delivery())));
            Ok(Page { items, next })
        })
        .await
    }

    async fn forget(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let gone = diesel::sql_query(
                "DELETE FROM deliveries WHERE id IN \
                 (SELECT id FROM deliveries WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2)",
            )
            .bind::<BigInt, _>(before.as_millis())
            .bind::<BigInt, _>(FORGOTTEN)
            .execute(connection)?;
            Ok(count(gone))
        })
        .await
    }
}
