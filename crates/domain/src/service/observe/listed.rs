//! A jail's list, made ready to be compared with what is known: one ban for each address, with its real beginning. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::diff::{JailLook, Rows, is_near};
use super::memory::Memory;
use super::zone::{Clue, Offset};
use crate::model::{ActiveBan, BanId, BanKey, BanTime, JailName, Timestamp};
use crate::ports::{HistoryRow, LocalTime, ReportedBan};

/// How late fail2ban lifts a ban whose time is over.
const LATE_MILLIS: i64 = 3_000;
/// How far ahead a real beginning can be.
const AHEAD_MILLIS: i64 = 5_000;
/// How long a ban is left out whose time may be wrong and whose row in fail2ban's database should come.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What a ban of the list was found to be.
enum Found {
    /// One that fail2ban's database knows, or the store by it: when it really began, and how far off the list is.
    Proved(Timestamp, Offset),
    /// One that the store knows from lists alone.
    Known(Timestamp),
    /// One that was recorded at this moment, when only its id could be read.
    Late(Timestamp),
    /// It appeared since the last look at this jail, with what that says of the offset.
    New(Option<Offset>),
    /// One of which nothing is known.
    Other,
}

impl JailLook<'_> {
    /// The bans of the list with their real beginnings, and those that are left out until the next look.
    pub(super) fn ready(
        &self,
        reported: Vec<ReportedBan>,
        known: &BTreeMap<BanId, ActiveBan>,
        rows: &Rows,
        memory: &mut Memory,
    ) -> (Vec<ReportedBan>, HashSet<BanId>) {
        let newest = newest_rows(self.jail, rows);
        let found: Vec<(ReportedBan, Found)> = joined(reported, self.now.at)
            .into_iter()
            .map(|ban| {
                let found = self.find(&ban, newest.get(&ban.id).copied(), known.get(&ban.id), memory);
                (ban, found)
            })
            .collect();
        memory.forget_waiting(self.now.up, PATIENCE.saturating_mul(2));
        let clues: Vec<Clue> = found
            .iter()
            .filter_map(|(ban, found)| self.clue(found, memory.waits(self.jail, &ban.id)))
            .collect();
        memory.zone = memory.zone.after(&clues, self.now.at);
        let believed = memory.zone.offset;

        let mut bans = Vec::with_capacity(found.len());
        let mut waiting = HashSet::new();
        for (mut ban, found) in found {
            let read = ban.banned_at.resolve(self.now.at);
            // One ban of the past proves no offset, since it may have been restored. If it was made just now, its row in
            // fail2ban's database comes soon and tells when.
            let unproved = matches!(&found, Found::New(Some(offset)) if *offset != believed);
            let wait = unproved && memory.history_readable;
            if wait && memory.may_wait(self.jail, &ban.id, self.now.up, PATIENCE) {
                waiting.insert(ban.id);
                continue;
            }
            match found {
                Found::Proved(at, offset) if offset != Offset::NONE => ban.banned_at = LocalTime::Exact(at),
                Found::Known(at) if !is_near(at, read) => ban.banned_at = LocalTime::Exact(at),
                Found::Late(at) => {
                    ban.bantime = ban.bantime.rest_after(believed.correct(read), at);
                    ban.banned_at = LocalTime::Exact(at);
                }
                Found::New(_) | Found::Other if believed != Offset::NONE => {
                    ban.banned_at = LocalTime::Exact(believed.correct(read));
                }
                Found::Proved(..) | Found::Known(_) | Found::New(_) | Found::Other => {}
            }
            bans.push(ban);
        }
        (bans, waiting)
    }

    fn find(
        &self,
        ban: &ReportedBan,
        row: Option<&HistoryRow>,
        known: Option<&ActiveBan>,
        memory: &Memory,
    ) -> Found {
        let jail = memory.jails.get(self.jail);
        let watched = jail.is_some_and(|jail| jail.listed.is_some());
        let read = ban.banned_at.resolve(self.now.at);
        if let Some(row) = row {
            if can_be(ban.banned_at, row.banned_at) {
                return Found::Proved(row.banned_at, Offset::NONE);
            }
            if let Some(offset) = self.offset(read, row.banned_at, ban.bantime) {
                // It is in force, and so has not been lifted: that would have deleted it. A jail bans an id once at a time.
                return Found::Proved(row.banned_at, offset);
            }
        }
        if let Some(known) = known {
            let at = known.key.banned_at;
            if can_be(ban.banned_at, at) {
                return Found::Known(at);
            }
            let late =
                jail.and_then(|jail| jail.untimed.get(&ban.id)).is_some_and(|untimed| untimed.recorded);
            let corrected = memory.zone.offset.correct(read);
            let began_since = corrected > at.plus_millis(BanKey::ROUNDING_MILLIS) && corrected <= self.now.at;
            if late && !began_since {
                return Found::Late(at);
            }
            // With the offset that is believed, an address that was lifted and banned again looks as though it was banned
            // just now; with another one it could be taken for the ban before.
            let again = watched && Offset::of_new(read, self.now.at) == Some(memory.zone.offset);
            let offset = self.offset(read, at, ban.bantime);
            if let Some(offset) = offset.filter(|offset| !again || *offset == memory.zone.offset) {
                // Only fail2ban's database tells how often an address was banned.
                return if known.ban_count.is_some() { Found::Proved(at, offset) } else { Found::Known(at) };
            }
        }
        if watched { Found::New(Offset::of_new(read, self.now.at)) } else { Found::Other }
    }

    /// What a ban tells of the offset. One that already `waits` has told it: it is one ban, however often it is listed.
    fn clue(&self, found: &Found, waits: bool) -> Option<Clue> {
        match found {
            Found::New(Some(offset)) if waits && offset.is_past() => None,
            Found::Proved(at, offset) => Some(Clue::Known(*at, *offset)),
            // fail2ban restores bans of the past, and none of the future.
            Found::New(Some(offset)) if self.restoring && offset.is_past() => None,
            Found::New(offset) => Some(offset.map_or(Clue::Odd, Clue::New)),
            Found::Known(_) | Found::Late(_) | Found::Other => None,
        }
    }

    /// The offset at which a time of the list is this beginning, if the ban can be in force still.
    fn offset(&self, read: Timestamp, meant: Timestamp, bantime: BanTime) -> Option<Offset> {
        let over = bantime.end(meant).is_some_and(|end| end.plus_millis(LATE_MILLIS) < self.now.at);
        let to_come = meant > self.now.at.plus_millis(AHEAD_MILLIS);
        if over || to_come { None } else { Offset::between(read, meant) }
    }
}

