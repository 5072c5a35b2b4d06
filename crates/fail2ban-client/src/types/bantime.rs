//! How long a ban lasts.

use std::fmt;

/// The length of a ban. Always a number for the server, which evaluates texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bantime {
    /// Until somebody lifts it.
    Permanent,
    /// This many seconds. Python counts without a limit, and fail2ban takes whatever its files say; more than 2⁶³ are sent
    /// as 2⁶³.
    Seconds(u128),
}

impl Bantime {
    /// The number that stands for it in the protocol: seconds, or -1.
    pub fn as_number(self) -> i64 {
        match self {
            Self::Permanent => -1,
            Self::Seconds(seconds) => i64::try_from(seconds).unwrap_or(i64::MAX),
        }
    }

    /// What a number of the protocol means: below zero is for ever.
    pub fn from_number(number: i128) -> Self {
        u128::try_from(number).map_or(Self::Permanent, Self::Seconds)
    }
}

impl Default for Bantime {
    /// fail2ban's own: ten minutes.
    fn default() -> Self {
        Self::Seconds(600)
    }
}

impl fmt::Display for Bantime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permanent => f.pad("permanent"),
            Self::Seconds(seconds) => write!(f, "{seconds} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (number, bantime) in
            [(-1, Bantime::Permanent), (0, Bantime::Seconds(0)), (600, Bantime::default())]
        {
            assert_eq!(Bantime::from_number(number), bantime);
            assert_eq!(i128::from(bantime.as_number()), number);
        }
        assert_eq!(Bantime::from_number(-5), Bantime::Permanent);
        assert_eq!(Bantime::Seconds(u128::MAX).as_number(), i64::MAX);
    }
}
