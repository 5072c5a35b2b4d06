//! All settings of a jail at once.

use super::Client;
use crate::command;
use crate::error::Error;
use crate::reply::{JailSettings, SETTINGS};
use crate::types::JailName;

impl Client {
    /// Every setting of a jail that the server tells. Asked in one go, so that they belong together. A setting that
    /// the server does not have stays empty.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn jail_settings(&self, jail: &JailName) -> Result<JailSettings, Error> {
        let commands: Vec<_> = SETTINGS.iter().map(|(key, _)| command::jail_setting(jail, key)).collect();
        let replies = self.run_all(&commands).await?;
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
}
