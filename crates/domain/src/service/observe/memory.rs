//! What the observer remembers between two looks. Lost at a restart, and rebuilt from the store and fail2ban.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use super::now::Now;
use super::reading::{Reading, TAIL};
use super::untimed::Untimed;
use super::zone::{Belief, Offset};
use crate::model::{BanId, Fence, JailCounters, JailName, Target, Timestamp};
use crate::ports::HistoryCursor;

/// How long after fail2ban came (back) bans and jails may still be missing: it restores them one by one.
pub(super) const RESTORE_GRACE: Duration = Duration::from_secs(30);
/// When a jail that moved is looked at again: fail2ban computes longer bans a few seconds after the ban.
const SECOND_LOOK: Duration = Duration::from_secs(6);
/// How late fail2ban may lift a ban whose time is over.
const END_SLACK: Duration = Duration::from_secs(3);
/// How far behind the newest ban fail2ban's database is read again, at least.
const HISTORY_OVERLAP_SECS: i64 = 60;
/// A time without a look that is shorter than this is no gap: a restart, a take-over.
pub(super) const GAP: Duration = Duration::from_mins(2);
/// How long an order of a user waits for its ban to appear.
const ORDER_LIFE: Duration = Duration::from_mins(10);
/// A list may take a tenth of the server's time, no more.
const LIST_SHARE: u32 = 10;
/// A list this quick needs no pause.
const QUICK_LIST: Duration = Duration::from_millis(20);

/// A user's order, waiting for the ban it made to be seen.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) number: u64,
    pub(super) jail: JailName,
    pub(super) target: Target,
    pub(super) by: String,
    pub(super) reason: Option<String>,
    pub(super) at: Duration,
}

/// One jail's part.
#[derive(Debug, Clone)]
pub(super) struct JailMemory {
    /// Currently and ever banned when the list was last read; `None` before the first.
    pub(super) listed: Option<(u64, u64)>,
    /// Since when this jail has been watched without a break of fail2ban.
    pub(super) watched_since: Duration,
    /// No list before this time.
    pub(super) not_before: Duration,
    /// Read the list again at this time even if nothing moves.
    pub(super) again_at: Option<Duration>,
    /// Whether something was wrong with the list when it was last asked for: the other jails come first.
    pub(super) suspect: bool,
    /// Bans of which only the id could be read at first.
    pub(super) untimed: HashMap<BanId, Untimed>,
}

/// Up to when the server was watched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched {
    /// By the clock that dates, as it was noted.
    pub(super) until: Timestamp,
    /// By the clock that measures; `None` where another process noted it.
    pub(super) up: Option<Duration>,
}

impl Watched {
    /// For how long nobody watched since.
    pub(super) fn passed(&self, now: Now) -> Duration {
        let by_date = || u64::try_from(now.at.millis_since(self.until)).unwrap_or_default();
        self.up.map_or_else(|| Duration::from_millis(by_date()), |up| now.since(up))
    }

    /// What the clock as it is set now calls that moment.
    pub(super) fn called(&self, now: Now) -> Timestamp {
        self.up.map_or(self.until, |up| now.called(up))
    }
}

