//! Banning and unbanning without a runtime.

use super::Client;
use crate::client::Progress;
use crate::error::Error;
use crate::reply::Report;
use crate::types::{Address, BanId, JailName};

impl Client {
    /// As [`crate::Client::banned_in`].
    ///
    /// # Errors
    /// As there.
    pub fn banned_in(&self, ids: &[BanId]) -> Result<Vec<Vec<JailName>>, Error> {
        self.wait(self.client.banned_in(ids))
    }

    /// As [`crate::Client::is_banned`].
    ///
    /// # Errors
    /// As there.
    pub fn is_banned(&self, jail: &JailName, ids: &[BanId]) -> Result<Vec<bool>, Error> {
        self.wait(self.client.is_banned(jail, ids))
    }

    /// As [`crate::Client::ban`].
    ///
    /// # Errors
    /// As there.
    pub fn ban(&self, jail: &JailName, addresses: &[Address]) -> Result<Report, Error> {
        self.wait(self.client.ban(jail, addresses))
    }

    /// As [`crate::Client::unban`].
    ///
    /// # Errors
    /// As there.
    pub fn unban(&self, jail: &JailName, ids: &[BanId]) -> Result<Report, Error> {
        self.wait(self.client.unban(jail, ids))
    }

    /// As [`crate::Client::unban_everywhere`].
    ///
    /// # Errors
    /// As there.
    pub fn unban_everywhere(&self, ids: &[BanId]) -> Result<Report, Error> {
        self.wait(self.client.unban_everywhere(ids))
    }

    /// As [`crate::Client::unban_within`].
    ///
    /// # Errors
    /// As there.
    pub fn unban_within(&self, jail: &JailName, network: Address) -> Result<Report, Error> {
        self.wait(self.client.unban_within(jail, network))
    }

    /// As [`crate::Client::ban_many`].
    pub fn ban_many(&self, jail: &JailName, addresses: impl IntoIterator<Item = Address>) -> Bulk<'_> {
        Bulk { client: self, bulk: self.client.ban_many(jail, addresses) }
    }

    /// As [`crate::Client::unban_many`].
    pub fn unban_many(&self, jail: &JailName, ids: impl IntoIterator<Item = BanId>) -> Bulk<'_> {
        Bulk { client: self, bulk: self.client.unban_many(jail, ids) }
    }
}

/// Many addresses being banned or unbanned, part by part, as [`crate::Bulk`] describes. An iterator, which waits for the
/// next part and ends after the last or after an error. Nothing goes on between two calls.
#[derive(Debug)]
pub struct Bulk<'a> {
    client: &'a Client,
    bulk: crate::Bulk,
}

impl Bulk<'_> {
    /// What is known so far.
    pub fn report(&self) -> Report {
        self.bulk.report()
    }

    /// Sends no other part, so that the report is what the server then has.
    pub fn cancel(self) -> Report {
        self.client.wait(self.bulk.cancel())
    }

    /// Goes on to the end.
    ///
    /// # Errors
    /// As [`crate::Bulk::finish`].
    pub fn finish(self) -> Result<Report, Error> {
        self.client.wait(self.bulk.finish())
    }
}

impl Iterator for Bulk<'_> {
    type Item = Result<Progress, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.client.wait(self.bulk.next())
    }
}
