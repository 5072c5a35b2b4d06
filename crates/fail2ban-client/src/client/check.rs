//! Tries a jail's stream on a scratch jail, which is made and removed in the same breath. Knows no log files and no
//! actions: a scratch jail has none, and is never started.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use tokio::time::sleep;

use super::Client;
use crate::codec::{Arg, Value};
use crate::command;
use crate::error::Error;
use crate::reply::JailSettings;
use crate::stream::{JailCheck, JailStream, Problem, Unchecked, shown};
use crate::types::{Backend, JailName};

/// What `get` answers for each setting that the server has, undigested.
pub(super) type Settings = BTreeMap<&'static str, Value>;

/// Scratch jails are called this and 16 hexadecimal digits: 24 characters, as long as fail2ban likes names to be.
const SCRATCH: &str = "__check_";

/// A check takes milliseconds; a scratch jail that is there for so long has been left.
const LEFT_AFTER: Duration = Duration::from_secs(2);

/// How often a check is begun anew when another client has taken its scratch jail for a left-over.
const TRIES: usize = 3;

impl Client {
    /// Tries a jail's configuration on the server, which says in its own words what is wrong with it: expressions,
    /// times, date patterns, encodings and time zones. Nothing runs in between, and the server's jails, bans and
    /// settings are afterwards as they were. Log files, journals and actions cannot be tried; they are listed.
    ///
    /// A scratch jail called `__check_` and 16 digits takes the commands and is removed by a command sent along with
    /// them, so that it goes even when this client dies. Only a stream of more than 64 KiB, of which a client that
    /// dies leaves part unread, can leave one behind: the next check removes it, if it is still there after two
    /// seconds. Whether its client still lives cannot be known; but a jail of such a name that has neither log files,
    /// journal matches, actions nor bans does nothing, and a check that loses its scratch jail begins anew. What stays is fail2ban's: lines in its log, and a
    /// row in its table `jails`, marked as not enabled, which it purges.
    ///
    /// # Errors
    /// As [`Client::run`]. What the server says about the stream is no error but part of the answer.
    pub async fn check_jail(&self, stream: &JailStream) -> Result<JailCheck, Error> {
        self.rehearse(stream).await.map(|(check, _)| check)
    }

