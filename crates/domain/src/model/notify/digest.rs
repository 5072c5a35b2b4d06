//! What one message tells, before it is put into words. Text of strangers is in it: names of jails, banned texts, reasons.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// An address was banned.
    Ban {
        /// What was banned: an address or network in its canonical spelling, or another text.
        ip: String,
        /// The jail.
        jail: String,
        /// `NL`, `private` or `unknown`.
        country: String,
        /// How it came about, as the history's word.
        origin: String,
        /// When.
        at: Timestamp,
        /// How long, in seconds; -1 for ever.
        bantime: i64,
        /// How often the address has been banned, this time included, where known.
        bans: Option<u64>,
        /// Failures that led to it, where known.
        failures: Option<u32>,
        /// The user who asked for it.
        by: Option<String>,
        /// The reason that user gave.
        reason: Option<String>,
    },
    /// More is banned than usual.
    Unusual {
        /// So many bans.
        bans: u64,
        /// In so many minutes.
        minutes: u32,
        /// Where so many hundredths are usual.
        usual_hundredths: u64,
    },
    /// fail2ban cannot be reached.
    Offline {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: String,
    },
    /// fail2ban is back.
    Online {
        /// Since when it was away.
        since: Timestamp,
        /// Since when it is back.
        at: Timestamp,
    },
    /// A jail has banned nobody.
    Silent {
        /// The jail.
        jail: String,
        /// For so long.
        hours: u32,
    },
    /// A user tries a channel.
    Test {
        /// Who.
        by: String,
    },
}

/// What one message tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The rule's name; the channel's, for a test.
    pub rule: String,
    /// How much happened.
    pub count: u64,
    /// When the first of it was noticed.
    pub since: Timestamp,
    /// When the last of it was noticed.
    pub until: Timestamp,
    /// The first of it; never empty.
    pub notes: Vec<Note>,
    /// Bans by jail.
    pub jails: BTreeMap<String, u64>,
    /// Bans by country.
    pub countries: BTreeMap<String, u64>,
    /// Whether it had to wait because messages of this rule are throttled.
    pub throttled: bool,
}

impl Digest {
    /// The message of a test.
    pub fn test(channel: &str, by: &str, now: Timestamp) -> Self {
        Self {
            rule: channel.to_owned(),
            count: 1,
            since: now,
            until: now,
            notes: vec![Note::Test { by: by.to_owned() }],
            jails: BTreeMap::new(),
            countries: BTreeMap::new(),
            throttled: false,
        }
    }

    /// A message such as rules send, to see what a template makes of it.
    pub fn example(now: Timestamp) -> Self {
        let ban = |ip: &str, country: &str, secs: i64, bans| Note::Ban {
            ip: ip.to_owned(),
            jail: "sshd".to_owned(),
            country: country.to_owned(),
            origin: "detected".to_owned(),
            at: now.plus_secs(-secs),
            bantime: 600,
            bans: Some(bans),
            failures: Some(5),
            by: None,
            reason: None,
        };
        Self {
            rule: "Example".to_owned(),
            count: 3,
            since: now.plus_secs(-60),
            until: now,
            notes: vec![ban("192.0.2.7", "NL", 60, 1), ban("2001:db8::7", "unknown", 30, 4)],
            jails: BTreeMap::from([("sshd".to_owned(), 3)]),
            countries: BTreeMap::from([("NL".to_owned(), 2), ("unknown".to_owned(), 1)]),
            throttled: false,
        }
    }
}
