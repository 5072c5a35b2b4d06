//! Tells gaps: after a time in which nobody watched, what of it fail2ban still remembers, and what is lost for good.

use super::memory::GAP_MILLIS;
use super::zone::Offset;
use super::{Memory, Observer};
use crate::ServiceError;
use crate::model::{Fail2banState, Fence, Gap, GapCause, Period, Timestamp};

/// How often it is noted that the server is watched.
const NOTE_MILLIS: i64 = 30_000;

impl Observer {
    /// Notes that everything was seen up to `now`. `read` says whether fail2ban's database was read in this look.
    pub(super) async fn attend(
        &self,
        memory: &mut Memory,
        fence: Option<Fence>,
        read: bool,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let (Some(log), Some(fence)) = (&self.watch_log, fence) else { return Ok(()) };
        let known = match memory.watched_until {
            Some(known) => Some(known),
            None => log.watched_until(&self.server).await?,
        };
        let passed = known.map_or(i64::MAX, |until| now.millis_since(until));
        // A clock that was set back is behind what was noted: the note stands until the time has come again.
        if passed < NOTE_MILLIS {
            memory.watched_until = known;
            return Ok(());
        }
        let gap = known.filter(|_| passed >= GAP_MILLIS).and_then(|since| self.gap(memory, since, read, now));
        log.watched(&self.server, fence, now, gap.as_ref()).await?;
        if let Some(gap) = gap {
            tracing::warn!(
                cause = gap.cause.as_str(),
                "the history has a gap of {} s",
                gap.period.until.millis_since(gap.period.since) / 1_000
            );
        }
        memory.watched_until = Some(now);
        memory.away = false;
        Ok(())
    }

    /// Says that fail2ban's times are read in another zone than its own, or that this is over: once.
    pub(super) fn tell_zone(&self, memory: &mut Memory) {
        let offset = memory.zone.offset;
        if !memory.zone.proved || memory.zone_told == Some(offset) {
            return;
        }
        memory.zone_told = Some(offset);
        if offset != Offset::NONE {
            tracing::warn!(
                "fail2ban runs in another time zone than the one in which its times are read: they are read {}, and BanGUI \
                 corrects them. Set fail2ban.timezone to fail2ban's zone.",
                offset.words()
            );
        }
    }

    /// The part of the time from `since` to `now` that is lost.
    fn gap(&self, memory: &Memory, since: Timestamp, read: bool, now: Timestamp) -> Option<Gap> {
        if memory.away {
            return Some(Gap { period: Period { since, until: now }, cause: GapCause::Fail2banAway });
        }
        // Where fail2ban's database was read, it told of all bans that are not older than it remembers.
        let remembered = self.purge_age_secs().filter(|_| read);
        let until = remembered.map_or(now, |secs| now.plus_secs(secs.saturating_neg()));
        (since < until).then_some(Gap { period: Period { since, until }, cause: GapCause::Unwatched })
    }

    /// For how long fail2ban remembers bans, by its own account.
    fn purge_age_secs(&self) -> Option<i64> {
        match &*self.watch.state() {
            Fail2banState::Online { probe, .. } => probe.purge_age_secs,
            Fail2banState::Starting | Fail2banState::Offline { .. } => None,
        }
    }
}
