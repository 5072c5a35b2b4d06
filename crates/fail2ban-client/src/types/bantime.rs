//! How long a ban lasts.

use std::fmt;

/// The length of a ban. It is sent as a number, and as a text of digits alone where it is wider than 64 bits: the server
/// evaluates texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bantime {
    /// Until somebody lifts it.
    Permanent,
    /// This many seconds. Python counts without a limit, and fail2ban takes whatever its files say.
    Seconds(u128),
}

impl Bantime {
    /// The number that stands for it in the protocol: seconds, or -1; `None` where it is wider than 64 bits.
    pub fn as_number(self) -> Option<i64> {
        match self {
            Self::Permanent => Some(-1),
            Self::Seconds(seconds) => i64::try_from(seconds).ok(),
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
    use crate::codec::Arg;

    #[test]
    fn numbers() {
        for (number, bantime) in
            [(-1, Bantime::Permanent), (0, Bantime::Seconds(0)), (600, Bantime::default())]
        {
            assert_eq!(Bantime::from_number(number), bantime);
            assert_eq!(bantime.as_number().map(i128::from), Some(number));
        }
        assert_eq!(Bantime::from_number(-5), Bantime::Permanent);
    }

    #[test]
    fn a_wide_number_is_sent_whole() {
        let wide = Bantime::from_number(99_999_999_999_999_999_999);
        assert_eq!(wide.as_number(), None);
        assert_eq!(Arg::from(wide), Arg::from("99999999999999999999"));
        let longest = Bantime::Seconds(i64::MAX.unsigned_abs().into());
        assert_eq!(Arg::from(longest), Arg::Int(i64::MAX));
    }
}
