//! All settings of a jail at once.

use super::Client;
use crate::command;
use crate::error::Error;
use crate::reply::JailSettings;
use crate::types::JailName;

impl Client {
    /// Every setting of a jail that the server tells. Asked in one go, so that they belong together. A setting that
    /// the server does not have stays empty; so does one that the server refuses to tell or that cannot be read, which
    /// [`JailSettings::unreadable`] names.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn jail_settings(&self, jail: &JailName) -> Result<JailSettings, Error> {
        let (values, refused) = self.values(&command::jail_settings(jail), JailSettings::keys()).await?;
        let mut settings = JailSettings::read(values.iter().map(Option::as_ref));
        settings.unreadable.extend(refused);
        Ok(settings)
    }
}
