//! Methods that list, make and lift bans.

use super::Client;
use crate::command::{self, Command};
use crate::error::Error;
use crate::types::{Address, BanId, JailName};

impl Client {
    /// The jails in which each of these very entries is banned, one list per id in their order. An address that is
    /// only covered by a banned network is not found.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn banned_in(&self, ids: &[BanId]) -> Result<Vec<Vec<JailName>>, Error> {
        let mut jails = Vec::with_capacity(ids.len());
        for part in self.parts(ids) {
            jails.extend(self.run(&command::banned_in(part)).await?);
        }
        Ok(jails)
    }

    /// Whether a jail bans each of these very entries, in their order.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn is_banned(&self, jail: &JailName, ids: &[BanId]) -> Result<Vec<bool>, Error> {
        let mut flags = Vec::with_capacity(ids.len());
        for part in self.parts(ids) {
            flags.extend(self.run(&command::is_banned(jail, part)).await?);
        }
        Ok(flags)
    }

    /// Bans addresses and networks in a jail; answers how many are new there. What was banned already may get a later
    /// end. Many are sent in parts, between which the server answers others. Addresses that the jail ignores are
    /// banned all the same. The reply comes after the jail's actions ran; whether they succeeded, the server does not
    /// tell.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`]; [`Error::PartlyDone`] where a later part failed.
    pub async fn ban(&self, jail: &JailName, addresses: &[Address]) -> Result<u64, Error> {
        self.in_parts(addresses, |part| command::ban(jail, part)).await
    }

    /// Lifts bans in a jail; answers how many there were. The server compares texts: take the ids from a ban list, or
    /// from an [`Address`]. It deletes its own history of each id, also where none was banned. A network that is no
    /// entry itself lifts every entry whose first address lies in it.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`]; [`Error::PartlyDone`] where a later part failed.
    pub async fn unban(&self, jail: &JailName, ids: &[BanId]) -> Result<u64, Error> {
        self.in_parts(ids, |part| command::unban(jail, part)).await
    }

    /// Lifts bans in every jail; answers how many there were. As [`Client::unban`] otherwise.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::PartlyDone`] where a later part failed.
    pub async fn unban_everywhere(&self, ids: &[BanId]) -> Result<u64, Error> {
        self.in_parts(ids, command::unban_everywhere).await
    }

    fn parts<'a, T>(&self, all: &'a [T]) -> std::slice::Chunks<'a, T> {
        all.chunks(self.options().batch.max(1))
    }

    /// Sends a command for each part and adds up what they answer.
    async fn in_parts<T>(&self, all: &[T], make: impl Fn(&[T]) -> Command<u64>) -> Result<u64, Error> {
        let (mut sum, mut done) = (0_u64, 0);
        for part in self.parts(all) {
            let command = make(part);
            match self.run(&command).await {
                Ok(count) => sum = sum.saturating_add(count),
                Err(error) if done == 0 => return Err(error),
                Err(error) => {
                    return Err(Error::PartlyDone {
                        command: command.name(),
                        done,
                        total: all.len(),
                        source: Box::new(error),
                    });
                }
            }
            done += part.len();
        }
        Ok(sum)
    }
}