/// All moments in it are of the clock that nobody can set.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) connection: Option<u64>,
    pub(super) connected_at: Option<Duration>,
    /// Whether connection or scheduler lock are new since the last complete look.
    pub(super) fresh: bool,
    fence: Option<Fence>,
    pub(super) jails: BTreeMap<JailName, JailMemory>,
    /// Jails whose counters cannot be read.
    pub(super) uncounted: BTreeSet<JailName>,
    /// Jails that have bans in the store but do not run, and since when.
    pub(super) missing: HashMap<JailName, Duration>,
    /// The reading of fail2ban's database.
    pub(super) reading: Reading,
    /// Why fail2ban keeps no database that can be read, as it was told last.
    pub(super) history_lack: Option<String>,
    /// Whether fail2ban's database could be read when it was last wanted.
    pub(super) history_readable: bool,
    /// By how much the times of fail2ban's lists are read wrong.
    pub(super) zone: Belief,
    /// The offset that was told last.
    pub(super) zone_told: Option<Offset>,
    /// Bans that are left out until it is clear when they began, and since when.
    waiting: HashMap<(JailName, BanId), Duration>,
    /// Rows of fail2ban's database that have been written, and when their bans began: the newest rows are read
    /// again and again, because fail2ban can use row numbers twice.
    rows_done: HashSet<(i64, Timestamp)>,
    /// Users' orders that wait for their ban to be seen.
    pub(super) orders: Vec<Order>,
    last_order: u64,
    /// Up to when it was noted that the server is watched; `None` before the first note under this scheduler lock.
    pub(super) watched: Option<Watched>,
    /// When this process began to watch after a gap whose end is not noted yet.
    pub(super) resumed: Option<Duration>,
    /// Whether fail2ban was away since that note.
    pub(super) away: bool,
}

impl Memory {
    /// Notes which connection answered; a new one means that fail2ban may have restarted.
    pub(super) fn connected(&mut self, connection: u64, now: Duration) {
        if self.connection == Some(connection) {
            return;
        }
        self.connection = Some(connection);
        self.connected_at = Some(now);
        self.start_over(now);
        for jail in self.jails.values_mut() {
            jail.watched_since = now;
        }
    }

    /// Notes under which scheduler lock a look is done; under a new one, another process may have missed what
    /// happened until now.
    pub(super) fn scheduled(&mut self, fence: Option<Fence>, now: Now) {
        if self.fence != fence {
            self.fence = fence;
            (self.watched, self.resumed) = (None, None);
            self.away = false;
            self.start_over(now.up);
        } else if self.resumed.is_none() && self.watched.is_some_and(|watched| watched.passed(now) >= GAP) {
            // The machine slept, or fail2ban was away: what its database remembers of that time is no gap.
            self.reading.want(now.up, TAIL);
        }
    }

    /// Everything is to be read again.
    fn start_over(&mut self, now: Duration) {
        self.fresh = true;
        self.zone_told = None;
        self.reading.want(now, TAIL);
        for jail in self.jails.values_mut() {
            jail.listed = None;
        }
    }

    /// Whether fail2ban may still be restoring.
    pub(super) fn restoring(&self, now: Now) -> bool {
        self.connected_at.is_some_and(|at| now.since(at) < RESTORE_GRACE)
    }

    /// The part of `jail`, made when it is new.
    pub(super) fn jail(&mut self, jail: &JailName, now: Duration) -> &mut JailMemory {
        self.jails.entry(jail.clone()).or_insert_with(|| JailMemory {
            listed: None,
            watched_since: now,
            not_before: now,
            again_at: None,
            suspect: false,
            untimed: HashMap::new(),
        })
    }

    /// Whether the list of this jail has to be read: it moved, or it is time for a second look.
    pub(super) fn wants_list(&mut self, counters: &JailCounters, now: Duration) -> bool {
        let seen = self.jail(&counters.name, now);
        let moved = seen.listed != Some((counters.currently_banned, counters.total_banned));
        moved || seen.again_at.is_some_and(|at| at <= now)
    }

    /// The jails with whose lists something was wrong.
    pub(super) fn suspects(&mut self, counters: &[JailCounters], now: Duration) -> BTreeSet<JailName> {
        let suspect = counters.iter().filter(|jail| self.jail(&jail.name, now).suspect);
        suspect.map(|jail| jail.name.clone()).collect()
    }

    /// Notes that the list has to be read again soon although no counter moves: not all of it could be read.
    pub(super) fn again_within(&mut self, jail: &JailName, pause: Duration, now: Duration) {
        let soon = now.saturating_add(pause);
        let seen = self.jail(jail, now);
        seen.again_at = Some(seen.again_at.map_or(soon, |at| at.min(soon)));
    }

