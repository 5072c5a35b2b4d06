//! What takes more than one command: the jails by name, their counters. And any command, unchecked.

use super::Client;
use crate::codec::{Arg, Value};
use crate::command;
use crate::error::Error;
use crate::reply::{JailCounters, addressable};
use crate::types::JailName;

impl Client {
    /// The exact names of the jails, also of those whose names contain a comma and a blank. A name that no command
    /// can address is left out, and logged. While fail2ban starts, there are none yet.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn jails(&self) -> Result<Vec<JailName>, Error> {
        if let Some(names) = self.run(&command::jail_list()).await? {
            return Ok(names.iter().filter_map(addressable).collect());
        }
        match self.stats().await {
            Ok(stats) => Ok(stats.into_iter().map(|entry| entry.jail).collect()),
            Err(Error::Unsupported { .. }) => {
                let mut names: Vec<_> =
                    self.banned_by_jail().await?.into_iter().map(|(jail, _)| jail).collect();
                names.sort();
                Ok(names)
            }
            Err(error) => Err(error),
        }
    }

    /// The counters of all jails on every version: by [`Client::stats`], else jail by jail. A jail that goes in
    /// between is left out.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn counters(&self) -> Result<Vec<(JailName, JailCounters)>, Error> {
        match self.stats().await {
            Ok(stats) => return Ok(stats.into_iter().map(|entry| (entry.jail, entry.counters)).collect()),
            Err(Error::Unsupported { .. }) => {}
            Err(error) => return Err(error),
        }
        let jails = self.jails().await?;
        let commands: Vec<_> = jails.iter().map(command::status_short).collect();
        let replies = self.run_all(&commands).await?;
        let mut counters = Vec::with_capacity(jails.len());
        for (jail, reply) in jails.into_iter().zip(replies) {
            match reply {
                Ok(status) => counters.push((jail, status.counters)),
                Err(Error::UnknownJail { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(counters)
    }

    /// Sends any command. Nothing in it is checked but the end marker: the server evaluates texts given as times as
    /// Python code, so that nothing typed by a user belongs here. Counts as a command that changes something.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn raw(&self, args: Vec<Arg>) -> Result<Value, Error> {
        self.run(&command::raw(args)).await
    }
}
