//! A batch worked out in memory against the rows that it touches: what is new, what has changed, what leaves.
//! Reads those rows in few statements; writes nothing.

use std::collections::{HashMap, HashSet};

use bangui_domain::model::{ActiveBan, BanEvent, BanId, BanKey, EventId, EventKind, JailName, ServerId};
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
            ends: Vec::new(),
            active: HashMap::new(),
        };
        let (bans, ends) = (batch.bans.iter().map(|ban| &ban.ban.key), batch.ends.iter().map(|end| &end.key));
        for part in distinct(bans.clone()).chunks(CHUNK) {
            let rows: Vec<EventRow> = Lookup::events(&batch.server, EventKind::Ban, part).load(connection)?;
            for row in rows {
                let event = row.into_event()?;
                ledger.entries.insert(event.key.clone(), Entry { event, stored: true, changed: false });
            }
        }
        for part in distinct(ends.clone()).chunks(CHUNK) {
            let rows: Vec<EventRow> =
                Lookup::events(&batch.server, EventKind::Unban, part).load(connection)?;
            for row in rows {
                ledger.ended.insert(row.into_event()?.key);
            }
        }
        for part in distinct(bans.chain(ends)).chunks(CHUNK) {
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

    /// Takes a ban into account.
    pub(super) fn ban(&mut self, seen: &BanRecord) {
        let server = &self.server;
        let entry = self.entries.entry(seen.ban.key.clone()).or_insert_with(|| Entry {
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
        if self.ended.insert(end.key.clone()) {
            self.ends.push(over(&self.server, end));
        }
        if let Some(slot) = self.active.get_mut(&(end.key.jail.clone(), end.key.id.clone()))
            && slot.ban.as_ref().is_some_and(|ban| ban.key == end.key)
        {
            slot.ban = None;
            slot.changed = true;
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
fn over(server: &ServerId, end: &EndRecord) -> BanEvent {
    BanEvent {
        id: EventId(0),
        server: server.clone(),
        kind: EventKind::Unban,
        key: end.key.clone(),
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
