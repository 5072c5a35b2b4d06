//! Sessions: the database is their truth, whatever is cached in front of it.

use async_trait::async_trait;
use bangui_domain::model::{NewSession, Session, Timestamp, TokenHash, UserId};
use bangui_domain::ports::{SessionStore, StoreError};
use diesel::prelude::*;

use crate::db::{Db, count, optional};
use crate::schema::{sessions, users};
use crate::text::storable_option;
use crate::users::{UserRow, user};

#[async_trait]
impl SessionStore for Db {
    async fn insert(&self, session: &NewSession) -> Result<(), StoreError> {
        let new = session.clone();
        self.write_tx(move |connection| {
            diesel::insert_into(sessions::table)
                .values((
                    sessions::token.eq(new.token.as_str()),
                    sessions::user_id.eq(new.user.0),
                    sessions::created_at.eq(new.created_at.as_millis()),
                    sessions::last_seen_at.eq(new.created_at.as_millis()),
                    sessions::expires_at.eq(new.expires_at.as_millis()),
                    sessions::address.eq(new.address.map(|address| address.to_string())),
                    sessions::user_agent.eq(storable_option(new.user_agent.as_deref())),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        let token = token.clone();
        self.read(move |connection| {
            let row = sessions::table
                .inner_join(users::table)
                .filter(sessions::token.eq(token.as_str()))
                .select((
                    (users::id, users::name, users::password_hash, users::created_at),
                    sessions::created_at,
                    sessions::last_seen_at,
                    sessions::expires_at,
                ))
                .get_result::<(UserRow, i64, i64, i64)>(connection);
            Ok(optional(row)?.map(|(row, created_at, last_seen_at, expires_at)| Session {
                user: user(row),
                token,
                created_at: Timestamp::from_millis(created_at),
                last_seen_at: Timestamp::from_millis(last_seen_at),
                expires_at: Timestamp::from_millis(expires_at),
            }))
        })
        .await
    }

    async fn touch(&self, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
        let token = token.clone();
        self.write_tx(move |connection| {
            // Never backwards, should two replicas note their use in another order.
            let earlier = sessions::table
                .filter(sessions::token.eq(token.as_str()))
                .filter(sessions::last_seen_at.lt(at.as_millis()));
            diesel::update(earlier).set(sessions::last_seen_at.eq(at.as_millis())).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn delete(&self, token: &TokenHash) -> Result<bool, StoreError> {
        let token = token.clone();
        self.write_tx(move |connection| {
            let row = sessions::table.filter(sessions::token.eq(token.as_str()));
            Ok(diesel::delete(row).execute(connection)? > 0)
        })
        .await
    }

    async fn delete_of(&self, user: UserId) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            let rows = sessions::table.filter(sessions::user_id.eq(user.0));
            Ok(count(diesel::delete(rows).execute(connection)?))
        })
        .await
    }

    async fn prune(&self, now: Timestamp, idle_since: Timestamp) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            let over = sessions::table.filter(
                sessions::expires_at
                    .lt(now.as_millis())
                    .or(sessions::last_seen_at.lt(idle_since.as_millis())),
            );
            Ok(count(diesel::delete(over).execute(connection)?))
        })
        .await
    }
}
