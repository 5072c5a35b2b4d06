//! How long the client waits, and how much it takes.

use std::time::Duration;

use crate::codec::Limits;
use crate::types::Version;

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
    /// For how long a server that this client has reached before is waited for when it has gone, with growing pauses;
    /// zero tries once. Default 5 s, in which fail2ban restarts.
    pub reconnect_for: Duration,
    /// The first pause before connecting is tried again; each further one is twice as long. Default 50 ms.
    pub reconnect_first: Duration,
    /// The longest such pause. Default 1 s.
    pub reconnect_longest: Duration,
    /// The most addresses that are sent in one command, when many are banned or unbanned. Default 100.
    pub batch: usize,
    /// How long one such command may keep the server from answering others: the next has fewer addresses where it took
    /// longer. Default 100 ms.
    pub batch_time: Duration,
    /// The pause between two such commands, in which the server answers others. Default 5 ms.
    pub batch_pause: Duration,
    /// The longest request in bytes. Default 16 MiB.
    pub request_bytes: usize,
    /// What a reply may cost.
    pub limits: Limits,
    /// The oldest server that is worked with. An older one is asked for its version on each connection and for nothing
    /// else. Default `None`, which refuses none.
    pub oldest: Option<Version>,
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

    /// Sets how long a server that has gone is waited for.
    #[must_use]
    pub fn with_reconnect_for(mut self, limit: Duration) -> Self {
        self.reconnect_for = limit;
        self
    }

    /// Sets the first and the longest pause before connecting is tried again.
    #[must_use]
    pub fn with_reconnect_pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.reconnect_first, self.reconnect_longest) = (first, longest);
        self
    }

    /// Sets the most addresses that go into one command, at least one.
    #[must_use]
    pub fn with_batch(mut self, addresses: usize) -> Self {
        self.batch = addresses.max(1);
        self
    }

    /// Sets how long one command of many addresses may take, and the pause behind it.
    #[must_use]
    pub fn with_batch_times(mut self, time: Duration, pause: Duration) -> Self {
        (self.batch_time, self.batch_pause) = (time, pause);
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

    /// Sets the oldest server that is worked with.
    #[must_use]
    pub fn with_oldest(mut self, version: Version) -> Self {
        self.oldest = Some(version);
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
            reconnect_for: Duration::from_secs(5),
            reconnect_first: Duration::from_millis(50),
            reconnect_longest: Duration::from_secs(1),
            batch: 100,
            batch_time: Duration::from_millis(100),
            batch_pause: Duration::from_millis(5),
            request_bytes: 16 << 20,
            limits: Limits::default(),
            oldest: None,
        }
    }
}
