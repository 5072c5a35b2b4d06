//! Reloads one jail so that it cannot be lost: checks first, verifies after, and puts the last good stream back where
//! the jail is gone or not as intended. No reload of all jails is ever sent.

mod plan;
mod put_back;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Client;
use super::check::Settings;
use super::running::Running;
use crate::codec::{Arg, Text, Value};
use crate::command;
use crate::error::Error;
use crate::reply::JailSettings;
use crate::stream::{JailStream, ReloadFault, ReloadRefusal};
use crate::types::JailName;

/// How long restored bans are waited for while no further one comes.
const BANS_WITHIN: Duration = Duration::from_secs(5);

/// How long a server without jails is taken for one that starts.
const STARTED_WITHIN: Duration = Duration::from_secs(10);

/// What a reload needs besides the stream.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ReloadOptions {
    /// The stream that makes the jail as it runs at present, by which it is put back. `None` reads it from the server,
    /// as [`Client::snapshot_jail`] does, which is not possible for a jail with a Python action.
    pub last_good: Option<JailStream>,
}

impl ReloadOptions {
    /// Sets the stream that makes the jail as it runs at present.
    #[must_use]
    pub fn with_last_good(mut self, stream: JailStream) -> Self {
        self.last_good = Some(stream);
        self
    }
}

/// What a reload has done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reloaded {
    /// Why the jail was stopped and made anew, with its bans from the database; empty where that was not needed, and
    /// for a jail that did not run before.
    pub restarted: Vec<String>,
    /// The settings before; `None` for a jail that did not run.
    pub before: Option<JailSettings>,
    /// The settings after.
    pub after: JailSettings,
    /// Bans that were there before and are not after. One that has ended meanwhile is among them, and after a restart
    /// one of an address that the jail now ignores.
    pub lost_bans: Vec<Text>,
}

/// What is known before anything is sent.
struct Plan<'a> {
    stream: &'a JailStream,
    intended: Settings,
    before: Option<Running>,
    bans: Vec<Text>,
    last_good: Option<(JailStream, Settings)>,
    restart: Vec<String>,
}

impl Client {
    /// Gives one jail another configuration. Other jails and the settings of the server stay untouched; bans stay.
    ///
    /// Nothing is sent that would disarm the jail, that fail2ban refuses on a scratch jail, or that could not be taken
    /// back. The jail is restarted where a plain reload would not bring the change into force: other actions, Python
    /// actions, a setting that the stream leaves out. Then its bans are lifted in the firewall and come back from the
    /// database, as after a restart of the server: starts are rounded, and a ban is cut to the longest that the jail
    /// has. A jail that does not run is started. A server that has no jail at all may be about to start, and is
    /// given ten seconds.
    ///
    /// Afterwards the jail is read and compared with the stream. Where it is gone or differs, the last good stream is
    /// sent and verified in turn. Without a database the bans of a jail that was lost on the way do not come back.
    /// A lost reply is followed by a look. Let the future run to its end: one that is dropped after the stream was
    /// sent puts nothing back.
    ///
    /// # Errors
    /// [`Error::ReloadRefused`] before anything was sent; [`Error::ReloadFailed`], which says what has become of the
    /// jail; else as [`Client::run`].
    pub async fn reload_jail(&self, stream: &JailStream, options: ReloadOptions) -> Result<Reloaded, Error> {
        let plan = self.plan(stream, options.last_good).await?;
        let jail = stream.jail();
        let before = match plan.before {
            Some(_) => Some(self.jail_settings(jail).await?),
            None => None,
        };
        let outcome = match self.send(stream, !plan.restart.is_empty()).await {
            Ok(()) => self.verify(stream, &plan.intended).await,
            // It may have been carried out to the end all the same.
            Err(error) if error.is_outcome_unknown() => match self.is_back().await {
                Ok(()) => self.verify(stream, &plan.intended).await.map_err(|_| ReloadFault::Error(error)),
                Err(_) => Err(ReloadFault::Error(error)),
            },
            Err(error) if was_refused(&error) => Err(ReloadFault::Error(error)),
            Err(error) => return Err(error),
        };
        if let Err(fault) = outcome {
            let restored = self.put_back(&plan, &fault).await;
            return Err(Error::ReloadFailed { jail: jail.to_string(), source: Box::new(fault), restored });
        }
        // The jail is reloaded, and what fails from here on must not look as though it were not.
        let done =
            |source| Error::OutcomeUnknown { command: format!("reload {jail}"), source: Box::new(source) };
        let restarted = !plan.restart.is_empty();
        let lost_bans = self.lost_bans(jail, &plan.bans, restarted).await.map_err(done)?;
        let after = self.jail_settings(jail).await.map_err(done)?;
        Ok(Reloaded { restarted: plan.restart, before, after, lost_bans })
    }

    async fn send(&self, stream: &JailStream, restart: bool) -> Result<(), Error> {
        let mut options = vec![Arg::from("--if-exists")];
        if restart {
            options.push(Arg::from("--restart"));
        }
        let commands = stream.commands().into_iter().map(Arg::List).collect();
        let words = vec!["reload".into(), Arg::from(stream.jail()), Arg::List(options), Arg::List(commands)];
        self.run(&command::raw(words)).await.map(|_: Value| ())
    }

    /// Waits while the server has no jail at all. One that starts is configured by a single command, soon after it can
    /// be asked; a jail that is there before makes that command fail, and the server is left without the others.
    async fn has_started(&self) -> Result<(), Error> {
        let since = Instant::now();
        while self.jails().await?.is_empty() && since.elapsed() < STARTED_WITHIN {
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Waits while the server does not answer: it may still be at work on the reload.
    async fn is_back(&self) -> Result<(), Error> {
        let since = Instant::now();
        loop {
            match self.ping().await {
                Err(Error::TimedOut { .. }) if since.elapsed() < self.options().action_timeout => {}
                Err(error) => return Err(error),
                Ok(()) => return self.has_started().await,
            }
        }
    }

    /// Whether the jail is as its stream says.
    async fn verify(&self, stream: &JailStream, intended: &Settings) -> Result<(), ReloadFault> {
        let running = self.running(stream.jail()).await?.ok_or(ReloadFault::Gone)?;
        let differences = running.differences(stream, intended);
        if differences.is_empty() { Ok(()) } else { Err(ReloadFault::Different { differences }) }
    }

    /// The bans that are not there any more. A restarted jail gets its bans back one after the other, each with its
    /// actions, so that they are waited for as long as there are more from look to look.
    async fn lost_bans(&self, jail: &JailName, before: &[Text], restarted: bool) -> Result<Vec<Text>, Error> {
        let (mut fewest, mut since) = (before.len(), Instant::now());
        loop {
            let present: BTreeSet<Text> = self.banned(jail).await?.into_iter().collect();
            let lost: Vec<Text> = before.iter().filter(|ban| !present.contains(ban)).cloned().collect();
            if lost.is_empty() || !restarted || since.elapsed() > BANS_WITHIN {
                return Ok(lost);
            }
            if lost.len() < fewest {
                (fewest, since) = (lost.len(), Instant::now());
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Whether the server has begun the reload and given up.
fn was_refused(error: &Error) -> bool {
    matches!(
        error,
        Error::Server { .. }
            | Error::ServerText { .. }
            | Error::UnknownJail { .. }
            | Error::UnexpectedReply { .. }
    )
}

fn refused(jail: &JailName, reason: ReloadRefusal) -> Error {
    Error::ReloadRefused { jail: jail.to_string(), reason: Box::new(reason) }
}
