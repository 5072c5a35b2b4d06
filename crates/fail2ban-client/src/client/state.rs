//! What the outside sees of the connection: whether there is one, and what is done about it where there is none.

use std::time::Duration;

use tokio::sync::watch;

use super::Client;

/// The connection of a client, as far as the client knows: that a server has gone shows when it is asked next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionState {
    /// None was needed so far, or it was closed.
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
        /// How often connecting has failed since the last connection.
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

impl Client {
    /// Follows the connection: made, lost, tried again.
    pub fn connection(&self) -> ConnectionWatch {
        ConnectionWatch { receiver: self.inner.state.subscribe() }
    }
}
