//! How long the client waits, and how much it takes.

use std::time::Duration;

use crate::codec::Limits;

/// Time-outs and limits. A time-out counts from the moment at which the command has the connection for itself; waiting
/// for other commands of the same client is not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// For connecting, repeated while the server's queue is full. Default 5 s.
    pub connect_timeout: Duration,
    /// For handing over a request. Default 15 s.
    pub write_timeout: Duration,
    /// For the whole reply to a command that the server answers from memory. Default 15 s.
    pub timeout: Duration,
    /// For the reply to a command that bans or unbans: the server runs the jail's actions first. Default 120 s.
    pub action_timeout: Duration,
    /// How many addresses are sent in one command; between two the server answers others. Default 100.
    pub batch: usize,
    /// The longest request in bytes. Default 16 MiB.
    pub request_bytes: usize,
    /// What a reply may cost.
    pub limits: Limits,
}

impl Options {
    /// Sets the time for connecting.
    #[must_use]
    pub fn with_connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the time for handing over a request.
    #[must_use]
    pub fn with_write_timeout(mut self, limit: Duration) -> Self {
        self.write_timeout = limit;
        self
    }

    /// Sets the time for an ordinary reply.
    #[must_use]
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets the time for the reply to a command that runs actions.
    #[must_use]
    pub fn with_action_timeout(mut self, limit: Duration) -> Self {
        self.action_timeout = limit;
        self
    }

    /// Sets how many addresses go into one command, at least one.
    #[must_use]
    pub fn with_batch(mut self, addresses: usize) -> Self {
        self.batch = addresses.max(1);
        self
    }

    /// Sets the longest request.
    #[must_use]
    pub fn with_request_bytes(mut self, bytes: usize) -> Self {
        self.request_bytes = bytes;
        self
    }

    /// Sets what a reply may cost.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(15),
            timeout: Duration::from_secs(15),
            action_timeout: Duration::from_mins(2),
            batch: 100,
            request_bytes: 16 << 20,
            limits: Limits::default(),
        }
    }
}
