//! A batch worked out in memory against the rows that it touches: what is new, what has changed, what leaves.
//! Reads those rows in few statements; writes nothing.

use std::collections::HashMap;

use bangui_domain::model::{
    ActiveBan, BanEvent, BanId, BanKey, BanTime, EventId, EventKind, JailName, Matches, Origin,
};
use bangui_domain::model::{ServerId, Timestamp};
use bangui_domain::ports::{BanBatch, BanRecord, EndRecord, StoreError};
use bangui_domain::service::merge;
use diesel::prelude::*;

use super::code;
use super::names::Names;
use super::rows::ActiveRow;
use super::stored::{ActiveAt, BansAt, Spot, StoredBan};
use crate::connection::{AnyConnection, CHUNK, TxError};
use crate::fault::left_out;

/// A ban: as it was stored, and as it is now.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its beginning; the number is 0 while it is not stored.
    pub(super) event: BanEvent,
    /// How it was stored.
    pub(super) before: Option<Before>,
    /// Whether what was stored is different now.
    pub(super) changed: bool,
    /// Its end, if it came with this batch.
    pub(super) end: Option<EndRecord>,
    /// Its log lines, if they came with this batch.
    pub(super) matches: Option<Matches>,
}

/// What was stored of a ban.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    pub(super) origin: Origin,
    /// How it ended, if it had.
    pub(super) end: Option<Origin>,
}

impl Entry {
    fn has_ended(&self) -> bool {
        self.end.is_some() || self.before.is_some_and(|before| before.end.is_some())
    }

    /// Whether somebody lifted it, before this batch: what begins within a second is another ban then.
    fn was_lifted(&self) -> bool {
        self.before.is_some_and(|before| before.end == Some(Origin::Manual))
    }
}

/// The active ban of one id in one jail: its row, if it has one, and what it shall be.
struct Slot {
    row: Option<i64>,
    ban: Option<ActiveBan>,
    changed: bool,
}

/// The rows that a batch touches.
pub(super) struct Ledger {
    server: ServerId,
    entries: HashMap<BanKey, Entry>,
    active: HashMap<(JailName, BanId), Slot>,
}

/// What has to be written.
#[derive(Default)]
pub(super) struct Outcome {
    /// Bans that are new, changed, or ended now.
    pub(super) bans: Vec<Entry>,
    /// Active bans to enter or to replace.
    pub(super) active: Vec<ActiveBan>,
    /// Rows of active bans to delete.
    pub(super) gone: Vec<i64>,
}

impl Ledger {
    /// Reads what is stored of the bans in the batch.
    pub(super) fn load(
        connection: &mut AnyConnection,
        batch: &BanBatch,
        names: &Names,
    ) -> Result<Self, TxError> {
        let mut ledger =
            Self { server: batch.server.clone(), entries: HashMap::new(), active: HashMap::new() };
        let (bans, ends) = (batch.bans.iter().map(|ban| &ban.ban.key), batch.ends.iter().map(|end| &end.key));
        let mut keys: Vec<&BanKey> = bans.chain(ends).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut spots = keys.iter().map(|key| spot(key, names)).collect::<Result<Vec<_>, _>>()?;
        spots.sort_unstable();
        for part in spots.chunks(CHUNK) {
            let rows: Vec<StoredBan> = BansAt(part).load(connection)?;
            for row in rows {
                let entry = ledger.stored(row, names)?;
                ledger.entries.insert(entry.event.key.clone(), entry);
            }
        }
        for part in keys.chunks(CHUNK) {
            let rows: Vec<ActiveRow> = ActiveAt { server: &batch.server, keys: part }.load(connection)?;
            for row in rows {
                let (id, place) = (row.id, row.target());
                // What cannot be read costs itself alone: whatever comes in its place takes over its row.
                let ban = row.into_ban().map_err(|error| left_out("active_bans", &id, error)).ok();
                let Some(place) = place else { continue };
                ledger.active.insert(place, Slot { row: Some(id), ban, changed: false });
            }
        }
        Ok(ledger)
    }

    fn stored(&self, row: StoredBan, names: &Names) -> Result<Entry, StoreError> {
        let id = names.id(row.address)?;
        let banned_at = Timestamp::from_millis(row.banned_at);
        let place = names.place(&id);
        // An origin that nobody knows is the usual one, so that the ban goes on.
        let odd = |error: StoreError| left_out("bans", &row.id, error);
        let origin = |code: i32| code::origin(code).map_err(odd).unwrap_or(Origin::Detected);
        let before = Before { origin: origin(row.origin), end: row.end_origin.map(origin) };
        let event = BanEvent {
            id: EventId(row.id),
            ban: EventId(row.id),
            server: self.server.clone(),
            kind: EventKind::Ban,
            key: BanKey { jail: names.jail_name(row.jail)?, id, banned_at },
            occurred_at: banned_at,
            bantime: BanTime::from_fail2ban(row.bantime),
            ban_count: row.ban_count.and_then(|count| u32::try_from(count).ok()),
            failures: row.failures.and_then(|count| u32::try_from(count).ok()),
            origin: before.origin,
            by: row.by,
            reason: row.reason,
            place,
        };
        Ok(Entry { event, before: Some(before), changed: false, end: None, matches: None })
    }

    /// The key under which this ban is known already: its own, or that of the same ban by another rounding.
    fn known(&self, key: &BanKey) -> BanKey {
        if self.entries.contains_key(key) {
            return key.clone();
        }
        by_other_roundings(key)
            .into_iter()
            .find(|near| self.entries.get(near).is_some_and(|entry| !entry.was_lifted()))
            .unwrap_or_else(|| key.clone())
    }

