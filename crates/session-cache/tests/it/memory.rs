//! Stores in memory and a clock that stands still: just enough to see what the crate asks of its ports.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{
    AuditAction, AuditEntry, Fence, NewSession, NewUser, Session, SessionEntry, Timestamp, TokenHash,
    TryKind, User, UserId,
};
use bangui_domain::ports::{AuditLog, Clock, SessionStore, StoreError, UserStore};
use bangui_session_cache::{AccountStores, Accounts, PasswordCost, SessionSettings, Sessions};

use crate::tries::Tries;

pub(crate) const DAY: i64 = 24 * 60 * 60;

#[derive(Default)]
pub(crate) struct Memory {
    users: Mutex<Vec<User>>,
    sessions: Mutex<Vec<Session>>,
    setup: Mutex<Option<TokenHash>>,
    audit: Mutex<Vec<AuditEntry>>,
    pub(crate) stored: Mutex<Vec<NewSession>>,
    pub(crate) finds: AtomicU64,
    pub(crate) touches: AtomicU64,
    pub(crate) tries: Mutex<HashMap<(TryKind, String), Tries>>,
    pub(crate) admitting: Mutex<()>,
    broken: Mutex<bool>,
    now: AtomicI64,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { now: AtomicI64::new(1_790_000_000_000), ..Self::default() }
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn break_down(&self, broken: bool) {
        *self.broken.lock().unwrap() = broken;
    }

    pub(crate) fn trail(&self) -> Vec<(AuditAction, Option<String>, Option<String>)> {
        let audit = self.audit.lock().unwrap();
        audit.iter().map(|entry| (entry.action, entry.user.clone(), entry.subject.clone())).collect()
    }

    pub(crate) fn last_entry(&self) -> AuditEntry {
        self.audit.lock().unwrap().last().cloned().unwrap()
    }

    pub(crate) fn sessions(&self) -> usize {
        self.sessions.lock().unwrap().len()
    }

    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if *self.broken.lock().unwrap() { Err(StoreError::Busy) } else { Ok(()) }
    }

    /// Ends what `over` picks; answers how many.
    pub(crate) fn end(&self, over: impl Fn(&Session) -> bool) -> u64 {
        let mut sessions = self.sessions.lock().unwrap();
        let before = sessions.len();
        sessions.retain(|session| !over(session));
        u64::try_from(before - sessions.len()).unwrap()
    }

    fn add(&self, user: &NewUser) -> User {
        let mut users = self.users.lock().unwrap();
        let id = UserId(i64::try_from(users.len()).unwrap() + 1);
        let made = User {
            id,
            name: user.name.clone(),
            password_hash: user.password_hash.clone(),
            created_at: user.created_at,
        };
        users.push(made.clone());
        made
    }
}

impl Clock for Memory {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn uptime(&self) -> Duration {
        Duration::from_millis(self.now.load(Ordering::SeqCst).unsigned_abs())
    }
}

#[async_trait]
impl UserStore for Memory {
    async fn any(&self) -> Result<bool, StoreError> {
        self.check()?;
        Ok(!self.users.lock().unwrap().is_empty())
    }

    async fn find(&self, name: &str) -> Result<Option<User>, StoreError> {
        self.check()?;
        let users = self.users.lock().unwrap();
        Ok(users.iter().find(|user| user.name.eq_ignore_ascii_case(name)).cloned())
    }

    async fn create(&self, user: &NewUser) -> Result<User, StoreError> {
        if UserStore::find(self, &user.name).await?.is_some() {
            return Err(StoreError::Conflict("users_name".to_owned()));
        }
        Ok(self.add(user))
    }

    async fn create_first(&self, user: &NewUser) -> Result<Option<User>, StoreError> {
        if self.any().await? { Ok(None) } else { Ok(Some(self.add(user))) }
    }

    async fn set_password(
        &self,
        user: UserId,
        password_hash: &str,
        kept: Option<&TokenHash>,
    ) -> Result<u64, StoreError> {
        let mut users = self.users.lock().unwrap();
        let known = users.iter_mut().find(|known| known.id == user).ok_or(StoreError::NotFound)?;
        password_hash.clone_into(&mut known.password_hash);
        Ok(self.end(|session| session.user.id == user && Some(&session.token) != kept))
    }

