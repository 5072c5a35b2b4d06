//! What a log tells of the jails themselves: how long their bans last, when they were stopped, and when they came up.

use std::collections::HashMap;

use crate::model::{BanTime, JailName, LogSaid, Timestamp};

/// A jail tells that it has stopped within this time after it has lifted its bans.
const STOPPED_WITHIN_MILLIS: i64 = 60_000;

#[derive(Debug)]
pub(super) struct Jails {
    configuring: Option<JailName>,
    /// Up to when settings were told. What comes again later stands in two files.
    told_to: Timestamp,
    bantimes: HashMap<JailName, BanTime>,
    stops: Moments,
    starts: Moments,
    tells_restored: bool,
}

impl Default for Jails {
    fn default() -> Self {
        Self {
            configuring: None,
            told_to: Timestamp::from_millis(i64::MIN),
            bantimes: HashMap::new(),
            stops: Moments::default(),
            starts: Moments::default(),
            tells_restored: true,
        }
    }
}

impl Jails {
    pub(super) fn read(&mut self, at: Timestamp, said: LogSaid) {
        match said {
            LogSaid::Configuring(jail) => {
                self.starts.note(&jail, at);
                self.configuring = Some(jail);
                self.told_to = self.told_to.max(at);
            }
            LogSaid::Configured => {
                self.configuring = None;
                self.told_to = self.told_to.max(at);
            }
            LogSaid::BanTime(bantime) => match &self.configuring {
                Some(jail) => drop(self.bantimes.insert(jail.clone(), bantime)),
                // Set while running: the log does not say in which jail.
                None if at > self.told_to => self.bantimes.clear(),
                None => {}
            },
            LogSaid::Stopped(jail) => self.stops.note(&jail, at),
            LogSaid::Started { tells_restored } => self.tells_restored = tells_restored,
            LogSaid::Address(..) => {}
        }
    }

    /// How long a ban of this jail lasts, as far as that was told.
    pub(super) fn bantime(&self, jail: &JailName) -> Option<BanTime> {
        self.bantimes.get(jail).copied()
    }

    /// Whether what was lifted at `lifted` was lifted because the jail stopped.
    pub(super) fn stopped(&self, jail: &JailName, lifted: Timestamp) -> bool {
        let stop = self.stops.next(jail, lifted);
        stop.is_some_and(|stop| stop.millis_since(lifted) <= STOPPED_WITHIN_MILLIS)
    }

    /// When the jail came up after `lifted`.
    pub(super) fn back_at(&self, jail: &JailName, lifted: Timestamp) -> Option<Timestamp> {
        self.starts.next(jail, lifted)
    }

    /// Whether fail2ban calls bans restored that it restores.
    pub(super) fn tells_restored(&self) -> bool {
        self.tells_restored
    }
}

/// Moments of each jail, ascending.
#[derive(Debug, Default)]
struct Moments(HashMap<JailName, Vec<Timestamp>>);

impl Moments {
    fn note(&mut self, jail: &JailName, at: Timestamp) {
        let known = self.0.entry(jail.clone()).or_default();
        // A clock that was set back tells of later moments first.
        if let Err(place) = known.binary_search(&at) {
            known.insert(place, at);
        }
    }

    /// The first at `from` or later.
    fn next(&self, jail: &JailName, from: Timestamp) -> Option<Timestamp> {
        let known = self.0.get(jail)?;
        known.get(known.partition_point(|at| *at < from)).copied()
    }
}