    /// Notes that the list could not be read, and how long that took. It is asked for again after `pause`, or later where a
    /// failure takes long.
    pub(super) fn unreadable(&mut self, jail: &JailName, took: Duration, pause: Duration, now: Duration) {
        let seen = self.jail(jail, now);
        seen.suspect = true;
        seen.not_before = now.saturating_add(pause.max(took.saturating_mul(LIST_SHARE)));
    }

    /// Notes that the list was read, how long that took, and when to come back: soon after a movement, and when
    /// the first of its bans should have ended. fail2ban prolongs the ban of an address that goes on failing, and no
    /// counter moves with that.
    pub(super) fn listed(
        &mut self,
        counters: &JailCounters,
        took: Duration,
        next_end: Option<Timestamp>,
        now: Now,
    ) {
        let seen = self.jail(&counters.name, now.up);
        let moved = seen.listed != Some((counters.currently_banned, counters.total_banned));
        seen.listed = Some((counters.currently_banned, counters.total_banned));
        let pause = if took > QUICK_LIST { took.saturating_mul(LIST_SHARE) } else { Duration::ZERO };
        seen.not_before = now.up.saturating_add(pause);
        let soon = now.up.saturating_add(SECOND_LOOK);
        let after_end =
            next_end.map(|end| if end <= now.at { soon } else { now.when(end).saturating_add(END_SLACK) });
        seen.again_at = moved.then_some(soon).into_iter().chain(after_end).min();
        if moved {
            self.reading.want(now.up, TAIL);
        }
    }

    /// Whether a ban of the list was left out before.
    pub(super) fn waits(&self, jail: &JailName, id: &BanId) -> bool {
        self.waiting.contains_key(&(jail.clone(), id.clone()))
    }

    /// Forgets which bans were left out so long ago or longer.
    pub(super) fn forget_waiting(&mut self, now: Duration, ago: Duration) {
        self.waiting.retain(|_, since| now.saturating_sub(*since) < ago);
    }

    /// Whether a ban of the list may be left out once more, until it is clear when it began.
    pub(super) fn may_wait(
        &mut self,
        jail: &JailName,
        id: &BanId,
        now: Duration,
        patience: Duration,
    ) -> bool {
        let since = *self.waiting.entry((jail.clone(), id.clone())).or_insert(now);
        now.saturating_sub(since) < patience
    }

    /// Whether this row of fail2ban's database has been written.
    pub(super) fn row_is_done(&self, rowid: i64, banned_at: Timestamp) -> bool {
        self.rows_done.contains(&(rowid, banned_at))
    }

    /// These rows have been written. Those too old to be read again are forgotten.
    pub(super) fn rows_done(&mut self, rows: Vec<(i64, Timestamp)>, cursor: HistoryCursor) {
        let oldest = Timestamp::from_secs(cursor.timeofban.saturating_sub(HISTORY_OVERLAP_SECS));
        self.rows_done.extend(rows);
        self.rows_done.retain(|(_, banned_at)| *banned_at >= oldest);
    }

    /// A user is about to ban something.
    pub(super) fn expect(
        &mut self,
        jail: JailName,
        target: Target,
        by: String,
        reason: Option<String>,
        at: Duration,
    ) -> u64 {
        self.orders.retain(|order| at.saturating_sub(order.at) < ORDER_LIFE);
        self.last_order = self.last_order.wrapping_add(1);
        self.orders.push(Order { number: self.last_order, jail, target, by, reason, at });
        self.last_order
    }

    /// The user's ban did not happen.
    pub(super) fn withdraw(&mut self, number: u64) {
        self.orders.retain(|order| order.number != number);
    }

    /// The order that this new ban carries out, if any. fail2ban counts whole seconds, so the ban may begin
    /// up to a second before the order.
    pub(super) fn order_for(
        &mut self,
        jail: &JailName,
        id: &BanId,
        banned_at: Timestamp,
        now: Now,
    ) -> Option<Order> {
        let target = id.target()?;
        let place = self.orders.iter().position(|order| {
            order.jail == *jail
                && order.target == target
                && banned_at.millis_since(now.called(order.at)) >= -2_000
        })?;
        Some(self.orders.swap_remove(place))
    }
}
