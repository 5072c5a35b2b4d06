//! A batch worked out in memory against the rows that it touches: what is new, what has changed, what leaves.
//! Reads those rows in few statements; writes nothing.

use std::collections::{HashMap, HashSet};

use bangui_domain::model::{
    ActiveBan, BanEvent, BanId, BanKey, EventId, EventKind, JailName, Origin, ServerId,
};
use bangui_domain::ports::{BanBatch, BanRecord, EndRecord};
use bangui_domain::service::merge;
use diesel::prelude::*;

use super::lookup::Lookup;
use super::rows::{ActiveRow, EventRow};
use crate::connection::{AnyConnection, CHUNK, TxError};

/// A ban event: as it was stored, and as it is now.
struct Entry {
    event: BanEvent,
    stored: bool,
    changed: bool,
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
    ended: HashSet<BanKey>,
    /// Bans that somebody lifted: what begins within a second of one is another ban.
    lifted: HashSet<BanKey>,
    ends: Vec<BanEvent>,
    active: HashMap<(JailName, BanId), Slot>,
}

/// What has to be written.
#[derive(Default)]
pub(super) struct Outcome {
    /// Events that are not stored yet; their id is 0.
    pub(super) new: Vec<BanEvent>,
    /// Stored events that are different now.
    pub(super) changed: Vec<BanEvent>,
    /// Active bans to enter or to replace.
    pub(super) active: Vec<ActiveBan>,
    /// Rows of active bans to delete.
    pub(super) gone: Vec<i64>,
}

impl Ledger {
    /// Reads what is stored of the bans in the batch.
    pub(super) fn load(connection: &mut AnyConnection, batch: &BanBatch) -> Result<Self, TxError> {
        let mut ledger = Self {
            server: batch.server.clone(),
            entries: HashMap::new(),
            ended: HashSet::new(),
            lifted: HashSet::new(),
            ends: Vec::new(),
            active: HashMap::new(),
        };
        let (bans, ends) = (batch.bans.iter().map(|ban| &ban.ban.key), batch.ends.iter().map(|end| &end.key));
        let keys = distinct(bans.chain(ends));
        ledger.load_begun(connection, &keys)?;
        let unknown = keys.iter().filter(|key| !ledger.entries.contains_key(**key));
        let near: Vec<BanKey> = unknown.flat_map(|key| by_other_roundings(key)).collect();
        ledger.load_begun(connection, &distinct(near.iter()))?;
        ledger.load_ended(connection, &keys)?;
        let found: Vec<BanKey> = near.into_iter().filter(|key| ledger.entries.contains_key(key)).collect();
        ledger.load_ended(connection, &distinct(found.iter()))?;
        for part in keys.chunks(CHUNK) {
            let rows: Vec<ActiveRow> = Lookup::active(&batch.server, part).load(connection)?;
            for row in rows {
                let id = row.id;
                let ban = row.into_ban()?;
                let place = (ban.key.jail.clone(), ban.key.id.clone());
                ledger.active.insert(place, Slot { row: Some(id), ban: Some(ban), changed: false });
            }
        }
        Ok(ledger)
    }

    /// Reads the beginnings of bans.
    fn load_begun(&mut self, connection: &mut AnyConnection, keys: &[&BanKey]) -> Result<(), TxError> {
        for part in keys.chunks(CHUNK) {
            let rows: Vec<EventRow> = Lookup::events(&self.server, EventKind::Ban, part).load(connection)?;
            for row in rows {
                let event = row.into_event()?;
                self.entries.insert(event.key.clone(), Entry { event, stored: true, changed: false });
            }
        }
        Ok(())
    }

    /// Reads the ends of bans.
    fn load_ended(&mut self, connection: &mut AnyConnection, keys: &[&BanKey]) -> Result<(), TxError> {
        for part in keys.chunks(CHUNK) {
            let rows: Vec<EventRow> =
                Lookup::events(&self.server, EventKind::Unban, part).load(connection)?;
            for row in rows {
                let event = row.into_event()?;
                if event.origin == Origin::Manual {
                    self.lifted.insert(event.key.clone());
                }
                self.ended.insert(event.key);
            }
        }
        Ok(())
    }

