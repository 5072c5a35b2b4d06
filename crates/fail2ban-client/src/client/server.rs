//! Methods for the server as a whole.

use std::path::PathBuf;

use super::Client;
use crate::codec::{Arg, Value};
use crate::command;
use crate::error::Error;
use crate::reply::{JailCounters, JailStats, addressable};
use crate::types::{JailName, Version};

impl Client {
    /// Asks whether the server answers.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn ping(&self) -> Result<(), Error> {
        self.run(&command::ping()).await
    }

    /// The server's version.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn version(&self) -> Result<Version, Error> {
        self.run(&command::version()).await
    }

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

    /// The counters of all jails: the cheapest question about them, answered at once however many bans there are.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::Unsupported`] before 1.1.0.
    pub async fn stats(&self) -> Result<Vec<JailStats>, Error> {
        self.run(&command::stats()).await
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
        let commands: Vec<_> = jails.iter().map(command::jail_status_short).collect();
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let replies = self.run_all(&commands, "status short").await?;
        let mut counters = Vec::with_capacity(jails.len());
        for ((jail, command), reply) in jails.into_iter().zip(&commands).zip(replies) {
            match reply {
                Ok(value) => {
                    let unexpected = |source| Error::UnexpectedReply { command: command.name(), source };
                    counters.push((jail, command.parse(&value).map_err(unexpected)?.counters));
                }
                Err(Error::UnknownJail { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(counters)
    }

    /// The server's sqlite file, by the path that the server uses; `None` when it keeps none.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn database_file(&self) -> Result<Option<PathBuf>, Error> {
        self.run(&command::database_file()).await
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
