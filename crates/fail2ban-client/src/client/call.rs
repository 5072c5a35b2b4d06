//! Runs commands over the shared connection: takes it, remakes it where it is lost, and says honestly what is known
//! when a reply does not arrive.

use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::Client;
use super::connection::{Connection, Failure, Fault};
use super::refusal::note_version;
use super::state::Call;
use crate::codec::{Value, decode};
use crate::command::{Command, Effect, Patience};
use crate::error::Error;
use crate::reply::{Refusal, outcome};

/// The place of the idle connection, held while a command runs.
pub(super) type Slot<'a> = MutexGuard<'a, Option<Connection>>;

/// What is sent in one go.
pub(super) struct Batch {
    name: String,
    requests: Vec<u8>,
    replies: usize,
    effect: Effect,
    timeout: Duration,
}

impl Client {
    /// Runs a command. The methods of the client are short forms of this.
    ///
    /// # Errors
    /// The server is out of reach, refused, or its reply is not readable. There is no such jail:
    /// [`Error::UnknownJail`]. The server's version does not have the command: [`Error::Unsupported`], and nothing is
    /// sent where the version is known to lack it. The server is older than [`Options::oldest`](crate::Options::oldest):
    /// [`Error::TooOld`]. A command that changes something and whose reply is lost gives [`Error::OutcomeUnknown`]; one that
    /// only reads, or that may be repeated, is sent again on a new connection, for as long as [`Options::reconnect_for`] says.
    ///
    /// [`Options::reconnect_for`]: super::Options::reconnect_for
    pub async fn run<T>(&self, command: &Command<T>) -> Result<T, Error> {
        let mut slot = self.inner.slot.lock().await;
        if let Some(error) = self.known_to_lack(&mut slot, command).await? {
            return Err(error);
        }
        let batch = self.batch([command], command.name())?;
        let replies = self.exchange(&mut slot, &batch).await?;
        let reply = replies.into_iter().next().ok_or(Refusal::Shutdown).flatten();
        self.read(&mut slot, command, reply).await
    }

    /// Runs commands in one go; each has its own result. The server answers nobody else in between, as long as they
    /// fit into what it reads at once, 64 KiB. One that changes something makes the outcome of all unknown when the
    /// replies are lost.
    ///
    /// # Errors
    /// As [`Client::run`], where it concerns all of them.
    pub async fn run_all<T>(&self, commands: &[Command<T>]) -> Result<Vec<Result<T, Error>>, Error> {
        let Some(first) = commands.first() else { return Ok(Vec::new()) };
        let mut slot = self.inner.slot.lock().await;
        let mut lacking = Vec::with_capacity(commands.len());
        for command in commands {
            lacking.push(self.known_to_lack(&mut slot, command).await?);
        }
        let known = commands.iter().zip(&lacking).filter(|(_, lacks)| lacks.is_none());
        let batch = self.batch(known.map(|(command, _)| command), first.name())?;
        let mut replies = self.exchange(&mut slot, &batch).await?.into_iter();
        let mut results = Vec::with_capacity(commands.len());
        for (command, lacks) in commands.iter().zip(lacking) {
            results.push(if let Some(error) = lacks {
                Err(error)
            } else {
                let reply = replies.next().ok_or(Refusal::Shutdown).flatten();
                self.read(&mut slot, command, reply).await
            });
        }
        Ok(results)
    }

    async fn read<T>(
        &self,
        slot: &mut Slot<'_>,
        command: &Command<T>,
        reply: Result<Value, Refusal>,
    ) -> Result<T, Error> {
        let error = match reply {
            Ok(value) => {
                note_version(slot, command, &value);
                match command.parse(&value) {
                    Ok(read) => return Ok(read),
                    Err(source) => Error::UnexpectedReply { command: command.name(), source },
                }
            }
            Err(refusal) => super::refusal::error(command.name(), refusal),
        };
        Err(self.perhaps_unsupported(slot, command, error).await)
    }

