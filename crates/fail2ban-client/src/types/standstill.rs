//! How long the server is told to do nothing.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// A time in which the server does nothing at all: a minute at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Standstill(Duration);

/// Longer than [`Standstill::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("fail2ban would do nothing for {asked:?}; the most that is sent is {:?}", Standstill::MAX)]
pub struct StandstillError {
    asked: Duration,
}

impl Standstill {
    /// The longest.
    pub const MAX: Duration = Duration::from_mins(1);

    /// Checks a time.
    ///
    /// # Errors
    /// It is longer than [`Standstill::MAX`].
    pub fn new(time: Duration) -> Result<Self, StandstillError> {
        if time > Self::MAX { Err(StandstillError { asked: time }) } else { Ok(Self(time)) }
    }

    /// The time.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl fmt::Display for Standstill {
    /// In seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_secs_f64().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        assert_eq!(Standstill::new(Duration::from_millis(1500)).unwrap().to_string(), "1.5");
        assert_eq!(Standstill::new(Duration::ZERO).unwrap().to_string(), "0");
        assert!(Standstill::new(Duration::from_secs(61)).unwrap_err().to_string().contains("61s"));
    }
}