    /// The key under which this ban is known already: its own, or that of the same ban by another rounding.
    fn known(&self, key: &BanKey) -> BanKey {
        if self.entries.contains_key(key) {
            return key.clone();
        }
        by_other_roundings(key)
            .into_iter()
            .find(|near| self.entries.contains_key(near) && !self.lifted.contains(near))
            .unwrap_or_else(|| key.clone())
    }

    /// Takes a ban into account.
    pub(super) fn ban(&mut self, seen: &BanRecord) {
        let key = self.known(&seen.ban.key);
        let server = &self.server;
        let entry = self.entries.entry(key).or_insert_with(|| Entry {
            event: begun(server, seen),
            stored: false,
            changed: false,
        });
        let merged = merge(&entry.event, seen);
        if merged != entry.event {
            entry.event = merged;
            entry.changed = true;
        }
        let ban = in_force(&entry.event);
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
        if replaces && slot.ban.as_ref() != Some(&ban) {
            slot.ban = Some(ban);
            slot.changed = true;
        }
    }

    /// Takes the end of a ban into account.
    pub(super) fn end(&mut self, end: &EndRecord) {
        let key = self.known(&end.key);
        if let Some(slot) = self.active.get_mut(&(key.jail.clone(), key.id.clone()))
            && slot.ban.as_ref().is_some_and(|ban| ban.key == key)
        {
            slot.ban = None;
            slot.changed = true;
        }
        if self.ended.insert(key.clone()) {
            self.ends.push(over(&self.server, key, end));
        }
    }

    /// What has to be written; new events in the order in which things happened.
    pub(super) fn outcome(self) -> Outcome {
        let mut outcome = Outcome { new: self.ends, ..Outcome::default() };
        for entry in self.entries.into_values() {
            match (entry.stored, entry.changed) {
                (false, _) => outcome.new.push(entry.event),
                (true, true) => outcome.changed.push(entry.event),
                (true, false) => {}
            }
        }
        for slot in self.active.into_values().filter(|slot| slot.changed) {
            match (slot.ban, slot.row) {
                (Some(ban), _) => outcome.active.push(ban),
                (None, Some(row)) => outcome.gone.push(row),
                (None, None) => {}
            }
        }
        outcome.new.sort_by(|a, b| {
            let place = |event: &BanEvent| (event.occurred_at, event.kind == EventKind::Unban);
            place(a).cmp(&place(b)).then_with(|| a.key.cmp(&b.key))
        });
        outcome.active.sort_by(|a, b| (a.key.banned_at, &a.key).cmp(&(b.key.banned_at, &b.key)));
        outcome
    }
}

/// The keys that the same ban has where its beginning is rounded the other way.
fn by_other_roundings(key: &BanKey) -> [BanKey; 2] {
    [-BanKey::ROUNDING_MILLIS, BanKey::ROUNDING_MILLIS]
        .map(|off| BanKey { banned_at: key.banned_at.plus_millis(off), ..key.clone() })
}

/// The keys, each once, in an order that is good to the index.
fn distinct<'a>(keys: impl Iterator<Item = &'a BanKey>) -> Vec<&'a BanKey> {
    let mut keys: Vec<&BanKey> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The event that a ban leaves when it is seen for the first time.
fn begun(server: &ServerId, seen: &BanRecord) -> BanEvent {
    let ban = &seen.ban;
    BanEvent {
        id: EventId(0),
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
    }
}

/// The event that the end of a ban leaves.
fn over(server: &ServerId, key: BanKey, end: &EndRecord) -> BanEvent {
    BanEvent {
        id: EventId(0),
        server: server.clone(),
        kind: EventKind::Unban,
        key,
        occurred_at: end.at,
        bantime: end.bantime,
        ban_count: end.ban_count,
        failures: None,
        origin: end.origin,
        by: end.by.clone(),
        reason: end.reason.clone(),
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
