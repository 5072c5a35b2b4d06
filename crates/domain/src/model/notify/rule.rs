//! When a message is sent.

use serde::{Deserialize, Serialize};

use super::{ChannelId, words};
use crate::model::{Country, JailName, Origin, Timestamp};

/// The row number of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub i64);

/// What a rule waits for. An empty list asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    /// An address is banned.
    Bans {
        /// By one of these jails.
        #[serde(with = "words")]
        jails: Vec<JailName>,
        /// And is in one of these countries.
        #[serde(with = "words")]
        countries: Vec<Country>,
        /// And the ban came about in one of these ways. Without any: all but restored bans, which are no news.
        #[serde(with = "words")]
        origins: Vec<Origin>,
        /// And the address has been banned so often, this time included.
        least_bans: u32,
    },
    /// More is banned than usual.
    Unusual {
        /// By one of these jails.
        #[serde(with = "words")]
        jails: Vec<JailName>,
        /// In so many minutes.
        minutes: u32,
        /// More than so many times the mean of the last seven days.
        factor: u32,
        /// And not less than so many bans.
        least_bans: u32,
    },
    /// fail2ban cannot be reached for longer than so many seconds; and when it is back after that.
    Offline {
        /// How long.
        secs: u32,
    },
    /// A jail has banned nobody for so long.
    Silent {
        /// These jails, each by itself.
        #[serde(with = "words")]
        jails: Vec<JailName>,
        /// How long.
        hours: u32,
    },
}

/// What a user says of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSpec {
    /// What it is called; unique.
    pub name: String,
    /// Whether it is in use.
    pub enabled: bool,
    /// What it waits for.
    pub condition: Condition,
    /// Where its messages go.
    pub channels: Vec<ChannelId>,
    /// How long a message waits for more to tell, in seconds.
    pub group_secs: u32,
    /// The shortest time between two messages, in seconds. What happens in it is told in the next.
    pub throttle_secs: u32,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its number, which is never used again.
    pub id: RuleId,
    /// What a user says of it.
    pub spec: RuleSpec,
    /// When it was made.
    pub created_at: Timestamp,
}
