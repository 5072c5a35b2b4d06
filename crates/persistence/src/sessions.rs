//! Sessions: the database is their truth, whatever is cached in front of it.

use async_trait::async_trait;
use bangui_domain::model::{Fence, NewSession, Session, SessionEntry, Timestamp, TokenHash, UserId};
use bangui_domain::ports::{Notice, SessionStore, StoreError};
use diesel::prelude::*;

use crate::connection::{AnyConnection, TxError};
use crate::db::{Db, count, optional};
use crate::fault::{UnknownValue, readable};
use crate::lease::check_fence;
use crate::notices;
use crate::schema::{sessions, users};
use crate::text::storable_option;
use crate::users::{UserRow, user};

/// Token, made at, seen at, ends at, address, browser.
type EntryRow = (String, i64, i64, i64, Option<String>, Option<String>);

fn entry(row: EntryRow) -> Result<SessionEntry, StoreError> {
    let (token, created_at, last_seen_at, expires_at, address, user_agent) = row;
    let address = address.map(|text| {
        text.parse().map_err(|_| UnknownValue { wanted: "the address of a session", value: text })
    });
    Ok(SessionEntry {
        token: TokenHash::from_hex(token),
        created_at: Timestamp::from_millis(created_at),
        last_seen_at: Timestamp::from_millis(last_seen_at),
        expires_at: Timestamp::from_millis(expires_at),
        address: address.transpose()?,
        user_agent,
    })
}

/// Ends all sessions of a user but `kept`, and tells all processes.
pub(crate) fn end_sessions(
    connection: &mut AnyConnection,
    user: UserId,
    kept: Option<&TokenHash>,
) -> Result<u64, TxError> {
    // No session has an empty token.
    let kept = kept.map_or("", TokenHash::as_str);
    let rows = sessions::table.filter(sessions::user_id.eq(user.0)).filter(sessions::token.ne(kept));
    let ended = diesel::delete(rows).execute(connection)?;
    if ended > 0 {
        notices::send(connection, &Notice::SessionsEnded(user))?;
    }
    Ok(count(ended))
}

/// How far the clocks of two replicas may be apart, in milliseconds.
const ORDER_MILLIS: i64 = 300_000;

#[async_trait]
impl SessionStore for Db {
    async fn insert(&self, session: &NewSession) -> Result<(), StoreError> {
        let new = session.clone();
        self.write_tx(move |connection| {
            // Holds the user's row: the password cannot be replaced before this session can be seen, and ended.
            let same = users::table
                .filter(users::id.eq(new.user.0))
                .filter(users::password_hash.eq(&new.password_hash));
            if diesel::update(same).set(users::password_hash.eq(&new.password_hash)).execute(connection)? == 0
            {
                return Err(StoreError::NotFound.into());
            }
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

    async fn list(&self, user: UserId, most: u32) -> Result<Vec<SessionEntry>, StoreError> {
        self.read(move |connection| {
            let rows = sessions::table
                .filter(sessions::user_id.eq(user.0))
                .order((sessions::last_seen_at.desc(), sessions::created_at.desc(), sessions::token))
                .limit(i64::from(most))
                .select((
                    sessions::token,
                    sessions::created_at,
                    sessions::last_seen_at,
                    sessions::expires_at,
                    sessions::address,
                    sessions::user_agent,
                ))
                .load::<EntryRow>(connection)?;
            // A session is named by when it began: nothing that leads to its token is told.
            let named = |row: EntryRow| (format!("of user {}, made at {}", user.0, row.1), entry(row));
            Ok(readable("sessions", rows.into_iter().map(named)))
        })
        .await
    }

    async fn touch(&self, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
        let token = token.clone();
        self.write_tx(move |connection| {
            // Not a little backwards: two replicas may note their use in another order. A use that is far ahead was noted
            // before the clock was set back, and would keep the session from ending as idle.
            let ahead = at.plus_millis(ORDER_MILLIS).as_millis();
            let other = sessions::table
                .filter(sessions::token.eq(token.as_str()))
                .filter(sessions::last_seen_at.lt(at.as_millis()).or(sessions::last_seen_at.gt(ahead)));
            diesel::update(other).set(sessions::last_seen_at.eq(at.as_millis())).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn delete(&self, token: &TokenHash) -> Result<bool, StoreError> {
        let token = token.clone();
        self.write_tx(move |connection| {
            let row = sessions::table.filter(sessions::token.eq(token.as_str()));
            let ended = diesel::delete(row).execute(connection)? > 0;
            if ended {
                notices::send(connection, &Notice::SessionEnded(token.clone()))?;
            }
            Ok(ended)
        })
        .await
    }

    async fn delete_others(&self, user: UserId, kept: &TokenHash) -> Result<u64, StoreError> {
        let kept = kept.clone();
        self.write_tx(move |connection| end_sessions(connection, user, Some(&kept))).await
    }

    async fn prune(&self, fence: Fence, now: Timestamp, idle_since: Timestamp) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
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
