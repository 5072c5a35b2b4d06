//! Runs commands over the shared connection: takes it, remakes it where it is lost, and says honestly what is known
//! when a reply does not arrive.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::MutexGuard;

use super::Client;
use super::connection::{Connection, Failure, Fault};
use crate::codec::{Value, decode};
use crate::command::{self, Command, Effect, Patience};
use crate::error::Error;
use crate::reply::{Refusal, outcome};
use crate::types::Version;

/// What is sent in one go.
struct Batch {
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
    /// The server is out of reach, refused, or its reply is not readable. A command that changes something and whose
    /// reply is lost gives [`Error::OutcomeUnknown`]; one that reads is tried a second time on a new connection when
    /// the old one turns out dead.
    pub async fn run<T>(&self, command: &Command<T>) -> Result<T, Error> {
        let name = command.name();
        let mut slot = self.inner.slot.lock().await;
        refuse_what_is_lacking(&mut slot, &name)?;
        let batch = self.batch(std::slice::from_ref(command), name)?;
        let replies = self.exchange(&mut slot, &batch).await?;
        let value = replies.into_iter().next().ok_or(Refusal::Shutdown).flatten();
        match value {
            Ok(value) => command
                .parse(&value)
                .map_err(|source| Error::UnexpectedReply { command: batch.name.clone(), source }),
            Err(refusal) => Err(self.refused(&mut slot, batch.name, refusal).await),
        }
    }

    /// Runs commands that only read in one go; each has its own result. The server answers nobody else in between.
    pub(super) async fn run_all<T>(
        &self,
        commands: &[Command<T>],
        name: &str,
    ) -> Result<Vec<Result<Value, Error>>, Error> {
        let mut slot = self.inner.slot.lock().await;
        let batch = self.batch(commands, name.to_owned())?;
        let replies = self.exchange(&mut slot, &batch).await?;
        let mut results = Vec::with_capacity(replies.len());
        for (command, reply) in commands.iter().zip(replies) {
            results.push(match reply {
                Ok(value) => Ok(value),
                Err(refusal) => Err(self.refused(&mut slot, command.name(), refusal).await),
            });
        }
        Ok(results)
    }

    fn batch<T>(&self, commands: &[Command<T>], name: String) -> Result<Batch, Error> {
        let options = &self.inner.options;
        let mut requests = Vec::new();
        let (mut effect, mut timeout) = (Effect::Read, options.timeout);
        for command in commands {
            let sealed = command.seal(options.request_bytes);
            requests.extend(sealed.map_err(|source| Error::Request { command: command.name(), source })?);
            if command.effect() == Effect::Change {
                effect = Effect::Change;
            }
            if command.patience() == Patience::Actions {
                timeout = options.action_timeout;
            }
        }
        Ok(Batch { name, requests, replies: commands.len(), effect, timeout })
    }

    /// Sends a batch and takes its replies apart. The connection goes back into its slot only after a whole reply,
    /// so that a future that is dropped in between takes it along.
    async fn exchange(
        &self,
        slot: &mut MutexGuard<'_, Option<Connection>>,
        batch: &Batch,
    ) -> Result<Vec<Result<Value, Refusal>>, Error> {
        let reused = slot.take().filter(|connection| !connection.is_stale());
        let was_reused = reused.is_some();
        let mut connection = match reused {
            Some(connection) => connection,
            None => self.connect(&batch.name).await?,
        };
        let mut result = self.attempt(&mut connection, batch).await;
        if let Err(failure) = &result
            && was_reused
            && matches!(failure.fault, Fault::Lost(_))
            && (batch.effect == Effect::Read || !failure.sent)
        {
            tracing::debug!(command = batch.name, "the connection to fail2ban was lost, a new one is tried");
            connection = self.connect(&batch.name).await?;
            result = self.attempt(&mut connection, batch).await;
        }
        let replies = result.map_err(|failure| self.failed(batch, failure))?;
        **slot = Some(connection);
        Ok(replies)
    }

