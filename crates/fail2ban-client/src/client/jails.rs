//! All settings of a jail at once.

use super::Client;
use crate::command;
use crate::error::Error;
use crate::reply::JailSettings;
use crate::types::JailName;

impl Client {
    /// Every setting of a jail that the server tells. Asked in one go, so that they belong together. A setting that
    /// the server does not have stays empty.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn jail_settings(&self, jail: &JailName) -> Result<JailSettings, Error> {
        let values = self.values(&command::jail_settings(jail)).await?;
        JailSettings::read(values.iter().map(Option::as_ref)).map_err(|error| Error::UnexpectedReply {
            command: format!("get {jail} {}", error.key),
            source: error.source,
        })
    }
}
