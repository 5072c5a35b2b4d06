//! What an operator may set about sessions and logins.

use std::time::Duration;

/// How long sessions live, how they are cached, and what a password hash costs.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// A session ends this long after the login, used or not.
    pub absolute_expiry: Duration,
    /// A session ends when it was not used for this long.
    pub idle_expiry: Duration,
    /// Sessions kept in memory; 0 asks the store at every request.
    pub cache_capacity: u64,
    /// How long a session is kept in memory; 0 asks the store at every request. The longest that a session lives on
    /// which another process has ended, should its notice not come.
    pub cache_life: Duration,
    /// Passwords that are hashed at one time; each takes `password_cost.memory_kib` of memory and a core.
    pub parallel_hashes: usize,
    /// What one password hash costs.
    pub password_cost: PasswordCost,
}

impl Default for SessionSettings {
    fn default() -> Self {
        let day = 24 * 60 * 60;
        Self {
            absolute_expiry: Duration::from_secs(30 * day),
            idle_expiry: Duration::from_secs(7 * day),
            cache_capacity: 10_000,
            cache_life: Duration::from_secs(10),
            parallel_hashes: 2,
            password_cost: PasswordCost::default(),
        }
    }
}

/// The parameters of argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// The first choice of OWASP's password storage cheat sheet for argon2id.
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}
