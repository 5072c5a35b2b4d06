//! How many files and connections the process may have open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are not for connections: databases, fail2ban, logs, and what is asked of other servers.
pub const RESERVED: u64 = 256;

/// Raises what the process may have open to what it may raise it to; answers how many that are, `None` for any number.
pub fn raise_limit() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::info!(%error, "the limit of open files stays at {}", current.unwrap_or(u64::MAX));
            current
        }
    }
}
