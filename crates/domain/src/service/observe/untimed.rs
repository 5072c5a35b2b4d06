//! Bans of which only the id can be read: neither since when nor for how long.

use std::collections::HashSet;
use std::time::Duration;

use super::Observer;
use super::listed::PATIENCE;
use super::memory::{JailMemory, Memory};
use super::now::Now;
use crate::model::{BanId, BanTime, JailName, Timestamp};
use crate::ports::{LocalTime, ReportedBan};

/// A ban of which only the id could be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Untimed {
    /// When it was first listed so.
    pub(super) since: Duration,
    /// Whether it was recorded as one that began when it was listed, because nothing else told of it.
    pub(super) recorded: bool,
}

impl JailMemory {
    /// Notes which ids are listed without their times, and forgets those that `is_listed` no longer knows.
    pub(super) fn untimed(&mut self, ids: &[BanId], is_listed: impl Fn(&BanId) -> bool, now: Duration) {
        self.untimed.retain(|id, _| is_listed(id));
        for id in ids {
            self.untimed.entry(id.clone()).or_insert(Untimed { since: now, recorded: false });
        }
    }
}

impl Observer {
    /// Those of the bans of which only the ids can be read that nothing else will tell of: they begin when they are first
    /// listed, and last until they are listed no more. Where fail2ban's database can be read, its rows come first.
    pub(super) fn without_times(
        &self,
        memory: &mut Memory,
        jail: &JailName,
        ids: &[BanId],
        timed: &[ReportedBan],
        active: &HashSet<&BanId>,
        now: Now,
    ) -> Vec<ReportedBan> {
        let alone = self.has_no_history(memory);
        let seen = memory.jail(jail, now.up);
        let listed: HashSet<&BanId> = ids.iter().chain(timed.iter().map(|ban| &ban.id)).collect();
        seen.untimed(ids, |id| listed.contains(id), now.up);
        let mut new = Vec::new();
        for id in ids.iter().filter(|id| !active.contains(id)) {
            let Some(untimed) = seen.untimed.get_mut(id) else { continue };
            untimed.recorded = alone || now.since(untimed.since) >= PATIENCE;
            if untimed.recorded {
                let banned_at = LocalTime::Exact(Timestamp::from_secs(now.at.as_secs()));
                new.push(ReportedBan { id: id.clone(), banned_at, bantime: BanTime::Permanent });
            }
        }
        new
    }
}
