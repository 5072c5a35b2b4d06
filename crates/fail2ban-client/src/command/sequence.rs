//! Commands that the server carries out as one.

use thiserror::Error;

use super::{Command, Patience};
use crate::codec::Arg;

/// Commands for [`server_stream`](super::server_stream), in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sequence(Vec<Arg>);

/// A command that the server passes over in a sequence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("fail2ban does nothing for {command:?} within a sequence; send it by itself")]
pub struct SequenceError {
    command: String,
}

impl Sequence {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a command. What it would answer is not told.
    ///
    /// # Errors
    /// The server passes over this command in a sequence: it calls no methods of actions there, and counts no failures.
    pub fn push<T>(&mut self, command: &Command<T>) -> Result<(), SequenceError> {
        let syntax = command.info().map_or("", |info| info.syntax);
        let method = syntax.starts_with("set JAIL action ") && command.patience() == Patience::Actions;
        if method || syntax.starts_with("set JAIL attempt ") {
            return Err(SequenceError { command: command.name() });
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
    use super::super::{ping, set_action_timeout, set_max_retry, start_action};
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
        assert_eq!((sequence.len(), sequence.is_empty()), (3, false));
    }
}
