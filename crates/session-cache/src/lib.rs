//! Who is at the door: passwords, tokens, sessions with a cache in front of their store, the login throttle, and
//! the use cases of accounts. Knows the domain's ports; knows no HTTP, no cookie and no database.

mod accounts;
mod error;
mod password;
mod sessions;
mod settings;
mod throttle;
mod token;

pub use accounts::{AccountStores, Accounts, Client, Login};
pub use error::SecretError;
pub use password::{MAX_PASSWORD, MIN_PASSWORD, Passwords};
pub use sessions::Sessions;
pub use settings::{PasswordCost, SessionSettings};
pub use throttle::{Attempt, Throttle};
pub use token::{Token, hash_token, same_hash};
