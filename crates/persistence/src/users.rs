//! Users and the set-up token.

use async_trait::async_trait;
use bangui_domain::model::{NewUser, Timestamp, TokenHash, User, UserId};
use bangui_domain::ports::{StoreError, UserStore};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::connection::{AnyConnection, Both, TxError};
use crate::db::{Db, optional};
use crate::schema::{settings, users};
use crate::sessions::end_sessions;
use crate::text::storable;

/// The setting that holds the hash of the set-up token.
const SETUP_TOKEN: &str = "setup_token_hash";

/// A user as selected: id, name, password hash, made at.
pub(crate) type UserRow = (i64, String, String, i64);

pub(crate) fn user((id, name, password_hash, created_at): UserRow) -> User {
    User { id: UserId(id), name, password_hash, created_at: Timestamp::from_millis(created_at) }
}

/// What makes two names the same: upper and lower case alike, by Unicode's rules and not by the database's.
fn name_key(name: &str) -> String {
    storable(name).to_lowercase()
}

fn insert(connection: &mut AnyConnection, new: &NewUser) -> Result<User, TxError> {
    let row: UserRow = diesel::insert_into(users::table)
        .values((
            users::name.eq(storable(&new.name)),
            users::name_key.eq(name_key(&new.name)),
            users::password_hash.eq(&new.password_hash),
            users::created_at.eq(new.created_at.as_millis()),
        ))
        .returning((users::id, users::name, users::password_hash, users::created_at))
        .get_result(connection)?;
    Ok(user(row))
}

fn any_user(connection: &mut AnyConnection) -> Result<bool, TxError> {
    Ok(optional(users::table.select(users::id).limit(1).get_result::<i64>(connection))?.is_some())
}

#[async_trait]
impl UserStore for Db {
    async fn any(&self) -> Result<bool, StoreError> {
        self.read(any_user).await
    }

    async fn find(&self, name: &str) -> Result<Option<User>, StoreError> {
        let key = name_key(name);
        self.read(move |connection| {
            let row = users::table
                .filter(users::name_key.eq(key))
                .select((users::id, users::name, users::password_hash, users::created_at))
                .get_result::<UserRow>(connection);
            Ok(optional(row)?.map(user))
        })
        .await
    }

    async fn create(&self, new: &NewUser) -> Result<User, StoreError> {
        let new = new.clone();
        self.write_tx(move |connection| insert(connection, &new)).await
    }

    async fn create_first(&self, new: &NewUser) -> Result<Option<User>, StoreError> {
        let new = new.clone();
        self.write_tx(move |connection| {
            if let AnyConnection::Postgres(postgres) = connection {
                // Two at once would both see an empty table; on SQLite there is one writer anyway.
                postgres.batch_execute("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")?;
            }
            if any_user(connection)? { Ok(None) } else { insert(connection, &new).map(Some) }
        })
        .await
    }

    async fn set_password(
        &self,
        user: UserId,
        password_hash: &str,
        kept: Option<&TokenHash>,
    ) -> Result<u64, StoreError> {
        let (hash, kept) = (password_hash.to_owned(), kept.cloned());
        self.write_tx(move |connection| {
            let changed = diesel::update(users::table.filter(users::id.eq(user.0)))
                .set(users::password_hash.eq(&hash))
                .execute(connection)?;
            if changed == 0 {
                return Err(StoreError::NotFound.into());
            }
            end_sessions(connection, user, kept.as_ref())
        })
        .await
    }

    async fn set_setup_token(&self, token: &TokenHash) -> Result<(), StoreError> {
        let hash = token.as_str().to_owned();
        self.write_tx(move |connection| {
            let upsert = diesel::insert_into(settings::table)
                .values((settings::key.eq(SETUP_TOKEN), settings::value.eq(&hash)))
                .on_conflict(settings::key)
                .do_update()
                .set(settings::value.eq(&hash));
            Both(upsert).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn setup_token(&self) -> Result<Option<TokenHash>, StoreError> {
        self.read(|connection| {
            let value = settings::table
                .filter(settings::key.eq(SETUP_TOKEN))
                .select(settings::value)
                .get_result::<String>(connection);
            Ok(optional(value)?.map(TokenHash::from_hex))
        })
        .await
    }
}