    /// Takes a ban into account.
    pub(super) fn ban(&mut self, seen: &BanRecord, names: &Names) {
        let key = self.known(&seen.ban.key);
        let server = &self.server;
        let entry = self.entries.entry(key).or_insert_with(|| begun(server, seen, names));
        let merged = merge(&entry.event, seen);
        if merged != entry.event {
            entry.event = merged;
            entry.changed = true;
        }
        if seen.matches.is_some() {
            entry.matches.clone_from(&seen.matches);
        }
        let mut ban = in_force(&entry.event);
        ban.key.id.clone_from(&seen.ban.key.id);
        let slot = self.active.entry((ban.key.jail.clone(), ban.key.id.clone())).or_insert(Slot {
            row: None,
            ban: None,
            changed: false,
        });
        let replaces = match &slot.ban {
            Some(known) if seen.in_force => known.key.banned_at <= ban.key.banned_at,
            Some(known) => known.key == ban.key,
            None => seen.in_force,
        };
        // However it was spelled since it began, it may have to be lifted so.
        if let Some(known) = slot.ban.as_ref().filter(|known| known.key == ban.key) {
            ban.key.id.also_spelled(&known.key.id);
        }
        let same = |known: &ActiveBan| *known == ban && known.key.id.spellings().eq(ban.key.id.spellings());
        if replaces && !slot.ban.as_ref().is_some_and(same) {
            slot.ban = Some(ban);
            slot.changed = true;
        }
    }

    /// Takes the end of a ban into account.
    pub(super) fn end(&mut self, end: &EndRecord, names: &Names) {
        let key = self.known(&end.key);
        if let Some(slot) = self.active.get_mut(&(key.jail.clone(), key.id.clone()))
            && slot.ban.as_ref().is_some_and(|ban| ban.key == key)
        {
            slot.ban = None;
            slot.changed = true;
        }
        let server = &self.server;
        let entry = self.entries.entry(key).or_insert_with(|| begun(server, &unseen(end), names));
        if !entry.has_ended() {
            entry.end = Some(end.clone());
        }
    }

    /// What has to be written.
    pub(super) fn outcome(self) -> Outcome {
        let mut outcome = Outcome::default();
        let touched = |entry: &Entry| {
            entry.before.is_none() || entry.changed || entry.end.is_some() || entry.matches.is_some()
        };
        outcome.bans = self.entries.into_values().filter(touched).collect();
        for slot in self.active.into_values().filter(|slot| slot.changed) {
            match (slot.ban, slot.row) {
                (Some(ban), _) => outcome.active.push(ban),
                (None, Some(row)) => outcome.gone.push(row),
                (None, None) => {}
            }
        }
        outcome.active.sort_by(|a, b| (a.key.banned_at, &a.key).cmp(&(b.key.banned_at, &b.key)));
        outcome
    }
}

fn spot(key: &BanKey, names: &Names) -> Result<Spot, StoreError> {
    Ok(Spot {
        address: names.address(&key.id)?,
        jail: names.jail(&key.jail)?,
        banned_at: key.banned_at.as_millis(),
    })
}

/// The keys that the same ban has where its beginning is rounded the other way.
fn by_other_roundings(key: &BanKey) -> [BanKey; 2] {
    [-BanKey::ROUNDING_MILLIS, BanKey::ROUNDING_MILLIS]
        .map(|off| BanKey { banned_at: key.banned_at.plus_millis(off), ..key.clone() })
}

/// A ban that is seen for the first time.
pub(super) fn begun(server: &ServerId, seen: &BanRecord, names: &Names) -> Entry {
    let ban = &seen.ban;
    let event = BanEvent {
        id: EventId(0),
        ban: EventId(0),
        server: server.clone(),
        kind: EventKind::Ban,
        key: ban.key.clone(),
        occurred_at: ban.key.banned_at,
        bantime: ban.bantime,
        ban_count: ban.ban_count,
        failures: seen.failures,
        origin: ban.origin,
        by: ban.by.clone(),
        reason: ban.reason.clone(),
        place: names.place(&ban.key.id),
    };
    Entry { event, before: None, changed: false, end: None, matches: None }
}

/// The ban that an end tells of, where nobody has seen it begin.
fn unseen(end: &EndRecord) -> BanRecord {
    let ban = ActiveBan {
        key: end.key.clone(),
        bantime: end.bantime,
        ban_count: None,
        origin: Origin::Restored,
        by: None,
        reason: None,
    };
    BanRecord { ban, failures: None, in_force: false, place: None, matches: None }
}

/// The event that the end of a ban leaves.
pub(super) fn over(begun: &BanEvent, end: &EndRecord, id: i64) -> BanEvent {
    BanEvent {
        id: EventId(id),
        ban: begun.id,
        kind: EventKind::Unban,
        occurred_at: end.at,
        bantime: begun.bantime,
        ban_count: begun.ban_count,
        failures: None,
        origin: end.origin,
        by: end.by.clone(),
        reason: end.reason.clone(),
        ..begun.clone()
    }
}

/// The active ban that an event tells of.
fn in_force(event: &BanEvent) -> ActiveBan {
    ActiveBan {
        key: event.key.clone(),
        bantime: event.bantime,
        ban_count: event.ban_count,
        origin: event.origin,
        by: event.by.clone(),
        reason: event.reason.clone(),
    }
}
