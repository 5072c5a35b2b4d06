//! What of a batch both databases can hold: texts without NUL, and ids that fit into an index.

use std::borrow::Cow;

use bangui_domain::model::{BanId, BanKey, Matches};
use bangui_domain::ports::{BanBatch, BanRecord, EndRecord};

use crate::text::{MAX_ID_BYTES, storable, storable_option};

/// The batch as it will be written. Ids that are too long are left out, and the log says so: keeping a part of
/// one would make two ids the same.
pub(super) fn storable_batch(batch: &BanBatch) -> BanBatch {
    let bans: Vec<BanRecord> = batch.bans.iter().filter(|record| fits(&record.ban.key)).map(ban).collect();
    let ends: Vec<EndRecord> = batch.ends.iter().filter(|end| fits(&end.key)).map(end).collect();
    let left_out = batch.bans.len() + batch.ends.len() - bans.len() - ends.len();
    if left_out > 0 {
        tracing::warn!(
            "{left_out} bans with ids of more than {MAX_ID_BYTES} bytes were not recorded: let the filter's <F-ID> \
             match less"
        );
    }
    let unknown = |count: Option<u32>| count.is_some() && storable_count(count).is_none();
    let odd = |record: &&BanRecord| unknown(record.failures) || unknown(record.ban.ban_count);
    if let Some(record) = batch.bans.iter().find(odd) {
        tracing::warn!(
            jail = record.ban.key.jail.as_str(),
            id = record.ban.key.id.as_str(),
            "{} bans with a count of more than {} have it as unknown, this one first",
            batch.bans.iter().filter(odd).count(),
            i32::MAX
        );
    }
    BanBatch {
        server: batch.server.clone(),
        fence: batch.fence,
        seen_at: batch.seen_at,
        bans,
        ends,
        cursor: batch.cursor,
    }
}

fn fits(key: &BanKey) -> bool {
    key.id.as_str().len() <= MAX_ID_BYTES
}

/// A count that the history cannot hold is not known, rather than another one: here and of a ban in force.
fn storable_count(count: Option<u32>) -> Option<u32> {
    count.filter(|count| i32::try_from(*count).is_ok())
}

fn key(key: &BanKey) -> BanKey {
    let mut key = key.clone();
    if let Cow::Owned(text) = storable(key.id.as_str()) {
        key.id = BanId::from_reported(text);
    }
    key
}

/// Log lines that are kept of one ban, the newest.
const LINES: usize = 20;
/// The longest of them, in bytes.
const LINE_BYTES: usize = 1_024;
/// All of them.
const LINES_BYTES: usize = 8_192;

fn ban(record: &BanRecord) -> BanRecord {
    let mut record = record.clone();
    record.matches = record.matches.as_ref().map(bounded);
    record.failures = storable_count(record.failures);
    record.ban.ban_count = storable_count(record.ban.ban_count);
    record.ban.key = key(&record.ban.key);
    record.ban.by = storable_option(record.ban.by.as_deref());
    record.ban.reason = storable_option(record.ban.reason.as_deref());
    record
}

fn end(end: &EndRecord) -> EndRecord {
    let mut end = end.clone();
    end.key = key(&end.key);
    end.by = storable_option(end.by.as_deref());
    end.reason = storable_option(end.reason.as_deref());
    end
}

/// The newest lines, as far as they may take room. What is left out or cut is said.
fn bounded(matches: &Matches) -> Matches {
    let mut cut = matches.cut || matches.lines.len() > LINES;
    let mut room = LINES_BYTES;
    let mut lines = Vec::new();
    for line in matches.lines.iter().rev().take(LINES) {
        let end = line.floor_char_boundary(LINE_BYTES.min(room));
        let kept = line.get(..end).unwrap_or_default();
        cut |= kept.len() < line.len();
        if kept.is_empty() && !line.is_empty() {
            break;
        }
        room = room.saturating_sub(kept.len());
        lines.push(storable(kept).into_owned());
    }
    lines.reverse();
    Matches { lines, cut }
}
