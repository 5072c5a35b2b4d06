//! Sessions: made, recognised, listed, ended. The store is their truth; a small cache of short life stands in front
//! of it, so that a page full of requests asks the database once. Only sessions that exist are cached. What another
//! process ends is dropped when its notice comes, and when the cache's life is over at the latest.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bangui_domain::ServiceError;
use bangui_domain::model::{Fence, NewSession, Session, SessionEntry, Timestamp, TokenHash, User, UserId};
use bangui_domain::ports::{Clock, Notice, SessionStore, StoreError};
use moka::sync::Cache;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::{Client, SessionSettings, Token, hash_token};

/// A session's use is written down at most this often, in milliseconds.
const TOUCH_EVERY: i64 = 60_000;
/// The most of a user's sessions that are listed: those used last.
const LISTED: u32 = 100;
/// The longest name of a browser that is kept, in characters.
const USER_AGENT_CHARS: usize = 200;

/// A session as the store told it at some moment.
#[derive(Clone)]
struct Cached {
    session: Session,
    read_at: Instant,
}

/// Makes, recognises, lists and ends sessions.
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    cache: Option<Cache<TokenHash, Cached>>,
    cache_life: Duration,
    /// Counts revocations: an answer of the store that is older than one must not stay in the cache.
    revocations: AtomicU64,
    absolute_millis: i64,
    idle_millis: i64,
    touch_every: i64,
}

impl Sessions {
    /// Over `store`, with the times and the cache that `settings` name.
    pub fn new(store: Arc<dyn SessionStore>, clock: Arc<dyn Clock>, settings: &SessionSettings) -> Self {
        let cache = (settings.cache_capacity > 0 && !settings.cache_life.is_zero()).then(|| {
            Cache::builder().max_capacity(settings.cache_capacity).time_to_live(settings.cache_life).build()
        });
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let idle_millis = millis(settings.idle_expiry);
        Self {
            store,
            clock,
            cache,
            cache_life: settings.cache_life,
            revocations: AtomicU64::new(0),
            absolute_millis: millis(settings.absolute_expiry),
            idle_millis,
            // What is used must not look idle, however short that is.
            touch_every: TOUCH_EVERY.min(idle_millis / 4),
        }
    }

    /// A new session of `user`, whose password has been checked: its token in clear, which is stored nowhere, and when
    /// it ends. [`ServiceError::CredentialsInvalid`] if the password has been replaced since.
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
            password_hash: user.password_hash.clone(),
            token: session.token.clone(),
            created_at: now,
            expires_at: session.expires_at,
            address: from.address,
            user_agent: from.user_agent.as_ref().map(|name| name.chars().take(USER_AGENT_CHARS).collect()),
        };
        match self.store.insert(&stored).await {
            Err(StoreError::NotFound) => return Err(ServiceError::CredentialsInvalid),
            other => other?,
        }
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
        let now = self.clock.now();
        let Some(Cached { mut session, read_at }) = self.find(hash, now, revocations).await? else {
            return Ok(None);
        };
        // A use that is yet to come was noted before the clock was set back, and would keep the session from ending as idle.
        if !(0..self.touch_every).contains(&now.millis_since(session.last_seen_at)) {
            session.last_seen_at = now;
            self.remember(&Cached { session: session.clone(), read_at }, revocations);
            // The session is good whether its use can be written down or not; a lasting failure ends it as idle.
            if let Err(error) = self.store.touch(hash, now).await {
                tracing::warn!(user = %session.user.name, %error, "the use of a session was not written down");
            }
        }
        Ok(Some(session))
    }

    /// The sessions of a user that have not ended, the last used first; a hundred at most.
    pub async fn list(&self, user: UserId) -> Result<Vec<SessionEntry>, ServiceError> {
        let now = self.clock.now();
        let mut entries = self.store.list(user, LISTED).await?;
        entries.retain(|entry| self.in_force(entry.expires_at, entry.last_seen_at, now));
        Ok(entries)
    }

    /// Ends the session of this token hash; `false` if there was none.
    pub async fn revoke(&self, token: &TokenHash) -> Result<bool, ServiceError> {
        let ended = self.store.delete(token).await?;
        self.forget(token);
        Ok(ended)
    }

    /// Ends all sessions of a user but this one; answers how many.
    pub async fn revoke_others(&self, kept: &Session) -> Result<u64, ServiceError> {
        let ended = self.store.delete_others(kept.user.id, &kept.token).await?;
        self.forget_user(kept.user.id);
        Ok(ended)
    }

    /// Deletes the sessions that have ended, for the holder of the scheduler lock; answers how many.
    pub async fn prune(&self, fence: Fence) -> Result<u64, ServiceError> {
        let now = self.clock.now();
        Ok(self.store.prune(fence, now, now.plus_millis(self.idle_millis.saturating_neg())).await?)
    }

    /// Drops from the cache what other processes have ended, as long as `notices` come.
    pub async fn follow(&self, mut notices: broadcast::Receiver<Notice>) {
        loop {
            match notices.recv().await {
                Ok(Notice::SessionEnded(token)) => self.forget(&token),
                Ok(Notice::SessionsEnded(user)) => self.forget_user(user),
                Ok(Notice::Missed) | Err(RecvError::Lagged(_)) => self.forget_all(),
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Has the store asked for this session the next time.
    fn forget(&self, hash: &TokenHash) {
        self.revocations.fetch_add(1, Ordering::SeqCst);
        if let Some(cache) = &self.cache {
            cache.invalidate(hash);
        }
    }

    /// Has the store asked for the sessions of this user the next time.
    pub(crate) fn forget_user(&self, user: UserId) {
        self.revocations.fetch_add(1, Ordering::SeqCst);
        let Some(cache) = &self.cache else { return };
        for (token, cached) in cache {
            if cached.session.user.id == user {
                cache.invalidate(&*token);
            }
        }
    }

    fn forget_all(&self) {
        self.revocations.fetch_add(1, Ordering::SeqCst);
        if let Some(cache) = &self.cache {
            cache.invalidate_all();
        }
    }

    /// The session, if it is in force. One that is cached as over is asked for again: it may have been used on
    /// another process.
    async fn find(
        &self,
        hash: &TokenHash,
        now: Timestamp,
        revocations: u64,
    ) -> Result<Option<Cached>, ServiceError> {
        let in_force = |session: &Session| self.in_force(session.expires_at, session.last_seen_at, now);
        let cached = self.cache.as_ref().and_then(|cache| cache.get(hash));
        if let Some(cached) = cached
            && cached.read_at.elapsed() < self.cache_life
            && in_force(&cached.session)
        {
            return Ok(Some(cached));
        }
        let read_at = Instant::now();
        let Some(session) = self.store.find(hash).await?.filter(in_force) else { return Ok(None) };
        let found = Cached { session, read_at };
        self.remember(&found, revocations);
        Ok(Some(found))
    }

    /// Caches a session that was read when `revocations` had been counted. Inserting comes before comparing, and
    /// a revocation counts before it clears: whichever is later removes the entry.
    fn remember(&self, found: &Cached, revocations: u64) {
        let Some(cache) = &self.cache else { return };
        cache.insert(found.session.token.clone(), found.clone());
        if self.revocations.load(Ordering::SeqCst) != revocations {
            cache.invalidate(&found.session.token);
        }
    }

    fn in_force(&self, expires_at: Timestamp, last_seen_at: Timestamp, now: Timestamp) -> bool {
        now < expires_at && now.millis_since(last_seen_at) < self.idle_millis
    }
}
