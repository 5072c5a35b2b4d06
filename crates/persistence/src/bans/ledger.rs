//! A batch worked out in memory against the rows that it touches: what is new, what has changed, what leaves.
//! Reads those rows in few statements; writes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bangui_domain::model::{ActiveBan, BanEvent, BanId, BanKey, EventId, EventKind, JailName, ServerId};
use bangui_domain::ports::{BanBatch, BanRecord, EndRecord};
use bangui_domain::service::merge;
use diesel::prelude::*;

use super::rows::{ACTIVE_COLUMNS, ActiveRow, EVENT_COLUMNS, EventRow, key};
use crate::connection::{AnyConnection, CHUNK, TxError};
use crate::schema::{active_bans, ban_events};

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
        for part in Part::split(bans.clone()) {
            ledger.load_events(connection, &part)?;
        }
        for part in Part::split(ends.clone()) {
            ledger.load_ends(connection, &part)?;
        }
        for part in Part::split(bans.chain(ends)) {
            ledger.load_active(connection, &part)?;
        }
        Ok(ledger)
    }

    fn load_events(&mut self, connection: &mut AnyConnection, part: &Part<'_>) -> Result<(), TxError> {
        let rows: Vec<EventRow> = ban_events::table
            .filter(ban_events::server_id.eq(self.server.as_str()))
            .filter(ban_events::kind.eq(EventKind::Ban.as_str()))
            .filter(ban_events::jail.eq(part.jail.as_str()))
            .filter(ban_events::ip.eq_any(&part.ids))
            .filter(ban_events::banned_at.between(part.first, part.last))
            .select(EVENT_COLUMNS)
            .load(connection)?;
        for row in rows {
            let event = row.into_event()?;
            self.entries.insert(event.key.clone(), Entry { event, stored: true, changed: false });
        }
        Ok(())
    }

    fn load_ends(&mut self, connection: &mut AnyConnection, part: &Part<'_>) -> Result<(), TxError> {
        let rows: Vec<(String, String, i64)> = ban_events::table
            .filter(ban_events::server_id.eq(self.server.as_str()))
            .filter(ban_events::kind.eq(EventKind::Unban.as_str()))
            .filter(ban_events::jail.eq(part.jail.as_str()))
            .filter(ban_events::ip.eq_any(&part.ids))
            .filter(ban_events::banned_at.between(part.first, part.last))
            .select((ban_events::jail, ban_events::ip, ban_events::banned_at))
            .load(connection)?;
        for (jail, ip, banned_at) in rows {
            self.ended.insert(key(jail, ip, banned_at)?);
        }
        Ok(())
    }

    fn load_active(&mut self, connection: &mut AnyConnection, part: &Part<'_>) -> Result<(), TxError> {
        let rows: Vec<ActiveRow> = active_bans::table
            .filter(active_bans::server_id.eq(self.server.as_str()))
            .filter(active_bans::jail.eq(part.jail.as_str()))
            .filter(active_bans::ip.eq_any(&part.ids))
            .select(ACTIVE_COLUMNS)
            .load(connection)?;
        for row in rows {
            let id = row.id;
            let ban = row.into_ban()?;
            let place = (ban.key.jail.clone(), ban.key.id.clone());
            self.active.insert(place, Slot { row: Some(id), ban: Some(ban), changed: false });
        }
        Ok(())
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

/// Some ids of one jail, few enough for one statement, with the times between which their bans began.
struct Part<'a> {
    jail: &'a JailName,
    ids: Vec<&'a str>,
    first: i64,
    last: i64,
}

impl<'a> Part<'a> {
    fn split(keys: impl Iterator<Item = &'a BanKey>) -> Vec<Self> {
        let mut jails: BTreeMap<&JailName, BTreeMap<&str, BTreeSet<i64>>> = BTreeMap::new();
        for key in keys {
            let ids = jails.entry(&key.jail).or_default();
            ids.entry(key.id.as_str()).or_default().insert(key.banned_at.as_millis());
        }
        let mut parts = Vec::new();
        for (jail, ids) in jails {
            let ids: Vec<(&str, BTreeSet<i64>)> = ids.into_iter().collect();
            for chunk in ids.chunks(CHUNK) {
                let times = || chunk.iter().flat_map(|(_, times)| times.iter().copied());
                parts.push(Self {
                    jail,
                    ids: chunk.iter().map(|(id, _)| *id).collect(),
                    first: times().min().unwrap_or(i64::MIN),
                    last: times().max().unwrap_or(i64::MAX),
                });
            }
        }
        parts
    }
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
