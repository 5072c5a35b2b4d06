//! Commands that the server carries out as one.

use thiserror::Error;

use super::{Command, Patience};
use crate::codec::Arg;

/// Commands for [`server_stream`](super::server_stream), in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sequence(Vec<Arg>);

/// A command that does not belong in a sequence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// The server passes over it: it calls no methods of actions there, and counts no failures.
    #[error("fail2ban does nothing for {command:?} within a sequence; send it by itself")]
    PassedOver {
        /// The command.
        command: String,
    },
    /// One of [`raw`](super::raw): it may be a reload, which removes the jails that it does not start.
    #[error(
        "{command:?} is a raw command, and may be a reload that removes jails; a sequence has commands of the catalogue"
    )]
    Raw {
        /// The command.
        command: String,
    },
}

impl Sequence {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command. What it would answer is not told.
    ///
    /// # Errors
    /// The server would pass over this command in a sequence, or it is a [`raw`](super::raw) one.
    pub fn push<T>(&mut self, command: &Command<T>) -> Result<(), SequenceError> {
        let Some(info) = command.info() else { return Err(SequenceError::Raw { command: command.name() }) };
        let syntax = info.syntax;
        let method = syntax.starts_with("set JAIL action ") && command.patience() == Patience::Actions;
        if method || syntax.starts_with("set JAIL attempt ") {
            return Err(SequenceError::PassedOver { command: command.name() });
        }
        self.0.push(Arg::List(command.args().to_vec()));
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Sequence> for Arg {
    fn from(sequence: &Sequence) -> Self {
        Self::List(sequence.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ping, raw, set_action_timeout, set_max_retry, start_action};
    use super::*;
    use crate::types::{ActionName, JailName};

    #[test]
    fn what_the_server_would_pass_over_is_refused() {
        let (jail, action) = (JailName::new("sshd").unwrap(), ActionName::new("a").unwrap());
        let mut sequence = Sequence::new();
        sequence.push(&ping()).unwrap();
        sequence.push(&set_max_retry(&jail, std::num::NonZeroU32::MIN)).unwrap();
        sequence.push(&set_action_timeout(&jail, &action, 5)).unwrap();
        let error = sequence.push(&start_action(&jail, &action)).unwrap_err();
        assert!(error.to_string().contains("set sshd action"), "{error}");
        let reload = raw(["reload", "--all"].map(Arg::from).to_vec());
        assert!(matches!(sequence.push(&reload), Err(SequenceError::Raw { .. })));
        assert_eq!((sequence.len(), sequence.is_empty()), (3, false));
    }
}
