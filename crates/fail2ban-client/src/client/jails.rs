//! Methods for one jail.

use super::Client;
use crate::command;
use crate::error::Error;
use crate::reply::{JailSettings, JailStatus, SETTINGS};
use crate::types::JailName;

impl Client {
    /// Counters, log files and bans of a jail.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn status(&self, jail: &JailName) -> Result<JailStatus, Error> {
        self.run(&command::jail_status(jail)).await
    }

    /// Counters and log files of a jail, without its bans: cheap however many there are.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn status_short(&self, jail: &JailName) -> Result<JailStatus, Error> {
        self.run(&command::jail_status_short(jail)).await
    }

    /// Every setting of a jail that the server tells. Asked in one go, so that they belong together. A setting that
    /// the server does not have stays empty.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn jail_settings(&self, jail: &JailName) -> Result<JailSettings, Error> {
        let commands: Vec<_> = SETTINGS.iter().map(|(key, _)| command::jail_setting(jail, key)).collect();
        let replies = self.run_all(&commands, &format!("get {jail}")).await?;
        let mut settings = JailSettings::default();
        for (((_, fill), command), reply) in SETTINGS.iter().zip(&commands).zip(replies) {
            match reply {
                Ok(value) => fill(&mut settings, &value)
                    .map_err(|source| Error::UnexpectedReply { command: command.name(), source })?,
                Err(Error::Unsupported { command, version }) => {
                    tracing::debug!(command, %version, "the server does not have this setting");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(settings)
    }

    /// The names of a jail's actions, in their order.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn actions(&self, jail: &JailName) -> Result<Vec<String>, Error> {
        self.run(&command::actions(jail)).await
    }
}
