//! Methods that make and lift bans, and ask for single ones.

use super::Client;
use super::bulk::{Bulk, Verb};
use crate::command;
use crate::error::Error;
use crate::reply::Report;
use crate::types::{Address, BanId, JailName};

impl Client {
    /// The jails in which each of these very entries is banned, one list per id in their order. An address that is
    /// only covered by a banned network is not found.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn banned_in(&self, ids: &[BanId]) -> Result<Vec<Vec<JailName>>, Error> {
        let mut jails = Vec::with_capacity(ids.len());
        for part in ids.chunks(self.options().batch.max(1)) {
            jails.extend(self.run(&command::banned_in(part)).await?);
        }
        Ok(jails)
    }

    /// Whether a jail bans each of these very entries, in their order. Costs the server a third of the whole list for
    /// each: [`Client::banned_unsorted`] is cheaper for more than three.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn is_banned(&self, jail: &JailName, ids: &[BanId]) -> Result<Vec<bool>, Error> {
        let mut flags = Vec::with_capacity(ids.len());
        for part in ids.chunks(self.options().batch.max(1)) {
            flags.extend(self.run(&command::is_banned(jail, part)).await?);
        }
        Ok(flags)
    }

    /// Bans addresses and networks in a jail, in parts as [`Bulk`] describes. What was banned already may get a later
    /// end. Addresses that the jail ignores are banned all the same. The reply comes after the jail's actions ran;
    /// whether they succeeded, the server does not tell.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`]; [`Error::PartlyDone`] where it failed after some were banned.
    pub async fn ban(&self, jail: &JailName, addresses: &[Address]) -> Result<Report, Error> {
        self.ban_many(jail, addresses.iter().copied()).finish().await
    }

    /// As [`Client::ban`], part by part: shows how far it is, and can be cancelled.
    pub fn ban_many(&self, jail: &JailName, addresses: impl IntoIterator<Item = Address>) -> Bulk {
        let ids = addresses.into_iter().map(BanId::from).collect();
        Bulk::new(self.clone(), Verb::Ban, Some(jail.clone()), ids)
    }

    /// Lifts bans in a jail, in parts as [`Bulk`] describes. The server compares texts: an id that it does not list is
    /// looked for as the same address in another spelling, and lifted by that. Where an address is given twice in the
    /// list, in two spellings, the first is lifted; [`Client::unban_within`] lifts both. What is not listed is not sent:
    /// the server would delete its history of it, and a network would lift other entries.
    ///
    /// fail2ban deletes its history of each ban that is lifted.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`]; [`Error::PartlyDone`] where it failed after some were lifted.
    pub async fn unban(&self, jail: &JailName, ids: &[BanId]) -> Result<Report, Error> {
        self.unban_many(jail, ids.iter().cloned()).finish().await
    }

    /// As [`Client::unban`], part by part: shows how far it is, and can be cancelled.
    pub fn unban_many(&self, jail: &JailName, ids: impl IntoIterator<Item = BanId>) -> Bulk {
        Bulk::new(self.clone(), Verb::Unban, Some(jail.clone()), ids.into_iter().collect())
    }

    /// Lifts bans in every jail, as [`Client::unban`] does in one. The report has an entry for each jail and id. A jail
    /// that goes meanwhile is no error.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::PartlyDone`] where it failed after some were lifted.
    pub async fn unban_everywhere(&self, ids: &[BanId]) -> Result<Report, Error> {
        Bulk::new(self.clone(), Verb::Unban, None, ids.to_vec()).finish().await
    }

    /// Lifts every ban of a jail that lies within a network, the network itself included, however each is spelled. The
    /// report has an entry for each. A ban of a wider network stays, and is told as what covers them.
    ///
    /// # Errors
    /// As [`Client::unban`].
    pub async fn unban_within(&self, jail: &JailName, network: Address) -> Result<Report, Error> {
        let listed = self.banned_unsorted(jail).await?;
        let ids = listed.iter().filter_map(|text| BanId::try_from(text).ok());
        let within = ids.filter(|id| id.address().is_some_and(|address| network.covers(&address)));
        self.unban_many(jail, within).finish().await
    }
}