    pub(super) fn batch<'a, T: 'a>(
        &self,
        commands: impl IntoIterator<Item = &'a Command<T>>,
        name: String,
    ) -> Result<Batch, Error> {
        let options = &self.inner.options;
        let (mut requests, mut replies) = (Vec::new(), 0);
        let (mut effect, mut timeout) = (Effect::Read, options.timeout);
        for command in commands {
            let sealed = command.seal(options.request_bytes);
            requests.extend(sealed.map_err(|source| Error::Request { command: command.name(), source })?);
            replies += 1;
            match command.effect() {
                Effect::Read => {}
                Effect::Idempotent if effect == Effect::Change => {}
                more => effect = more,
            }
            if command.patience() == Patience::Actions {
                timeout = options.action_timeout;
            }
        }
        Ok(Batch { name, requests, replies, effect, timeout })
    }

    /// Sends a batch and takes its replies apart, on a new connection where the old one is lost.
    pub(super) async fn exchange(
        &self,
        slot: &mut Slot<'_>,
        batch: &Batch,
    ) -> Result<Vec<Result<Value, Refusal>>, Error> {
        if batch.replies == 0 {
            return Ok(Vec::new());
        }
        let call = Call::new(&self.inner.state);
        let replies = self.exchange_patiently(slot, batch).await;
        call.ended();
        replies
    }

    /// The connection goes back into its slot only after a whole reply, so that a future that is dropped in between
    /// takes it along.
    async fn exchange_patiently(
        &self,
        slot: &mut Slot<'_>,
        batch: &Batch,
    ) -> Result<Vec<Result<Value, Refusal>>, Error> {
        let deadline = Instant::now() + self.inner.options.reconnect_for;
        let mut pauses = self.pauses();
        let mut kept = match slot.take() {
            Some(mut connection) => (!connection.is_stale().await).then_some(connection),
            None => None,
        };
        loop {
            let was_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => self.reach(&batch.name, deadline, &mut pauses).await?,
            };
            let failure = match self.attempt(&mut connection, batch).await {
                Ok(replies) => {
                    **slot = Some(connection);
                    return Ok(replies);
                }
                Err(failure) => failure,
            };
            drop(connection);
            let harmless = batch.effect != Effect::Change || !failure.sent;
            let again = harmless && matches!(failure.fault, Fault::Lost(_));
            let error = self.failed(batch, failure);
            match (again, was_kept) {
                // A kept connection may have been dead for long: one try on a new one costs no waiting.
                (true, true) => self.lost(&error, Some(Duration::ZERO)),
                (true, false) => self.pause(error, deadline, &mut pauses).await?,
                (false, _) => {
                    self.lost(&error, None);
                    return Err(error);
                }
            }
        }
    }

    async fn attempt(
        &self,
        connection: &mut Connection,
        batch: &Batch,
    ) -> Result<Vec<Result<Value, Refusal>>, Failure> {
        let options = &self.inner.options;
        let replies =
            connection.exchange(&batch.requests, batch.replies, batch.timeout, options.write_timeout).await?;
        let read = |reply: bytes::Bytes| {
            let received = reply.len();
            match decode(reply, &options.limits) {
                Ok(value) => Ok(outcome(&value)),
                Err(error) => Err(Failure { fault: Fault::Malformed(error), sent: true, received }),
            }
        };
        replies.into_iter().map(read).collect()
    }

    fn failed(&self, batch: &Batch, failure: Failure) -> Error {
        let (server, command) = (self.server(), batch.name.clone());
        let error = match failure.fault {
            Fault::Lost(source) => {
                Error::Disconnected { server, command, received: failure.received, source }
            }
            Fault::Late(doing, after) => Error::TimedOut { server, command, doing, after },
            Fault::Malformed(source) => Error::Malformed { server, command, source },
        };
        if failure.sent && batch.effect == Effect::Change {
            Error::OutcomeUnknown { command: batch.name.clone(), source: Box::new(error) }
        } else {
            error
        }
    }
}
