//! What a log tells of the jails themselves: how long their bans last, and when they were stopped.

use std::collections::HashMap;

use crate::model::{BanTime, JailName, LogSaid, Timestamp};

/// A jail tells that it has stopped within this time after it has lifted its bans.
const STOPPED_WITHIN_MILLIS: i64 = 60_000;

#[derive(Debug)]
pub(super) struct Jails {
    configuring: Option<JailName>,
    bantimes: HashMap<JailName, BanTime>,
    /// Ascending.
    stops: HashMap<JailName, Vec<Timestamp>>,
    tells_restored: bool,
}

impl Default for Jails {
    fn default() -> Self {
        Self {
            configuring: None,
            bantimes: HashMap::new(),
            stops: HashMap::new(),
            tells_restored: true,
        }
    }
}

impl Jails {
    pub(super) fn read(&mut self, at: Timestamp, said: LogSaid) {
        match said {
            LogSaid::Configuring(jail) => self.configuring = Some(jail),
            LogSaid::Configured => self.configuring = None,
            LogSaid::BanTime(bantime) => match &self.configuring {
                Some(jail) => drop(self.bantimes.insert(jail.clone(), bantime)),
                // Set while running: the log does not say in which jail.
                None => self.bantimes.clear(),
            },
            LogSaid::Stopped(jail) => {
                let stops = self.stops.entry(jail).or_default();
                if stops.last().is_none_or(|last| *last < at) {
                    stops.push(at);
                }
            }
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
        let Some(stops) = self.stops.get(jail) else { return false };
        let next = stops.get(stops.partition_point(|stop| *stop < lifted));
        next.is_some_and(|stop| stop.millis_since(lifted) <= STOPPED_WITHIN_MILLIS)
    }

    /// Whether fail2ban calls bans restored that it restores.
    pub(super) fn tells_restored(&self) -> bool {
        self.tells_restored
    }
}
