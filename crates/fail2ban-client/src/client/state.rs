//! What the outside sees of the connection: whether there is one, and what is done about it where there is none.

use std::time::Duration;

use tokio::sync::watch;

use super::Client;
use crate::error::Error;

/// The connection of a client, as far as the client knows: that a server has gone shows when it is asked next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionState {
    /// None was needed so far, it was closed, or a call that was dropped took it along.
    Idle,
    /// Made.
    Connected {
        /// The how manieth connection of this client it is, from 1 on.
        generation: u64,
    },
    /// Lost, or not to be had.
    Lost {
        /// Why, as a message for people.
        reason: String,
        /// How many failures there were since the last connection: its loss, where that was one, and each try to
        /// connect.
        failures: u32,
        /// How long the client waits before it tries again; `None` where it leaves that to the next command.
        retry_in: Option<Duration>,
    },
}

/// Follows the connection of a client. Made by [`Client::connection`].
#[derive(Debug, Clone)]
pub struct ConnectionWatch {
    receiver: watch::Receiver<ConnectionState>,
}

impl ConnectionWatch {
    /// How things are.
    pub fn state(&mut self) -> ConnectionState {
        self.receiver.borrow_and_update().clone()
    }

    /// Waits until they are otherwise than last told. States that follow each other fast are left out but the last.
    /// `None` once the client is gone.
    pub async fn changed(&mut self) -> Option<ConnectionState> {
        self.receiver.changed().await.ok()?;
        Some(self.state())
    }
}

/// A call that works on the connection. Where it is dropped on its way, nobody works on it any more, and the watchers
/// are told.
pub(super) struct Call<'a> {
    state: &'a watch::Sender<ConnectionState>,
    ended: bool,
}

impl<'a> Call<'a> {
    pub(super) fn new(state: &'a watch::Sender<ConnectionState>) -> Self {
        Self { state, ended: false }
    }

    pub(super) fn ended(mut self) {
        self.ended = true;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.state.send_if_modified(|state| match state {
            ConnectionState::Idle => false,
            ConnectionState::Connected { .. } => {
                *state = ConnectionState::Idle;
                true
            }
            ConnectionState::Lost { retry_in, .. } => retry_in.take().is_some(),
        });
    }
}

impl Client {
    /// Tells the watchers that there is no connection.
    pub(super) fn lost(&self, error: &Error, retry_in: Option<Duration>) {
        let (reason, mut failures) = (error.to_string(), 1_u32);
        tracing::debug!(server = self.server(), reason, ?retry_in, "no connection to fail2ban");
        self.inner.state.send_modify(|state| {
            if let ConnectionState::Lost { failures: before, .. } = state {
                failures = before.saturating_add(1);
            }
            *state = ConnectionState::Lost { reason, failures, retry_in };
        });
    }

    /// Follows the connection: made, lost, tried again.
    pub fn connection(&self) -> ConnectionWatch {
        ConnectionWatch { receiver: self.inner.state.subscribe() }
    }
}
