//! What a refusal means: a jail that is not there, a command that this version lacks, or an error of the server.
//! The version is asked once on each connection, where a command needs more than the oldest one has.

use super::Client;
use super::call::Slot;
use crate::codec::Value;
use crate::command::{self, Command, Since};
use crate::error::Error;
use crate::reply::{Refusal, ReplyError};
use crate::types::Version;

/// The refusal of a command as an error.
pub(super) fn error(command: String, refusal: Refusal) -> Error {
    match refusal {
        Refusal::Exception(exception) if exception.is("UnknownJailException") => {
            Error::UnknownJail { jail: exception.message() }
        }
        Refusal::Exception(exception) => Error::Server { command, exception },
        Refusal::Text(text) => Error::ServerText { command, text },
        Refusal::Shutdown => Error::ShuttingDown { command },
        Refusal::Unexpected(got) => {
            Error::UnexpectedReply { command, source: ReplyError { expected: "a success or an error", got } }
        }
    }
}

/// Keeps the version where it was asked for anyway.
pub(super) fn note_version<T>(slot: &mut Slot<'_>, command: &Command<T>, answer: &Value) {
    let asked = command.info().is_some_and(|info| info.function == "version");
    if let (Some(connection), Some(version), true) = (slot.as_mut(), answer.as_str(), asked) {
        connection.version = Some(Version::new(version));
    }
}

impl Client {
    /// The error for a command that this server's version does not have, or that this very server process has refused
    /// before as unknown. It is not sent then: the server would write a complaint to its log each time.
    ///
    /// # Errors
    /// The version cannot be asked for, or is older than the options allow.
    pub(super) async fn known_to_lack<T>(
        &self,
        slot: &mut Slot<'_>,
        command: &Command<T>,
    ) -> Result<Option<Error>, Error> {
        if let Some(connection) = slot.as_mut()
            && connection.is_stale().await
        {
            **slot = None;
        }
        let since = command.info().map_or(Since::V0_11_2, |info| info.since);
        let oldest = self.inner.options.oldest.as_ref();
        if oldest.is_some() || since > Since::V0_11_2 {
            let version = self.server_version(slot).await?;
            if let Some(oldest) = oldest.filter(|oldest| version.is_older_than(oldest)) {
                return Err(Error::TooOld { version, oldest: oldest.clone() });
            }
            if !since.includes(&version) {
                return Ok(Some(Error::Unsupported { command: command.name(), version }));
            }
        }
        let connection = slot
            .as_ref()
            .filter(|connection| command.info().is_some_and(|info| connection.lacks.contains(info.syntax)));
        let version = connection.and_then(|connection| connection.version.clone());
        Ok(version.map(|version| Error::Unsupported { command: command.name(), version }))
    }

    /// A server that does not know a command says so in several ways. An older one than the command needs is taken at
    /// any of them; every other only when it says that the command is invalid.
    pub(super) async fn perhaps_unsupported<T>(
        &self,
        slot: &mut Slot<'_>,
        command: &Command<T>,
        error: Error,
    ) -> Error {
        let invalid = matches!(&error, Error::Server { exception, .. } if exception.is_invalid_command());
        let since = command.info().map_or(Since::V0_11_2, |info| info.since);
        let answered =
            matches!(error, Error::Server { .. } | Error::UnknownJail { .. } | Error::UnexpectedReply { .. });
        if !invalid && (since == Since::V0_11_2 || !answered) {
            return error;
        }
        let version = match self.server_version(slot).await {
            Ok(version) => version,
            Err(error) => return error,
        };
        if !invalid && since.includes(&version) {
            return error;
        }
        if let (Some(connection), Some(info)) = (slot.as_mut(), command.info()) {
            connection.lacks.insert(info.syntax);
        }
        Error::Unsupported { command: command.name(), version }
    }

    /// The server's version, asked once on each connection.
    async fn server_version(&self, slot: &mut Slot<'_>) -> Result<Version, Error> {
        if let Some(version) = slot.as_ref().and_then(|connection| connection.version.clone()) {
            return Ok(version);
        }
        let command = command::version();
        let batch = self.batch([&command], command.name())?;
        let mut replies = self.exchange(slot, &batch).await?;
        let version = match replies.pop().ok_or(Refusal::Shutdown).flatten() {
            Ok(value) => command
                .parse(&value)
                .map_err(|source| Error::UnexpectedReply { command: command.name(), source })?,
            Err(refusal) => return Err(self::error(command.name(), refusal)),
        };
        if let Some(connection) = slot.as_mut() {
            connection.version = Some(version.clone());
        }
        Ok(version)
    }
}
