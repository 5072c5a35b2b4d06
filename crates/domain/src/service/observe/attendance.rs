//! Tells gaps: after a time in which nobody watched, what of it fail2ban still remembers, and what is lost for good.

use std::time::Duration;

use super::memory::{GAP, Watched};
use super::now::Now;
use super::reading::Read;
use super::zone::Offset;
use super::{Memory, Observer};
use crate::ServiceError;
use crate::model::{Fail2banState, Fence, Gap, GapCause, Period, ProblemCode, Timestamp};

/// How often it is noted that the server is watched.
const NOTE: Duration = Duration::from_secs(30);

impl Observer {
    /// Notes that everything was seen up to `now`. `read` says what became of fail2ban's database in this look. While its
    /// reading goes on, nobody knows yet what is lost of the time before: then the note waits.
    pub(super) async fn attend(
        &self,
        memory: &mut Memory,
        fence: Option<Fence>,
        read: Read,
        now: Now,
    ) -> Result<(), ServiceError> {
        let (Some(log), Some(fence)) = (&self.watch_log, fence) else { return Ok(()) };
        if memory.watched.is_none() {
            let until = log.watched_until(&self.server).await?;
            memory.watched = until.map(|until| Watched { until, up: None });
        }
        let passed = memory.watched.map_or(Duration::MAX, |watched| watched.passed(now));
        // What another process noted with a clock that ran ahead of this one is put right at once.
        let ahead = memory.watched.is_some_and(|watched| watched.up.is_none() && watched.until > now.at);
        if passed < NOTE && !ahead {
            return Ok(());
        }
        let mut gaps = Vec::new();
        if let Some(watched) = memory.watched.filter(|_| passed >= GAP || memory.resumed.is_some()) {
            let resumed = *memory.resumed.get_or_insert(now.up);
            if !memory.away && matches!(read, Read::Behind | Read::Failing) {
                return Ok(());
            }
            gaps = self.gaps(memory.away, watched.called(now), now.called(resumed), read, now);
        }
        log.watched(&self.server, fence, now.at, &gaps).await?;
        for gap in &gaps {
            tracing::warn!(
                cause = gap.cause.as_str(),
                "the history has a gap of {} s",
                gap.period.until.millis_since(gap.period.since) / 1_000
            );
        }
        memory.watched = Some(Watched { until: now.at, up: Some(now.up) });
        memory.resumed = None;
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
        if offset == Offset::NONE {
            return self.watch.solved(ProblemCode::ZoneDiffers, None);
        }
        let detail = format!(
            "fail2ban runs in another time zone than the one in which its times are read: they are read {}, and BanGUI corrects \
             them.",
            offset.words()
        );
        self.watch.problem(ProblemCode::ZoneDiffers, None, detail);
    }

    /// What of the time from `since` to `resumed`, in which nobody watched, is lost.
    fn gaps(&self, away: bool, since: Timestamp, resumed: Timestamp, read: Read, now: Now) -> Vec<Gap> {
        let lost = |since: Timestamp, until: Timestamp, cause| {
            (since < until).then_some(Gap { period: Period { since, until }, cause })
        };
        if away {
            return lost(since, resumed, GapCause::Fail2banAway).into_iter().collect();
        }
        // Where fail2ban's database was read, it told of all bans that are not older than it remembers, and not newer than
        // the last one that was read.
        let reached = match read {
            Read::Whole => Some(resumed),
            Read::GivenUp { reached } => reached.map(|reached| reached.min(resumed).max(since)),
            Read::Rested | Read::Behind | Read::Failing => None,
        };
        let remembered = self.purge_age_secs().zip(reached);
        let Some((secs, reached)) = remembered else {
            return lost(since, resumed, GapCause::Unwatched).into_iter().collect();
        };
        let forgotten = now.at.plus_secs(secs.saturating_neg()).min(resumed);
        if forgotten >= reached {
            return lost(since, resumed, GapCause::Unwatched).into_iter().collect();
        }
        [lost(since, forgotten, GapCause::Unwatched), lost(reached, resumed, GapCause::Unwatched)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// For how long fail2ban remembers bans, by its own account.
    fn purge_age_secs(&self) -> Option<i64> {
        match &*self.watch.state() {
            Fail2banState::Online { probe, .. } => probe.purge_age_secs,
            Fail2banState::Starting | Fail2banState::Offline { .. } => None,
        }
    }
}
