//! What can go wrong with secrets, apart from being the wrong ones.

use bangui_domain::ServiceError;
use thiserror::Error;

/// The machine could not hash, verify or draw a secret.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The system has no randomness to give.
    #[error("the system's random numbers are not available: {0}")]
    Random(String),
    /// The cost settings are outside of what argon2 takes.
    #[error("argon2 cannot work with this password cost: {0}")]
    Cost(String),
    /// Hashing failed; for lack of memory, most likely.
    #[error("a password could not be hashed: {0}")]
    Hash(String),
    /// The stored hash is no argon2 PHC string: the row was changed by hand.
    #[error("a stored password hash cannot be read ({0}): set the password anew with `bangui user`")]
    Stored(String),
    /// The hashing thread has ended.
    #[error("the work on a password was cut off: {0}")]
    Cut(String),
}

impl From<SecretError> for ServiceError {
    fn from(error: SecretError) -> Self {
        Self::Internal(error.to_string())
    }
}
