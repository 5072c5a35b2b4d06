//! The published run-time state: one row for each fail2ban server, written by the holder of the scheduler lock alone.

mod reading;
mod shape;

use async_trait::async_trait;
use bangui_domain::model::{Fence, RuntimeState, ServerId};
use bangui_domain::ports::{Notice, Published, RuntimeStore, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::clock::now;
use crate::db::{Db, optional};
use crate::lease::check_fence;
use crate::notices;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    age: i64,
    #[diesel(sql_type = BigInt)]
    published: i64,
}

#[async_trait]
impl RuntimeStore for Db {
    async fn publish(&self, server: &ServerId, fence: Fence, state: &RuntimeState) -> Result<(), StoreError> {
        let (server, age) = (server.clone(), state.age_millis);
        let text = shape::write(state).map_err(|error| StoreError::Backend(Box::new(error)))?;
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let now = now(connection);
            diesel::sql_query(format!(
                "INSERT INTO runtime_state (server_id, state, seen_at, published_at) \
                 SELECT $1, $2, moment - $3, moment FROM (SELECT {now} AS moment) AS clock WHERE true ON CONFLICT (server_id) DO UPDATE SET \
                 state = excluded.state, seen_at = excluded.seen_at, published_at = excluded.published_at"
            ))
            .bind::<Text, _>(server.as_str())
            .bind::<Text, _>(&text)
            .bind::<BigInt, _>(age)
            .execute(connection)?;
            notices::send(connection, &Notice::State)?;
            Ok(())
        })
        .await
    }

    async fn published(&self, server: &ServerId) -> Result<Option<Published>, StoreError> {
        let server = server.clone();
        let row = self
            .read(move |connection| {
                let now = now(connection);
                let row = diesel::sql_query(format!(
                    "SELECT state, moment - seen_at AS age, moment - published_at AS published \
                     FROM runtime_state, (SELECT {now} AS moment) AS clock WHERE server_id = $1"
                ))
                .bind::<Text, _>(server.as_str())
                .get_result::<Row>(connection);
                Ok(optional(row)?)
            })
            .await?;
        Ok(row.and_then(|row| match shape::read(&row.state, row.age) {
            Ok(state) => Some(Published { state, published_millis_ago: row.published }),
            Err(error) => {
                tracing::debug!(%error, "the published run-time state is of a version that this one does not know");
                None
            }
        }))
    }
}