    async fn attempt(
        &self,
        connection: &mut Connection,
        batch: &Batch,
    ) -> Result<Vec<Result<Value, Refusal>>, Failure> {
        let options = &self.inner.options;
        let replies =
            connection.exchange(&batch.requests, batch.replies, batch.timeout, options.write_timeout).await?;
        let read = |reply: &Vec<u8>| match decode(reply, &options.limits) {
            Ok(value) => Ok(outcome(&value)),
            Err(error) => Err(Failure { fault: Fault::Malformed(error), sent: true, received: reply.len() }),
        };
        replies.iter().map(read).collect()
    }

    async fn connect(&self, command: &str) -> Result<Connection, Error> {
        let connected = Connection::open(&self.inner.path, &self.inner.options).await;
        let connection = connected.map_err(|error| match error {
            Error::TimedOut { path, doing, after, .. } => {
                Error::TimedOut { path, command: command.to_owned(), doing, after }
            }
            other => other,
        })?;
        let number = self.inner.generation.fetch_add(1, Ordering::AcqRel) + 1;
        tracing::debug!(socket = %self.inner.path.display(), number, "connected to fail2ban");
        Ok(connection)
    }

    fn failed(&self, batch: &Batch, failure: Failure) -> Error {
        let (path, command) = (self.inner.path.clone(), batch.name.clone());
        let error = match failure.fault {
            Fault::Lost(source) => Error::Disconnected { path, command, received: failure.received, source },
            Fault::Late(doing, after) => Error::TimedOut { path, command, doing, after },
            Fault::Malformed(source) => Error::Malformed { path, command, source },
        };
        if failure.sent && batch.effect == Effect::Change {
            Error::OutcomeUnknown { command: batch.name.clone(), source: Box::new(error) }
        } else {
            error
        }
    }

    /// Turns a refusal into an error. A command that the server does not know is remembered for this connection.
    async fn refused(
        &self,
        slot: &mut MutexGuard<'_, Option<Connection>>,
        command: String,
        refusal: Refusal,
    ) -> Error {
        match refusal {
            Refusal::Exception(exception) if exception.is("UnknownJailException") => {
                let jail = exception.message();
                Error::UnknownJail { jail }
            }
            Refusal::Exception(exception) if exception.is_invalid_command() => {
                match self.server_version(slot).await {
                    Ok(version) => {
                        if let Some(connection) = slot.as_mut() {
                            connection.lacks.insert(command.clone());
                        }
                        Error::Unsupported { command, version }
                    }
                    Err(error) => error,
                }
            }
            Refusal::Exception(exception) => Error::Server { command, exception },
            Refusal::Text(text) => Error::ServerText { command, text },
            Refusal::Shutdown => Error::ShuttingDown { command },
            Refusal::Unexpected(got) => Error::UnexpectedReply {
                command,
                source: crate::reply::ReplyError { expected: "a success or an error", got },
            },
        }
    }

    async fn server_version(&self, slot: &mut MutexGuard<'_, Option<Connection>>) -> Result<Version, Error> {
        if let Some(version) = slot.as_ref().and_then(|connection| connection.version.clone()) {
            return Ok(version);
        }
        let command = command::version();
        let batch = self.batch(std::slice::from_ref(&command), command.name())?;
        let mut replies = self.exchange(slot, &batch).await?;
        let unreadable = |source| Error::UnexpectedReply { command: command.name(), source };
        let version = match replies.pop() {
            Some(Ok(value)) => command.parse(&value).map_err(unreadable)?,
            _ => Version::new("of unknown version"),
        };
        if let Some(connection) = slot.as_mut() {
            connection.version = Some(version.clone());
        }
        Ok(version)
    }
}

/// A command that this very server process has refused before as unknown is not asked again.
fn refuse_what_is_lacking(slot: &mut Option<Connection>, command: &str) -> Result<(), Error> {
    let Some(connection) = slot.as_ref().filter(|connection| connection.lacks.contains(command)) else {
        return Ok(());
    };
    if connection.is_stale() {
        *slot = None;
        return Ok(());
    }
    let version = connection.version.clone().unwrap_or_else(|| Version::new("of unknown version"));
    Err(Error::Unsupported { command: command.to_owned(), version })
}
