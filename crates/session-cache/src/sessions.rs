//! Sessions: made, recognised, ended. The store is their truth; a small cache of short life stands in front of
//! it, so that a page full of requests asks the database once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bangui_domain::ServiceError;
use bangui_domain::model::{NewSession, Session, Timestamp, TokenHash, User, UserId};
use bangui_domain::ports::{Clock, SessionStore};
use moka::sync::Cache;

use crate::{Client, SessionSettings, Token, hash_token};

/// A session's use is written down at most this often, in milliseconds.
const TOUCH_EVERY: i64 = 60_000;
/// The longest name of a browser that is kept, in characters.
const USER_AGENT_CHARS: usize = 200;

/// Makes, recognises and ends sessions.
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    cache: Option<Cache<TokenHash, Session>>,
    /// Counts revocations: an answer of the store that is older than one must not stay in the cache.
    revocations: AtomicU64,
    absolute_millis: i64,
    idle_millis: i64,
}

impl Sessions {
    /// Over `store`, with the times and the cache that `settings` name.
    pub fn new(store: Arc<dyn SessionStore>, clock: Arc<dyn Clock>, settings: &SessionSettings) -> Self {
        let cache = (settings.cache_capacity > 0 && !settings.cache_life.is_zero()).then(|| {
            Cache::builder().max_capacity(settings.cache_capacity).time_to_live(settings.cache_life).build()
        });
        let millis = |span: std::time::Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self {
            store,
            clock,
            cache,
            revocations: AtomicU64::new(0),
            absolute_millis: millis(settings.absolute_expiry),
            idle_millis: millis(settings.idle_expiry),
        }
    }

    /// A new session of `user`: its token in clear, which is stored nowhere, and when it ends.
    pub async fn create(&self, user: &User, from: &Client) -> Result<(Token, Session), ServiceError> {
        let now = self.clock.now();
        let token = Token::random()?;
        let session = Session {
            user: user.clone(),
            token: token.hash(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus_millis(self.absolute_millis),
        };
        let stored = NewSession {
            user: user.id,
            token: session.token.clone(),
            created_at: now,
            expires_at: session.expires_at,
            address: from.address,
            user_agent: from.user_agent.as_ref().map(|name| name.chars().take(USER_AGENT_CHARS).collect()),
        };
        self.store.insert(&stored).await?;
        Ok((token, session))
    }

    /// The session that a token belongs to; `None` if there is none, or it has ended. Counts as use.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Session>, ServiceError> {
        match hash_token(token) {
            Some(hash) => self.recognise(&hash).await,
            None => Ok(None),
        }
    }

    /// The same by the token's hash, for whoever has held on to the session.
    pub async fn recognise(&self, hash: &TokenHash) -> Result<Option<Session>, ServiceError> {
        let revocations = self.revocations.load(Ordering::SeqCst);
        let Some(mut session) = self.find(hash, revocations).await? else { return Ok(None) };
        let now = self.clock.now();
        if !self.in_force(&session, now) {
            self.forget(hash);
            return Ok(None);
        }
        if now.millis_since(session.last_seen_at) >= TOUCH_EVERY {
            session.last_seen_at = now;
            self.remember(&session, revocations);
            // The session is good whether its use can be written down or not; a lasting failure ends it as idle.
            if let Err(error) = self.store.touch(hash, now).await {
                tracing::warn!(user = %session.user.name, %error, "the use of a session was not written down");
            }
        }
        Ok(Some(session))
    }

    /// Ends the session of this token hash; `false` if there was none.
    pub async fn revoke(&self, token: &TokenHash) -> Result<bool, ServiceError> {
        let ended = self.store.delete(token).await?;
        self.revocations.fetch_add(1, Ordering::SeqCst);
        self.forget(token);
        Ok(ended)
    }

    /// Ends all sessions of a user; answers how many. Another process notices when its cache's life is over.
    pub async fn revoke_user(&self, user: UserId) -> Result<u64, ServiceError> {
        let ended = self.store.delete_of(user).await?;
        self.revocations.fetch_add(1, Ordering::SeqCst);
        if let Some(cache) = &self.cache {
            for (token, session) in cache {
                if session.user.id == user {
                    cache.invalidate(&*token);
                }
            }
        }
        Ok(ended)
    }

    /// Deletes the sessions that have ended; answers how many.
    pub async fn prune(&self) -> Result<u64, ServiceError> {
        let now = self.clock.now();
        Ok(self.store.prune(now, now.plus_millis(self.idle_millis.saturating_neg())).await?)
    }

    async fn find(&self, hash: &TokenHash, revocations: u64) -> Result<Option<Session>, ServiceError> {
        if let Some(session) = self.cache.as_ref().and_then(|cache| cache.get(hash)) {
            return Ok(Some(session));
        }
        let found = self.store.find(hash).await?;
        if let Some(session) = &found {
            self.remember(session, revocations);
        }
        Ok(found)
    }

    /// Caches a session that was read when `revocations` had been counted. Inserting comes before comparing, and
    /// a revocation counts before it clears: whichever is later removes the entry.
    fn remember(&self, session: &Session, revocations: u64) {
        let Some(cache) = &self.cache else { return };
        cache.insert(session.token.clone(), session.clone());
        if self.revocations.load(Ordering::SeqCst) != revocations {
            cache.invalidate(&session.token);
        }
    }

    fn forget(&self, hash: &TokenHash) {
        if let Some(cache) = &self.cache {
            cache.invalidate(hash);
        }
    }

    fn in_force(&self, session: &Session, now: Timestamp) -> bool {
        now < session.expires_at && now.millis_since(session.last_seen_at) < self.idle_millis
    }
}
