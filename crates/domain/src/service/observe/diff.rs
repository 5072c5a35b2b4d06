//! What one jail's list means against what was known: which bans began, changed and ended. Pure.

use std::collections::{BTreeMap, HashMap};

use super::memory::Memory;
use super::now::Now;
use crate::model::{ActiveBan, BanId, BanKey, BanTime, JailName, Origin, Timestamp};
use crate::ports::{BanRecord, EndRecord, HistoryRow, LocalTime, ReportedBan};

/// fail2ban lifts expired bans within a second or two of their end.
const EXPIRY_SLACK_MILLIS: i64 = 2_000;
/// A filter stamps a ban with the time of the log line, which may be a little older than the watch.
const LOG_LAG_MILLIS: i64 = 60_000;

/// fail2ban's database rows of one look, by ban.
pub(super) type Rows = HashMap<BanKey, HistoryRow>;

/// What has to be written.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) bans: Vec<BanRecord>,
    pub(super) ends: Vec<EndRecord>,
    /// Bans are missing that may still be restored, or left out until it is clear when they began.
    pub(super) unsettled: bool,
    /// When the first ban of the list should end.
    pub(super) next_end: Option<Timestamp>,
}

impl Changes {
    /// The changes in parts of at most `size` bans or ends, bans first; one part where they are few.
    pub(super) fn parts(self, size: usize) -> Vec<Self> {
        if self.bans.len() + self.ends.len() <= size {
            return vec![self];
        }
        let part = |bans: &[BanRecord], ends: &[EndRecord]| Self {
            bans: bans.to_vec(),
            ends: ends.to_vec(),
            ..Self::default()
        };
        let bans = self.bans.chunks(size).map(|bans| part(bans, &[]));
        bans.chain(self.ends.chunks(size).map(|ends| part(&[], ends))).collect()
    }
}

/// One jail at one look.
pub(super) struct JailLook<'a> {
    pub(super) jail: &'a JailName,
    pub(super) now: Now,
    /// Since when the jail has been watched without a break.
    pub(super) watched_since: Timestamp,
    /// Whether fail2ban may still be restoring bans.
    pub(super) restoring: bool,
}

impl JailLook<'_> {
    /// Compares what fail2ban lists with the bans known to be active. Rows that the list explains are taken out.
    pub(super) fn compare(
        &self,
        reported: Vec<ReportedBan>,
        known: Vec<ActiveBan>,
        rows: &mut Rows,
        memory: &mut Memory,
    ) -> Changes {
        let mut known: BTreeMap<BanId, ActiveBan> =
            known.into_iter().map(|ban| (ban.key.id.clone(), ban)).collect();
        let (reported, waiting) = self.ready(reported, &known, rows, memory);
        let next_end =
            reported.iter().filter_map(|ban| ban.bantime.end(ban.banned_at.resolve(self.now.at))).min();
        let mut changes = Changes { next_end, unsettled: !waiting.is_empty(), ..Changes::default() };
        known.retain(|id, _| !waiting.contains(id));
        for report in reported {
            let before = known.remove(&report.id);
            self.one(report, before, rows, memory, &mut changes);
        }
        for gone in known.into_values() {
            self.gone(gone, &mut changes);
        }
        changes
    }

    fn one(
        &self,
        report: ReportedBan,
        before: Option<ActiveBan>,
        rows: &mut Rows,
        memory: &mut Memory,
        changes: &mut Changes,
    ) {
        let known_at = before.as_ref().map(|ban| ban.key.banned_at);
        let banned_at = self.begin(&report, known_at, rows);
        let key = BanKey { jail: self.jail.clone(), id: report.id, banned_at };
        let row = take_row(rows, &key);
        if let Some(before) = before {
            if before.key.is_same_ban(&key) {
                // Another process may have seen the ban first, which does not know of the order.
                let unclaimed = before.by.is_none();
                let order = unclaimed
                    .then(|| memory.order_for(self.jail, &key.id, before.key.banned_at, self.now))
                    .flatten();
                let count = row.as_ref().and_then(|row| row.ban_count);
                let same_count = count.is_none() || count == before.ban_count;
                let same_text = before.key.id.spellings().eq(key.id.spellings());
                let same = before.bantime == report.bantime && same_count && same_text;
                if !same || row.is_some() || order.is_some() {
                    let (failures, matches) = row.map_or((None, None), |row| (row.failures, row.matches));
                    let mut ban = ActiveBan { bantime: report.bantime, ban_count: count, ..before };
                    ban.key.id = key.id;
                    if let Some(order) = order {
                        (ban.origin, ban.by, ban.reason) = (Origin::Manual, Some(order.by), order.reason);
                    }
                    changes.bans.push(BanRecord { ban, failures, in_force: true, place: None, matches });
                }
                return;
            }
            changes.ends.push(if before.key.banned_at <= banned_at {
                replaced(before, banned_at)
            } else {
                // Of two bans of one address, under two texts, the newer one is gone.
                ended(&before, self.now.at).unwrap_or_else(|| lifted_outside(before, self.now.at))
            });
        }
        let order = memory.order_for(self.jail, &key.id, banned_at, self.now);
        let failures = row.as_ref().and_then(|row| row.failures);
        let origin = if order.is_some() { Origin::Manual } else { self.origin(banned_at, failures) };
        let (by, reason) = order.map_or((None, None), |order| (Some(order.by), order.reason));
        let ban = ActiveBan {
            key,
            bantime: report.bantime,
            ban_count: row.as_ref().and_then(|row| row.ban_count),
            origin,
            by,
            reason,
        };
        changes.bans.push(BanRecord {
            ban,
            failures,
            in_force: true,
            place: None,
            matches: row.and_then(|row| row.matches),
        });
    }

    /// When the ban began. In the hour that the end of daylight saving repeats, what is known decides.
    fn begin(&self, report: &ReportedBan, known_at: Option<Timestamp>, rows: &Rows) -> Timestamp {
        let LocalTime::Repeated(first, second) = report.banned_at else {
            return report.banned_at.resolve(self.now.at);
        };
        let in_rows = |at: Timestamp| {
            rows.contains_key(&BanKey { jail: self.jail.clone(), id: report.id.clone(), banned_at: at })
        };
        [first, second]
            .into_iter()
            .find(|at| known_at.is_some_and(|known| is_near(known, *at)) || in_rows(*at))
            .unwrap_or_else(|| report.banned_at.resolve(self.now.at))
    }

    /// fail2ban's database knows failures, and that none means by hand; without it, a ban from before the
    /// watch is one that was restored or carried over.
    fn origin(&self, banned_at: Timestamp, failures: Option<u32>) -> Origin {
        match failures {
            Some(0) => Origin::Manual,
            None if self.watched_since.millis_since(banned_at) > LOG_LAG_MILLIS => Origin::Restored,
            Some(_) | None => Origin::Detected,
        }
    }

    fn gone(&self, ban: ActiveBan, changes: &mut Changes) {
        match ended(&ban, self.now.at) {
            Some(end) => changes.ends.push(end),
            None if self.restoring => changes.unsettled = true,
            None => changes.ends.push(lifted_outside(ban, self.now.at)),
        }
    }
}

