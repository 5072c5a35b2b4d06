//! What a check of a jail's stream finds.

use std::fmt;

use crate::error::Error;

/// What fail2ban says about a jail's stream without being changed by it. Made by `Client::check_jail`.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct JailCheck {
    /// The commands that fail2ban refuses, in their order; every bad expression of a list is one.
    pub problems: Vec<Problem>,
    /// The commands that could not be tried: log files, journals and actions do more than being stored.
    pub unchecked: Vec<Unchecked>,
}

/// A command that fail2ban refuses.
#[derive(Debug)]
#[non_exhaustive]
pub struct Problem {
    /// Its place in the stream; 0 is `add`.
    pub place: usize,
    /// The command, shortened.
    pub command: String,
    /// What fail2ban said.
    pub error: Error,
}

/// A command that was not tried.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unchecked {
    /// Its place in the stream; 0 is `add`.
    pub place: usize,
    /// The command, shortened and without the values of actions.
    pub command: String,
}

impl JailCheck {
    /// Whether fail2ban took everything that could be tried.
    pub fn is_ok(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "command {}, `{}`: ", self.place, self.command)?;
        match self.error.exception() {
            Some(exception) => exception.fmt(f),
            None => self.error.fmt(f),
        }
    }
}

impl fmt::Display for JailCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ok() {
            return f.write_str("fail2ban takes every command that could be tried");
        }
        for (place, problem) in self.problems.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
