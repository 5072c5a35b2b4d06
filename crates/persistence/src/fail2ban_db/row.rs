//! Makes the domain's rows of what fail2ban stored, and moves the cursor.

use std::sync::Once;

use bangui_domain::model::{BanId, JailName, Matches, Timestamp};
use bangui_domain::ports::{HistoryCursor, HistoryPage, HistoryRow};
use serde_json::Value;

use super::query::{Found, LINE_CHARS, LINES, RawRow};

/// A page of the rows that can be used, and where to go on. The cursor moves on over odd rows as well.
pub(super) fn page(found: Found, after: HistoryCursor) -> HistoryPage {
    let more = found.more;
    // The time of the newest ban says what is read again, so that it stays where not all of that was read.
    let newest = found
        .rows
        .iter()
        .filter_map(|row| row.timeofban)
        .filter(|time| *time <= found.now && found.again)
        .max();
    let mut cursor = HistoryCursor {
        // Where the table was read to its end, its highest number counts, also if it is lower than before.
        rowid: if more { last_fresh(&found.rows).unwrap_or(found.highest) } else { found.highest },
        timeofban: newest.map_or(after.timeofban, |time| time.max(after.timeofban)),
    };
    let hides_more = hides_more(&found, after);
    if hides_more {
        cursor.rowid = 0;
    }
    let left = u64::try_from(found.highest.saturating_sub(cursor.rowid)).unwrap_or_default();
    HistoryPage { rows: usable(found.rows), cursor, more: more || hides_more, left }
}

fn last_fresh(rows: &[RawRow]) -> Option<i64> {
    rows.iter().filter(|row| row.fresh).map(|row| row.number).max()
}

/// Whether so many row numbers were given out again that not all of those rows came: then the table is read from
/// its start. The newest time seen moves on with this page, so that it does not come to that twice.
fn hides_more(found: &Found, after: HistoryCursor) -> bool {
    let again: Vec<&RawRow> = found.rows.iter().filter(|row| !row.fresh).collect();
    let lowest = again.iter().min_by_key(|row| row.number);
    found.again
        && again.len() >= found.again_limit
        && lowest
            .and_then(|row| row.timeofban)
            .is_some_and(|time| time > after.timeofban && time <= found.now)
}

fn usable(mut rows: Vec<RawRow>) -> Vec<HistoryRow> {
    rows.sort_by_key(|row| row.number);
    let count = rows.len();
    let rows: Vec<HistoryRow> = rows.into_iter().filter_map(usable_row).collect();
    if rows.len() < count {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            tracing::warn!(
                "fail2ban's database holds bans without a usable jail, address or time: they are left out \
                 (said once)"
            );
        });
    }
    rows
}

fn usable_row(raw: RawRow) -> Option<HistoryRow> {
    let jail = JailName::parse(std::str::from_utf8(&raw.jail?).ok()?).ok()?;
    let ip = String::from_utf8(raw.ip?).ok().filter(|ip| !ip.is_empty())?;
    Some(HistoryRow {
        rowid: raw.number,
        jail,
        id: BanId::from_reported(ip),
        banned_at: Timestamp::from_told_secs(raw.timeofban?)?,
        // -2 is fail2ban's word for a length that it does not know.
        bantime: raw.bantime.filter(|seconds| *seconds >= -1),
        ban_count: raw.bancount.and_then(|count| u32::try_from(count).ok()),
        failures: raw.failures.and_then(|json| failures(&json)),
        matches: raw.matches.and_then(|json| matches(&json)),
    })
}

fn failures(json: &[u8]) -> Option<u32> {
    // Whoever else writes into this database may write a number as a text, or with a fraction of nothing.
    match serde_json::from_slice(json).ok()? {
        Value::Number(number) => number.to_string().trim_end_matches(".0").parse().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The lines, oldest first. What is not UTF-8, as half of a surrogate pair, is replaced.
fn matches(json: &[u8]) -> Option<Matches> {
    let mut lines: Vec<String> = serde_json::from_str(&String::from_utf8_lossy(json)).ok()?;
    let mut cut = lines.len() >= LINES;
    lines.truncate(LINES - 1);
    for line in &mut lines {
        if let Some((end, _)) = line.char_indices().nth(LINE_CHARS - 1) {
            line.truncate(end);
            cut = true;
        }
    }
    lines.reverse();
    (!lines.is_empty()).then_some(Matches { lines, cut })
}