pub(super) fn is_near(one: Timestamp, other: Timestamp) -> bool {
    one.millis_since(other).abs() <= BanKey::ROUNDING_MILLIS
}

/// The row of this ban, taken out.
fn take_row(rows: &mut Rows, key: &BanKey) -> Option<HistoryRow> {
    [0, BanKey::ROUNDING_MILLIS, -BanKey::ROUNDING_MILLIS]
        .into_iter()
        .find_map(|off| rows.remove(&BanKey { banned_at: key.banned_at.plus_millis(off), ..key.clone() }))
}

/// A row of fail2ban's database that no list has explained: history, or a ban that is newer than the list.
/// `running` says whether its jail runs, `listed_at` when that jail was last listed in this look. Where the row does not know
/// the length, it is `rule`, which fail2ban takes then; such a ban ended at a moment that nobody knows, and gets no end.
pub(super) fn from_row(
    row: HistoryRow,
    running: bool,
    rule: Option<BanTime>,
    listed_at: Option<Timestamp>,
    now: Now,
    memory: &mut Memory,
    changes: &mut Changes,
) {
    let key = BanKey { jail: row.jail, id: row.id, banned_at: row.banned_at };
    let told = row.bantime.map(BanTime::from_fail2ban);
    let bantime = told.or(rule).unwrap_or(BanTime::Seconds(0));
    let over = bantime.end(key.banned_at).is_some_and(|end| end <= now.at);
    let newer_than_list = listed_at.is_none_or(|at| key.banned_at.as_secs() >= at.as_secs());
    let order = memory.order_for(&key.jail, &key.id, key.banned_at, now);
    let origin = match (&order, row.failures) {
        (Some(_), _) | (None, Some(0)) => Origin::Manual,
        (None, _) => Origin::Detected,
    };
    let (by, reason) = order.map_or((None, None), |order| (Some(order.by), order.reason));
    let ban = ActiveBan { key, bantime, ban_count: row.ban_count, origin, by, reason };
    if over && told.is_some() {
        changes.ends.extend(ended(&ban, now.at));
    }
    let in_force = running && !over && newer_than_list;
    changes.bans.push(BanRecord { ban, failures: row.failures, in_force, place: None, matches: row.matches });
}

/// The end of a ban whose time is over; `None` if it is not.
pub(super) fn ended(ban: &ActiveBan, now: Timestamp) -> Option<EndRecord> {
    let end = ban.expires_at()?;
    (end <= now.plus_millis(EXPIRY_SLACK_MILLIS)).then(|| record(ban.clone(), end, Origin::Expired))
}

/// The end of a ban that somebody lifted outside BanGUI.
pub(super) fn lifted_outside(ban: ActiveBan, now: Timestamp) -> EndRecord {
    record(ban, now, Origin::Manual)
}

fn replaced(before: ActiveBan, next: Timestamp) -> EndRecord {
    match before.expires_at().filter(|end| *end <= next.plus_millis(EXPIRY_SLACK_MILLIS)) {
        Some(end) => record(before, end, Origin::Expired),
        None => record(before, next, Origin::Manual),
    }
}

fn record(ban: ActiveBan, at: Timestamp, origin: Origin) -> EndRecord {
    EndRecord {
        key: ban.key,
        bantime: ban.bantime,
        ban_count: ban.ban_count,
        at,
        origin,
        by: None,
        reason: None,
    }
}
