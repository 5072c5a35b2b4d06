//! What tries to log in are counted by, and how long the next one has to wait. Knows no address and no account:
//! what is counted is a text.

/// By what sort of thing tries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TryKind {
    /// Whoever asks, by network.
    Address,
    /// Whom they claim to be.
    Account,
    /// An account at an address from which it has logged in before.
    Known,
}

impl TryKind {
    /// The word used in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Account => "account",
            Self::Known => "known",
        }
    }
}

/// How tries are slowed down. All times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryRule {
    /// Tries that cost no wait.
    pub free: i64,
    /// The wait behind the last free try; it doubles with each further one.
    pub first_wait: i64,
    /// The longest wait.
    pub longest_wait: i64,
    /// Tries are forgotten when none came for this long.
    pub forget_after: i64,
    /// The counter itself is forgotten when it was not used for this long.
    pub keep_for: i64,
}

impl TryRule {
    /// How long the next try has to wait when the last of `tries` was `ago` milliseconds ago; 0 if it is looked at.
    /// A last try that is yet to come means that the clock was set back: it keeps nobody waiting.
    pub fn wait(&self, tries: i64, ago: i64) -> i64 {
        let tries = self.remembered(tries, ago);
        if tries < self.free || ago < 0 {
            return 0;
        }
        let doubled = u32::try_from(tries.saturating_sub(self.free)).unwrap_or(u32::MAX).min(32);
        let wait = self.first_wait.saturating_mul(1_i64 << doubled).min(self.longest_wait);
        wait.saturating_sub(ago).max(0)
    }

    /// What is left of `tries` when the last was `ago` milliseconds ago.
    pub fn remembered(&self, tries: i64, ago: i64) -> i64 {
        if ago < self.forget_after { tries } else { 0 }
    }
}

/// Something that tries are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryCounter {
    /// Its sort.
    pub kind: TryKind,
    /// Which one: a text that is unique for its sort.
    pub subject: String,
    /// How its tries are slowed down.
    pub rule: TryRule,
}

/// Whether a try may be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It may, and counts as failed under these until more is known.
    Counted(Vec<TryCounter>),
    /// It has to wait for so many milliseconds, and was not counted.
    Wait(i64),
}

#[cfg(test)]
mod tests {
    use super::TryRule;

    const RULE: TryRule =
        TryRule { free: 5, first_wait: 1000, longest_wait: 30_000, forget_after: 60_000, keep_for: 60_000 };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<i64> = [0, 4, 5, 6, 9, 10, 11, 1000, i64::MAX].map(|tries| RULE.wait(tries, 0)).into();
        assert_eq!(waits, [0, 0, 1000, 2000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn what_has_been_waited_counts_and_old_tries_do_not() {
        assert_eq!(RULE.wait(10, 29_999), 1);
        assert_eq!(RULE.wait(10, 30_000), 0);
        assert_eq!((RULE.remembered(10, 59_999), RULE.remembered(10, 60_000)), (10, 0));
        let slow = TryRule { longest_wait: 600_000, ..RULE };
        assert_eq!(slow.wait(20, 59_999), 540_001);
        assert_eq!(slow.wait(20, 60_000), 0, "forgotten");
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        assert_eq!(RULE.wait(1000, -1), 0);
        assert_eq!(RULE.wait(1000, i64::MIN), 0);
    }
}
