//! Getting a connection: tries while the server's queue is full, and with growing pauses while a server that was
//! there before is away. Tells the watchers.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::Client;
use super::connection::Connection;
use super::state::ConnectionState;
use crate::error::Error;

/// The pauses between tries, each twice the one before.
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    fn take(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause
    }
}

impl Client {
    pub(super) fn pauses(&self) -> Pauses {
        let options = &self.inner.options;
        Pauses { next: options.reconnect_first, longest: options.reconnect_longest }
    }

    /// A connection for a command. A server that this client has reached before is waited for until `deadline`.
    pub(super) async fn reach(
        &self,
        command: &str,
        deadline: Instant,
        pauses: &mut Pauses,
    ) -> Result<Connection, Error> {
        loop {
            match self.open(command).await {
                Ok(stream) => {
                    let generation = self.inner.generation.fetch_add(1, Ordering::AcqRel) + 1;
                    tracing::debug!(server = self.server(), generation, "connected to fail2ban");
                    self.inner.state.send_replace(ConnectionState::Connected { generation });
                    return Ok(stream);
                }
                Err(error) if self.generation() > 0 && may_come_back(&error) => {
                    self.pause(error, deadline, pauses).await?;
                }
                Err(error) => {
                    self.lost(&error, None);
                    return Err(error);
                }
            }
        }
    }

    /// Waits before the next try, or gives the error back when the time would be over.
    pub(super) async fn pause(
        &self,
        error: Error,
        deadline: Instant,
        pauses: &mut Pauses,
    ) -> Result<(), Error> {
        let pause = pauses.take();
        if Instant::now() + pause >= deadline {
            self.lost(&error, None);
            return Err(error);
        }
        self.lost(&error, Some(pause));
        sleep(pause).await;
        Ok(())
    }

    /// Connects once. The server keeps a queue of two, and a full queue is reported at once: then it is tried again.
    async fn open(&self, command: &str) -> Result<Connection, Error> {
        let options = &self.inner.options;
        let deadline = Instant::now() + options.connect_timeout;
        let mut pause = Duration::from_millis(10);
        let late = || Error::TimedOut {
            server: self.server(),
            command: command.to_owned(),
            doing: "accept the connection",
            after: options.connect_timeout,
        };
        loop {
            match timeout_at(deadline, self.inner.connector.connect()).await {
                Err(_) => return Err(late()),
                Ok(Ok(stream)) => return Ok(Connection::new(stream, options.limits)),
                Ok(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    if Instant::now() + pause >= deadline {
                        return Err(late());
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(100));
                }
                Ok(Err(error)) => return Err(self.inner.connector.explain(error)),
            }
        }
    }
}

/// Whether waiting may help: a server that restarts is gone and back; rights and paths stay wrong.
fn may_come_back(error: &Error) -> bool {
    !matches!(error, Error::PermissionDenied { .. } | Error::NotASocket { .. })
}
