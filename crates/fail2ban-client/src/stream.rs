//! The configuration of one jail as a stream of commands, such as a reload carries, and what can be said about one.
//! Sans-IO: knows what may stand in a stream, not how it is checked on a server or sent.

mod check;
mod entry;
mod error;
#[cfg(feature = "client")]
mod parts;
mod read;
mod reload;
mod span;
mod value;

pub use check::{JailCheck, Problem, Unchecked};
pub use error::{StreamError, StreamFault};
pub use reload::{Difference, Missing, ReloadFault, ReloadRefusal, Restored, Weapon};

pub(crate) use entry::Entry;
#[cfg(feature = "client")]
pub(crate) use entry::shown;
#[cfg(feature = "client")]
pub(crate) use read::is_property;

use crate::codec::{Arg, Text};
use crate::command::Command;
use crate::types::{Backend, JailName};

/// The configuration of one jail: the commands that make it, from `add JAIL BACKEND` to `start JAIL`.
///
/// Nothing else can stand in between: no other jail, no setting of the server, no ban. What the server would evaluate
/// as Python code is a number here, or one of the formulas of this crate. Action commands and
/// `ignorecommand` are shell, and files of Python actions are code, as they are in fail2ban's configuration: a stream
/// is no place for what a stranger typed.
///
/// ```
/// use fail2ban_client::codec::Arg;
/// use fail2ban_client::{Backend, JailName, JailStream, command};
///
/// let mut stream = JailStream::new(JailName::new("sshd")?, Backend::Polling);
/// stream.push(&command::raw(["set", "sshd", "maxretry", "5"].map(Arg::from).to_vec()))?;
/// assert!(stream.push(&command::raw(["set", "nginx", "maxretry", "5"].map(Arg::from).to_vec())).is_err());
/// assert!(stream.push(&command::raw(["set", "sshd", "bantime", "10*60"].map(Arg::from).to_vec())).is_err());
/// assert_eq!(stream.commands().len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct JailStream {
    jail: JailName,
    backend: Backend,
    entries: Vec<Entry>,
}

impl JailStream {
    /// A jail with the server's default settings, which watches and does nothing.
    pub fn new(jail: JailName, backend: Backend) -> Self {
        Self { jail, backend, entries: Vec::new() }
    }

    /// Reads the commands of one jail, as `fail2ban-client -d` prints them: `add` first, `start` last.
    ///
    /// # Errors
    /// As [`JailStream::push`], with the place of the command, counted from 0; or `add` or `start` is missing.
    pub fn from_commands(commands: impl IntoIterator<Item = Vec<Arg>>) -> Result<Self, StreamError> {
        let mut commands: Vec<Vec<Arg>> = commands.into_iter().collect();
        let (first, last) = (commands.first().cloned(), commands.pop());
        let (jail, backend) = read::added(first.as_deref().unwrap_or_default())
            .map_err(|fault| StreamError::new(0, first.as_deref().unwrap_or_default(), fault))?;
        if !last.as_deref().is_some_and(|last| read::starts(&jail, last)) {
            return Err(StreamError::new(commands.len(), &last.unwrap_or_default(), StreamFault::NoStart));
        }
        let mut stream = Self::new(jail, backend);
        for command in commands.iter().skip(1) {
            stream.take(command)?;
        }
        Ok(stream)
    }

    /// Adds a command that configures this jail: a `set JAIL` or `multi-set JAIL` of a setting, an expression, a log
    /// file, a journal match, an action or properties of an action. Texts that hold a number or a span of time, `10m`, become
    /// a number.
    ///
    /// # Errors
    /// It does something else, or the server would evaluate a text in it.
    pub fn push<T>(&mut self, command: &Command<T>) -> Result<(), StreamError> {
        self.take(command.args())
    }

    fn take(&mut self, args: &[Arg]) -> Result<(), StreamError> {
        let fault = |fault| StreamError::new(self.entries.len() + 1, args, fault);
        let entry = read::entry(&self.jail, args).map_err(fault)?;
        self.fits(&entry).map_err(fault)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Properties belong to an action that the stream itself has added, and an action is added once.
    fn fits(&self, entry: &Entry) -> Result<(), StreamFault> {
        match entry {
            Entry::Action { name, .. } if self.action(name).is_some() => {
                Err(StreamFault::ActionTwice { action: name.to_string() })
            }
            Entry::Properties { action, .. } => match self.action(action) {
                Some(false) => Ok(()),
                Some(true) => Err(StreamFault::PythonProperties { action: action.to_string() }),
                None => Err(StreamFault::UnknownAction { action: action.to_string() }),
            },
            _ => Ok(()),
        }
    }

    /// Whether an action of the stream is a Python one; `None` where there is no such action.
    fn action(&self, wanted: &Text) -> Option<bool> {
        self.actions().find(|(name, _)| *name == wanted).map(|(_, python)| python)
    }

    /// The jail.
    pub fn jail(&self) -> &JailName {
        &self.jail
    }

    /// What watches its logs.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The whole stream, as a reload carries it: `add`, what was put in, `start`.
    pub fn commands(&self) -> Vec<Vec<Arg>> {
        let add = vec!["add".into(), Arg::from(&self.jail), Arg::from(&self.backend)];
        let middle = self.entries.iter().map(|entry| entry.args(&self.jail));
        let start = vec!["start".into(), Arg::from(&self.jail)];
        std::iter::once(add).chain(middle).chain([start]).collect()
    }

    /// The actions, and whether each is a Python one.
    pub(crate) fn actions(&self) -> impl Iterator<Item = (&Text, bool)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Action { name, python } => Some((name, python.is_some())),
            _ => None,
        })
    }
}

#[cfg(test)]
#[path = "stream/tests.rs"]
mod tests;