    async fn set_setup_token(&self, token: &TokenHash) -> Result<(), StoreError> {
        *self.setup.lock().unwrap() = Some(token.clone());
        Ok(())
    }

    async fn setup_token(&self) -> Result<Option<TokenHash>, StoreError> {
        Ok(self.setup.lock().unwrap().clone())
    }
}

#[async_trait]
impl SessionStore for Memory {
    async fn insert(&self, session: &NewSession) -> Result<(), StoreError> {
        self.check()?;
        let users = self.users.lock().unwrap();
        let same = |user: &&User| user.id == session.user && user.password_hash == session.password_hash;
        let user = users.iter().find(same).cloned().ok_or(StoreError::NotFound)?;
        self.stored.lock().unwrap().push(session.clone());
        self.sessions.lock().unwrap().push(Session {
            user,
            token: session.token.clone(),
            created_at: session.created_at,
            last_seen_at: session.created_at,
            expires_at: session.expires_at,
        });
        Ok(())
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        self.check()?;
        self.finds.fetch_add(1, Ordering::SeqCst);
        Ok(self.sessions.lock().unwrap().iter().find(|session| session.token == *token).cloned())
    }

    async fn list(&self, user: UserId, most: u32) -> Result<Vec<SessionEntry>, StoreError> {
        self.check()?;
        let (sessions, stored) = (self.sessions.lock().unwrap(), self.stored.lock().unwrap());
        let entry = |session: &Session| {
            let new = stored.iter().find(|new| new.token == session.token).unwrap();
            SessionEntry {
                token: session.token.clone(),
                created_at: session.created_at,
                last_seen_at: session.last_seen_at,
                expires_at: session.expires_at,
                address: new.address,
                user_agent: new.user_agent.clone(),
            }
        };
        let mut own: Vec<_> = sessions.iter().filter(|session| session.user.id == user).map(entry).collect();
        own.sort_by_key(|entry| std::cmp::Reverse(entry.last_seen_at));
        own.truncate(usize::try_from(most).unwrap());
        Ok(own)
    }

    async fn touch(&self, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
        self.check()?;
        self.touches.fetch_add(1, Ordering::SeqCst);
        for session in self.sessions.lock().unwrap().iter_mut().filter(|session| session.token == *token) {
            session.last_seen_at = at;
        }
        Ok(())
    }

    async fn delete(&self, token: &TokenHash) -> Result<bool, StoreError> {
        Ok(self.end(|session| session.token == *token) > 0)
    }

    async fn delete_others(&self, user: UserId, kept: &TokenHash) -> Result<u64, StoreError> {
        Ok(self.end(|session| session.user.id == user && session.token != *kept))
    }

    async fn prune(&self, _: Fence, now: Timestamp, idle_since: Timestamp) -> Result<u64, StoreError> {
        Ok(self.end(|session| session.expires_at <= now || session.last_seen_at <= idle_since))
    }
}

#[async_trait]
impl AuditLog for Memory {
    async fn record(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.audit.lock().unwrap().push(entry.clone());
        Ok(())
    }
}

/// Accounts over a memory, with a cheap password cost.
pub(crate) fn accounts(cache_capacity: u64) -> (Arc<Memory>, Accounts) {
    let memory = Arc::new(Memory::new());
    let accounts = process(&memory, cache_capacity, SessionSettings::default().cache_life);
    (memory, accounts)
}

/// The same with the cache and without, which must make no difference to what is right.
pub(crate) fn with_and_without_cache() -> [(Arc<Memory>, Accounts); 2] {
    [accounts(100), accounts(0)]
}

/// One of several processes over one memory.
pub(crate) fn process(memory: &Arc<Memory>, cache_capacity: u64, cache_life: Duration) -> Accounts {
    with_settings(memory, &SessionSettings { cache_capacity, cache_life, ..SessionSettings::default() })
}

/// Accounts as set, but for the password cost.
pub(crate) fn with_settings(memory: &Arc<Memory>, settings: &SessionSettings) -> Accounts {
    let cheap = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };
    let settings = SessionSettings { password_cost: cheap, ..settings.clone() };
    let sessions = Arc::new(Sessions::new(memory.clone(), memory.clone(), &settings));
    let stores =
        AccountStores { users: memory.clone(), audit: memory.clone(), tries: memory.clone(), sessions };
    Accounts::new(stores, memory.clone(), &settings).unwrap()
}
