//! What takes more than one command: the jails by name, their counters. And any command, unchecked.

use super::Client;
use crate::codec::{Arg, Value};
use crate::command::{self, Command, Since};
use crate::error::Error;
use crate::reply::{
    JailCounters, JailStats, JailStatus, ReplyError, ServerSettings, SettingError, addressable,
};
use crate::types::{JailName, LogOptions, LogTarget, Reported};

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
    /// between is left out; so is one whose counters cannot be read, which is logged.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn counters(&self) -> Result<Vec<(JailName, JailCounters)>, Error> {
        Ok(self.counters_of_each().await?.into_iter().filter_map(readable).collect())
    }

    /// As [`Client::counters`]; a jail whose counters cannot be read has the reason in their place.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn counters_of_each(&self) -> Result<Vec<(JailName, Result<JailCounters, Error>)>, Error> {
        let read = |stats: JailStats| {
            let unreadable = |source| Error::UnexpectedReply { command: command::stats().name(), source };
            (stats.jail, stats.told.map(|(_, counters)| counters).map_err(unreadable))
        };
        match self.stats().await {
            Ok(stats) => return Ok(stats.into_iter().map(read).collect()),
            Err(Error::Unsupported { .. }) => {}
            Err(error) => return Err(error),
        }
        let all = self.one_by_one(command::status_short).await?;
        Ok(all.into_iter().map(|(jail, status)| (jail, status.map(|status| status.counters))).collect())
    }

    /// Counters, log files and the lists of bans of all jails on every version: in one command, else jail by jail. A
    /// jail that goes in between is left out; so is one whose status cannot be read, which is logged.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn status_all(&self) -> Result<Vec<(JailName, JailStatus)>, Error> {
        self.of_all(&command::status_all(), command::status).await
    }

    /// Counters and log files of all jails on every version, without their bans. As [`Client::status_all`] otherwise.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn status_all_short(&self) -> Result<Vec<(JailName, JailStatus)>, Error> {
        self.of_all(&command::status_all_short(), command::status_short).await
    }

    async fn of_all(
        &self,
        all: &Command<Vec<(JailName, JailStatus)>>,
        one: impl Fn(&JailName) -> Command<JailStatus>,
    ) -> Result<Vec<(JailName, JailStatus)>, Error> {
        match self.run(all).await {
            Err(Error::Unsupported { .. }) => {
                Ok(self.one_by_one(one).await?.into_iter().filter_map(readable).collect())
            }
            answered => answered,
        }
    }

    /// A jail that goes in between is left out; a refusal that concerns one is its answer.
    async fn one_by_one(
        &self,
        one: impl Fn(&JailName) -> Command<JailStatus>,
    ) -> Result<Vec<(JailName, Result<JailStatus, Error>)>, Error> {
        let jails = self.jails().await?;
        let commands: Vec<_> = jails.iter().map(one).collect();
        let replies = self.run_all(&commands).await?;
        let mut found = Vec::with_capacity(jails.len());
        for (jail, reply) in jails.into_iter().zip(replies) {
            match reply {
                Err(Error::UnknownJail { .. }) => {}
                Err(error) if !error.is_refusal() => return Err(error),
                answered => found.push((jail, answered)),
            }
        }
        Ok(found)
    }

    /// Every setting of the server that it tells. Asked in one go, so that they belong together. One that it refuses to
    /// tell or that cannot be read stays empty, and [`ServerSettings::unreadable`] names it.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn server_settings(&self) -> Result<ServerSettings, Error> {
        let (values, refused) = self.values(&command::server_settings(), ServerSettings::keys()).await?;
        let mut settings = ServerSettings::read(values.iter().map(Option::as_ref));
        settings.unreadable.extend(refused);
        Ok(settings)
    }

    /// Sets where the server writes its log, and how. A jail that reads the old log (`recidive`) sees nothing more.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::Unchanged`] for options where the log is written there already: the server passes
    /// over them. [`Error::Unsupported`] for the journal where the server is older than 1.0: nothing is sent then, since
    /// the server would make a file of that name.
    pub async fn set_log_target(
        &self,
        target: &LogTarget,
        options: &LogOptions,
    ) -> Result<Reported<LogTarget>, Error> {
        let command = command::set_log_target(target, options);
        if *target == LogTarget::SystemdJournal {
            self.needs(Since::V1_0, &command).await?;
        }
        let before = self.log_target().await?;
        let after = self.run(&command).await?;
        if before == after && *options != LogOptions::default() {
            let reason = "the log is written there already; set another target first, then this one";
            return Err(Error::Unchanged { command: command.name(), reason });
        }
        Ok(after)
    }

    /// For what an older server would not refuse, but do something else.
    pub(super) async fn needs<T>(&self, since: Since, command: &Command<T>) -> Result<(), Error> {
        let version = self.version().await?;
        if since.includes(&version) {
            Ok(())
        } else {
            Err(Error::Unsupported { command: command.name(), version })
        }
    }

    /// The answers to questions about settings, by their `keys`; `None` where the server does not have one, and where it
    /// refuses one, which is told besides.
    pub(super) async fn values(
        &self,
        commands: &[Command<Value>],
        keys: impl Iterator<Item = &'static str>,
    ) -> Result<(Vec<Option<Value>>, Vec<SettingError>), Error> {
        let (mut values, mut refused) = (Vec::with_capacity(commands.len()), Vec::new());
        for (key, reply) in keys.zip(self.run_all(commands).await?) {
            match reply {
                Ok(value) => values.push(Some(value)),
                Err(error @ (Error::Server { .. } | Error::ServerText { .. })) => {
                    let source = ReplyError { expected: "its value", got: error.to_string() };
                    refused.push(SettingError { key, source });
                    values.push(None);
                }
                Err(Error::Unsupported { command, version }) => {
                    tracing::debug!(command, %version, "the server does not have this setting");
                    values.push(None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok((values, refused))
    }

    /// Sends any command. Nothing in it is checked but the end marker: the server evaluates texts given as times as
    /// Python code, so that nothing typed by a user belongs here. A `reload` of one's own may lose jails;
    /// [`Client::reload_jail`] does not. Counts as a command that changes something.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn raw(&self, args: Vec<Arg>) -> Result<Value, Error> {
        self.run(&command::raw(args)).await
    }
}

/// What was read of a jail; `None`, logged, where it could not be.
fn readable<T>((jail, read): (JailName, Result<T, Error>)) -> Option<(JailName, T)> {
    read.inspect_err(|error| tracing::warn!(%jail, %error, "the status of a jail cannot be read"))
        .ok()
        .map(|read| (jail, read))
}