    /// Tries a stream; answers what the server said, and which settings the scratch jail had at the end.
    pub(super) async fn rehearse(&self, stream: &JailStream) -> Result<(JailCheck, Settings), Error> {
        let mut tries = 1;
        loop {
            let scratch = self.scratch().await?;
            match self.rehearse_as(&scratch, stream).await {
                Err(Error::UnknownJail { jail }) if jail == scratch.as_str() && tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    async fn rehearse_as(
        &self,
        scratch: &JailName,
        stream: &JailStream,
    ) -> Result<(JailCheck, Settings), Error> {
        let mut check = JailCheck::default();
        let mut tried = Vec::new();
        let mut commands = vec![command::raw(command::add_jail(scratch, &Backend::Polling).args().to_vec())];
        for (place, entry) in stream.entries() {
            let rehearsals = entry.rehearsals(scratch);
            if rehearsals.is_empty() {
                check.unchecked.push(Unchecked { place, command: shown(&entry.args(stream.jail())) });
            }
            commands.extend(rehearsals.into_iter().map(command::raw));
            tried.extend(entry.rehearsals(stream.jail()).iter().map(|args| (place, shown(args))));
        }
        commands.extend(command::jail_settings(scratch));
        commands.push(command::raw(command::stop_jail(scratch).args().to_vec()));

        let replies = match self.run_all(&commands).await {
            Ok(replies) => replies,
            Err(error) => {
                self.remove_after(&error, scratch).await;
                return Err(error);
            }
        };
        let mut replies = replies.into_iter();
        replies.next().transpose()?;
        for (place, command) in tried {
            let Some(Err(error)) = replies.next() else { continue };
            check.problems.push(Problem { place, error: about(&command, error)?, command });
        }
        let settings = read_settings(&mut replies)?;
        replies.next().transpose()?;
        Ok((check, settings))
    }

    /// A connection that was lost in mid-check may have left the scratch jail. A server that was not reached, or
    /// cannot be reached again, has none.
    async fn remove_after(&self, error: &Error, scratch: &JailName) {
        let sent = matches!(
            error,
            Error::OutcomeUnknown { .. }
                | Error::TimedOut { .. }
                | Error::Disconnected { .. }
                | Error::Malformed { .. }
        );
        if sent && let Err(error) = self.forget(scratch).await {
            tracing::warn!(jail = %scratch, %error, "a scratch jail may be left; the next check removes it");
        }
    }

    /// Stops a jail that may be gone already.
    pub(super) async fn forget(&self, scratch: &JailName) -> Result<(), Error> {
        match self.run(&command::stop_jail(scratch)).await {
            Err(Error::UnknownJail { .. }) => Ok(()),
            done => done,
        }
    }

    /// A name that no jail has. Left-over scratch jails are removed on the way.
    async fn scratch(&self) -> Result<JailName, Error> {
        let mut jails = self.jails().await?;
        if jails.iter().any(is_scratch) {
            // Perhaps it belongs to a check that is under way.
            sleep(LEFT_AFTER).await;
            let before = std::mem::replace(&mut jails, self.jails().await?);
            jails.retain(|jail| before.contains(jail) || !is_scratch(jail));
        }
        for jail in jails.iter().filter(|jail| is_scratch(jail)) {
            if self.is_bare(jail).await? {
                tracing::info!(%jail, "removing a scratch jail that a client has left");
                self.forget(jail).await?;
            }
        }
        free_name(&jails, || RandomState::new().build_hasher().finish())
    }

    /// Whether a jail has nothing to watch, nothing to do and nothing banned.
    async fn is_bare(&self, jail: &JailName) -> Result<bool, Error> {
        let commands = ["logpath", "journalmatch", "actions", "banip"]
            .map(|key| command::read_raw(vec!["get".into(), Arg::from(jail), key.into()]));
        for reply in self.run_all(&commands).await? {
            match reply {
                Ok(value) if value.as_sequence().is_some_and(<[Value]>::is_empty) => {}
                Ok(_) | Err(Error::UnknownJail { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Every setting that the server has, undigested.
    pub(super) async fn settings(&self, jail: &JailName) -> Result<Settings, Error> {
        read_settings(&mut self.run_all(&command::jail_settings(jail)).await?.into_iter())
    }
}

fn read_settings(replies: &mut impl Iterator<Item = Result<Value, Error>>) -> Result<Settings, Error> {
    let mut settings = Settings::new();
    for (key, reply) in JailSettings::keys().zip(replies) {
        match reply {
            Ok(value) => drop(settings.insert(key, value)),
            Err(Error::Unsupported { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(settings)
}

/// The server's refusal, said of the command as it stands in the stream. What is no refusal ends the check.
fn about(command: &str, error: Error) -> Result<Error, Error> {
    let command = command.to_owned();
    match error {
        Error::Server { exception, .. } => Ok(Error::Server { command, exception }),
        Error::ServerText { text, .. } => Ok(Error::ServerText { command, text }),
        Error::Unsupported { version, .. } => Ok(Error::Unsupported { command, version }),
        error => Err(error),
    }
}

fn is_scratch(jail: &JailName) -> bool {
    let digits = jail.as_str().strip_prefix(SCRATCH);
    digits.is_some_and(|digits| {
        digits.len() == 16 && digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    })
}

fn free_name(taken: &[JailName], mut number: impl FnMut() -> u64) -> Result<JailName, Error> {
    loop {
        let name = JailName::new(format!("{SCRATCH}{:016x}", number()))?;
        if !taken.contains(&name) {
            return Ok(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_jail_has_a_name_that_no_jail_has() {
        let taken = [JailName::new("__check_0000000000000001").unwrap(), JailName::new("sshd").unwrap()];
        let mut numbers = 1..;
        let name = free_name(&taken, || numbers.next().unwrap()).unwrap();
        assert_eq!(name.as_str(), "__check_0000000000000002");
        assert!(is_scratch(&name) && name.as_str().len() <= 25);
        for other in
            ["sshd", "__check_", "__check_1", "__check_000000000000000G", "x__check_0000000000000001"]
        {
            assert!(!is_scratch(&JailName::new(other).unwrap()), "{other}");
        }
    }
}
