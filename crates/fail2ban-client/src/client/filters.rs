//! What the server would pass over in silence: entries that are not there, and files on a server that cannot read them.

use super::Client;
use crate::command::{self, Command, Since};
use crate::error::Error;
use crate::types::{IgnoreEntry, JailName, Reported};

impl Client {
    /// Removes the expression that finds failures at this place, from 0 on; answers the others.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::NoSuchEntry`] where there is none at this place.
    pub async fn remove_fail_regex(&self, jail: &JailName, index: u32) -> Result<Vec<String>, Error> {
        self.remove_regex(command::fail_regexes(jail), command::remove_fail_regex(jail, index), index).await
    }

    /// Removes the expression for lines to leave out at this place, from 0 on; answers the others.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::NoSuchEntry`] where there is none at this place.
    pub async fn remove_ignore_regex(&self, jail: &JailName, index: u32) -> Result<Vec<String>, Error> {
        self.remove_regex(command::ignore_regexes(jail), command::remove_ignore_regex(jail, index), index)
            .await
    }

    /// The server answers alike whether there was something to remove. Both commands go in one write, between which it
    /// answers nobody.
    async fn remove_regex(
        &self,
        list: Command<Vec<String>>,
        remove: Command<Vec<String>>,
        index: u32,
    ) -> Result<Vec<String>, Error> {
        let name = remove.name();
        let replies = self.run_all(&[list, remove]).await?;
        let mut lists = replies.into_iter();
        let before = lists.next().transpose()?.unwrap_or_default();
        let after = lists.next().transpose()?.unwrap_or_default();
        if after.len() == before.len() {
            return Err(Error::NoSuchEntry { command: name, entry: index.to_string() });
        }
        Ok(after)
    }

    /// Ignores failures of these; answers the whole list. What is listed already stays once.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::Unsupported`] for a file where the server is older than 1.1.1: nothing is sent
    /// then, since the server would keep something else than the file.
    pub async fn add_ignored(
        &self,
        jail: &JailName,
        entries: &[IgnoreEntry],
    ) -> Result<Vec<Reported<IgnoreEntry>>, Error> {
        let command = command::add_ignored(jail, entries);
        if entries.iter().any(|entry| matches!(entry, IgnoreEntry::File(_))) {
            self.needs(Since::V1_1_1, &command).await?;
        }
        self.run(&command).await
    }

    /// Takes one off the list of what is ignored, however the server spells it; answers the rest.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::NoSuchEntry`] where it is not in the list.
    pub async fn remove_ignored(
        &self,
        jail: &JailName,
        entry: &IgnoreEntry,
    ) -> Result<Vec<Reported<IgnoreEntry>>, Error> {
        let listed = self.ignore_list(jail).await?;
        let command = command::remove_ignored(jail, entry);
        if !listed.iter().any(|known| known.known() == Some(entry)) {
            return Err(Error::NoSuchEntry { command: command.name(), entry: entry.to_string() });
        }
        self.run(&command).await
    }
}