fn can_be(read: LocalTime, meant: Timestamp) -> bool {
    match read {
        LocalTime::Exact(at) => is_near(at, meant),
        LocalTime::Repeated(first, second) => is_near(first, meant) || is_near(second, meant),
    }
}

/// The newest row of each id of a jail: the one that can be in force.
fn newest_rows<'a>(jail: &JailName, rows: &'a Rows) -> HashMap<BanId, &'a HistoryRow> {
    let mut newest: HashMap<BanId, &HistoryRow> = HashMap::new();
    for row in rows.values().filter(|row| row.jail == *jail) {
        let known = newest.entry(row.id.clone()).or_insert(row);
        if known.banned_at < row.banned_at {
            *known = row;
        }
    }
    newest
}

/// One ban for each id. fail2ban compares texts: where a filter takes the id as it stands in the log, one address can be
/// banned under several. The newest of those bans is the one in force.
fn joined(reported: Vec<ReportedBan>, now: Timestamp) -> Vec<ReportedBan> {
    let mut places: HashMap<BanId, usize> = HashMap::with_capacity(reported.len());
    let mut bans: Vec<ReportedBan> = Vec::with_capacity(reported.len());
    for mut ban in reported {
        if let Some(known) = places.get(&ban.id).and_then(|place| bans.get_mut(*place)) {
            if known.banned_at.resolve(now) < ban.banned_at.resolve(now) {
                std::mem::swap(known, &mut ban);
            }
            known.id.also_spelled(&ban.id);
        } else {
            places.insert(ban.id.clone(), bans.len());
            bans.push(ban);
        }
    }
    bans
}
