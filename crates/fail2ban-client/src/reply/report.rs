//! What became of each of many bans: the answer to banning and unbanning. Knows nothing of how it was found out.

use std::fmt;

use crate::types::{Address, BanId, JailName};

/// What became of one address that was to be banned or unbanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// This banned it, or lifted its ban.
    Done,
    /// It was so before. A ban was sent all the same, and may have got a later end; an unban was not sent.
    Already,
    /// It is not as it should be afterwards: the server does not list it as banned, or still does.
    Failed,
    /// It was sent, and what came of it could not be learned: the reply was lost.
    Unknown,
    /// It was not sent: the work was cancelled, something failed before its turn, or its turn has not come.
    NotSent,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Done, Self::Already, Self::Failed, Self::Unknown, Self::NotSent];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Done => "done",
            Self::Already => "so already",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::NotSent => "not sent",
        })
    }
}

/// One address in one jail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The jail.
    pub jail: JailName,
    /// The id as it was given.
    pub id: BanId,
    /// What became of it.
    pub outcome: Outcome,
    /// The server's own spelling, by which the ban was lifted, where it differs from `id`.
    pub spelling: Option<BanId>,
    /// After an unban: what the jail still bans and this lies in, widest first. It is blocked as long as these are.
    /// Networks, and the same address where the jail lists it in a further spelling.
    pub covered_by: Vec<Address>,
}

impl Entry {
    /// The id by which the server lists it.
    pub fn listed_as(&self) -> &BanId {
        self.spelling.as_ref().unwrap_or(&self.id)
    }
}

/// What became of each address, in the order in which they were given; for all jails, jail by jail. What was given
/// twice stands here twice, with the same outcome, and was sent once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// One for each address and jail.
    pub entries: Vec<Entry>,
}

impl Report {
    /// The entries with this outcome.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.outcome == outcome)
    }

    /// How many have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.with(outcome).count()
    }

    /// Whether everything is as it was asked for: each entry is [`Outcome::Done`] or [`Outcome::Already`].
    pub fn is_complete(&self) -> bool {
        self.entries.iter().all(|entry| matches!(entry.outcome, Outcome::Done | Outcome::Already))
    }
}

impl fmt::Display for Report {
    /// The counts that are not zero: `3 done, 1 failed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Outcome::ALL.map(|outcome| (outcome, self.count(outcome)));
        let mut comma = "";
        for (outcome, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            write!(f, "{comma}{count} {outcome}")?;
            comma = ", ";
        }
        if comma.is_empty() { f.write_str("nothing to do") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_their_text() {
        let entry = |outcome| Entry {
            jail: JailName::new("sshd").unwrap(),
            id: BanId::new("192.0.2.1").unwrap(),
            outcome,
            spelling: None,
            covered_by: Vec::new(),
        };
        let report = |outcomes: &[Outcome]| Report { entries: outcomes.iter().copied().map(entry).collect() };
        assert_eq!(report(&[]).to_string(), "nothing to do");
        assert!(report(&[]).is_complete());
        let some = report(&[Outcome::NotSent, Outcome::Done, Outcome::Done, Outcome::Already]);
        assert_eq!(some.to_string(), "2 done, 1 so already, 1 not sent");
        assert_eq!(some.count(Outcome::Failed), 0);
        assert!(!some.is_complete());
        assert!(report(&[Outcome::Already, Outcome::Done]).is_complete());
    }
}
