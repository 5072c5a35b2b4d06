//! The one statement that reads fail2ban's bans, and the arithmetic of where to go on.
//!
//! Rows are read in the order of their numbers. fail2ban deletes a ban's rows when it is lifted, and SQLite then
//! gives the highest numbers out again, so numbers alone would miss bans. Two things catch that: rows below the
//! cursor that are as new as the newest ban seen are read again, and a table whose highest number fell below the
//! cursor is read from its start.

use bangui_domain::ports::HistoryCursor;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable};

/// How far the times of rows that were written one after the other may lie apart, in seconds.
const OVERLAP_SECS: i64 = 10;

/// The most lines that are read of a ban, one more than are kept.
pub(super) const LINES: usize = 21;
/// The longest part of a line that is read, in characters, one more than is kept.
pub(super) const LINE_CHARS: usize = 1_025;

/// The column `data` is JSON with the matched lines and more. It may be long, so that SQLite takes it apart.
const FAILURES: &str =
    "CASE WHEN json_valid(CAST(data AS TEXT)) THEN CAST(CAST(data AS TEXT) -> '$.failures' AS BLOB) END";
/// A line is a text, or a list of its parts.
const MATCHES: &str = "CASE WHEN json_valid(CAST(data AS TEXT)) THEN (SELECT CAST(json_group_array(line) AS BLOB) FROM \
     (SELECT substr(CASE m.type WHEN 'array' THEN (SELECT group_concat(s.value, '') FROM json_each(m.value) AS s) \
     ELSE m.value END, 1, 1025) AS line FROM json_each(CAST(data AS TEXT), '$.matches') AS m \
     WHERE m.type IN ('array', 'text') ORDER BY m.key DESC LIMIT 21)) END";

/// A row as fail2ban stored it, before anything in it is trusted. Text is read as bytes, since SQLite holds any
/// bytes as text.
#[derive(Debug, QueryableByName)]
pub(super) struct RawRow {
    /// 1 for a row behind the cursor, 0 for one that is read again.
    #[diesel(sql_type = Integer)]
    pub(super) fresh: i32,
    #[diesel(sql_type = BigInt)]
    pub(super) number: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    pub(super) jail: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    pub(super) ip: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) timeofban: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) bantime: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) bancount: Option<i64>,
    /// The failures, as JSON of any type.
    #[diesel(sql_type = Nullable<Binary>)]
    pub(super) failures: Option<Vec<u8>>,
    /// The matched lines, newest first, as a JSON list of texts. Not all of it need be UTF-8.
    #[diesel(sql_type = Nullable<Binary>)]
    pub(super) matches: Option<Vec<u8>>,
}

/// What was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) rows: Vec<RawRow>,
    /// The most rows behind the cursor that could come.
    pub(super) fresh_limit: usize,
    /// The most rows that could be read again.
    pub(super) again_limit: usize,
    /// The table's highest row number; 0 when it is empty.
    pub(super) highest: i64,
    /// The database's time in seconds: no ban is newer.
    pub(super) now: i64,
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = BigInt)]
    highest: i64,
    #[diesel(sql_type = BigInt)]
    lengths: i64,
    #[diesel(sql_type = BigInt)]
    now: i64,
}

/// Reads at most `limit` rows. Each statement holds its read lock for itself and for a moment.
pub(super) fn select(
    connection: &mut SqliteConnection,
    after: HistoryCursor,
    limit: u16,
) -> QueryResult<Found> {
    // Before fail2ban 0.11 bans had no length and no count; a length is REAL where it has a random part.
    let state: State = diesel::sql_query(
        "SELECT (SELECT coalesce(max(rowid), 0) FROM bans) AS highest, \
         (SELECT count(*) FROM pragma_table_info('bans') WHERE name IN ('bantime', 'bancount')) AS lengths, \
         CAST(strftime('%s', 'now') AS INTEGER) AS now",
    )
    .get_result(connection)?;
    let lengths = if state.lengths == 2 {
        "CAST(bantime AS INTEGER) AS bantime, CAST(bancount AS INTEGER) AS bancount"
    } else {
        "NULL AS bantime, NULL AS bancount"
    };
    let columns = format!(
        "rowid AS number, CAST(jail AS BLOB) AS jail, CAST(ip AS BLOB) AS ip, \
         CAST(timeofban AS INTEGER) AS timeofban, {lengths}, {FAILURES} AS failures, {MATCHES} AS matches"
    );
    let limit = i64::from(limit.max(2));
    let again_limit = limit / 4 + 1;
    let fresh_limit = limit - again_limit;
    let since = after.timeofban.saturating_sub(OVERLAP_SECS);
    let restarted = state.highest < after.rowid;
    let (base, base_since) = if restarted { (0, since) } else { (after.rowid, i64::MIN) };
    let again_below = if restarted { 0 } else { after.rowid };
    let rows = diesel::sql_query(format!(
        "SELECT * FROM (SELECT 0 AS fresh, {columns} FROM bans WHERE rowid <= ? AND timeofban >= ? \
         ORDER BY rowid DESC LIMIT ?) \
         UNION ALL \
         SELECT * FROM (SELECT 1 AS fresh, {columns} FROM bans WHERE rowid > ? AND timeofban >= ? \
         ORDER BY rowid LIMIT ?)"
    ))
    .bind::<BigInt, _>(again_below)
    .bind::<BigInt, _>(since)
    .bind::<BigInt, _>(again_limit)
    .bind::<BigInt, _>(base)
    .bind::<BigInt, _>(base_since)
    .bind::<BigInt, _>(fresh_limit)
    .load(connection)?;
    Ok(Found {
        rows,
        fresh_limit: usize::try_from(fresh_limit).unwrap_or_default(),
        again_limit: usize::try_from(again_limit).unwrap_or_default(),
        highest: state.highest,
        now: state.now,
    })
}
