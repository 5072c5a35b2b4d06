//! The statements that read fail2ban's bans, and the arithmetic of where to go on.
//!
//! Rows are read in the order of their numbers. fail2ban deletes a ban's rows when it is lifted, and SQLite then
//! gives the highest numbers out again, so numbers alone would miss bans. Two things catch that: of the rows right below
//! the cursor those that are as new as the newest ban seen are read again, and so are those at the end of a table whose
//! highest number fell below the cursor; if all of these are new, that table is read from its start.
//! No index leads to the newest rows, so that only so many are looked through: a reading must come to an end in a table of
//! any size.

use bangui_domain::ports::HistoryCursor;
use rusqlite::{Connection, Error, OptionalExtension as _, Row};

use crate::foreign::Fault;

/// How far the times of rows that were written one after the other may lie apart, in seconds.
const OVERLAP_SECS: i64 = 10;
/// Rows that are looked through for new ones in one reading.
const WINDOW: i64 = 10_000;
/// What is kept in memory of the rows of one read, in bytes: the rest comes with the next.
const MOST_BYTES: usize = 8 << 20;

/// The most lines that are read of a ban, one more than are kept.
pub(super) const LINES: usize = 21;
/// The longest part of a line that is read, in characters, one more than is kept.
pub(super) const LINE_CHARS: usize = 1_025;

/// All columns but the lengths. `octet_length` reads no content, so that what is too long is not even loaded. The column
/// `data` is JSON with the matched lines and more; it may be long, so that SQLite takes it apart. A line is a text, or a
/// list of its parts.
const COLUMNS: &str = "rowid, \
     CASE WHEN octet_length(jail) <= 1024 THEN CAST(jail AS BLOB) END, \
     CASE WHEN octet_length(ip) <= 1024 THEN CAST(ip AS BLOB) END, \
     CASE WHEN typeof(timeofban) IN ('integer', 'real') THEN CAST(timeofban AS INTEGER) END, \
     CASE WHEN octet_length(data) <= 4194304 THEN CASE WHEN json_valid(CAST(data AS TEXT)) THEN \
     CAST(CAST(data AS TEXT) -> '$.failures' AS BLOB) END END, \
     CASE WHEN octet_length(data) <= 4194304 THEN CASE WHEN json_valid(CAST(data AS TEXT)) THEN \
     (SELECT CAST(json_group_array(line) AS BLOB) FROM \
     (SELECT substr(CASE m.type WHEN 'array' THEN (SELECT group_concat(s.value, '') FROM json_each(m.value) AS s) \
     ELSE m.value END, 1, 1025) AS line FROM json_each(CAST(data AS TEXT), '$.matches') AS m \
     WHERE m.type IN ('array', 'text') ORDER BY m.key DESC LIMIT 21)) END END";

/// A row as fail2ban stored it, before anything in it is trusted. Text is read as bytes, since SQLite holds any
/// bytes as text.
#[derive(Debug)]
pub(super) struct RawRow {
    /// Whether it lies behind the cursor; others are read again.
    pub(super) fresh: bool,
    pub(super) number: i64,
    pub(super) jail: Option<Vec<u8>>,
    pub(super) ip: Option<Vec<u8>>,
    pub(super) timeofban: Option<i64>,
    /// The failures, as JSON of any type.
    pub(super) failures: Option<Vec<u8>>,
    /// The matched lines, newest first, as a JSON list of texts. Not all of it need be UTF-8.
    pub(super) matches: Option<Vec<u8>>,
    pub(super) bantime: Option<i64>,
    pub(super) bancount: Option<i64>,
}

impl RawRow {
    fn of(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            fresh: row.get(0)?,
            number: row.get(1)?,
            jail: row.get(2)?,
            ip: row.get(3)?,
            timeofban: row.get(4)?,
            failures: row.get(5)?,
            matches: row.get(6)?,
            bantime: row.get(7)?,
            bancount: row.get(8)?,
        })
    }

    fn bytes(&self) -> usize {
        [&self.jail, &self.ip, &self.failures, &self.matches].into_iter().flatten().map(Vec::len).sum()
    }
}

/// What was read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) rows: Vec<RawRow>,
    /// Whether there are rows behind the last one.
    pub(super) more: bool,
    /// Whether all rows were read again that had to be.
    pub(super) again: bool,
    /// The most rows that could be read again.
    pub(super) again_limit: usize,
    /// The table's highest row number; 0 when it is empty.
    pub(super) highest: i64,
    /// The database's time in seconds: no ban is newer.
    pub(super) now: i64,
}

impl Found {
    /// The time was over before all was read: the rest comes with the next reading.
    fn cut_short(mut self) -> Self {
        (self.more, self.again) = (true, false);
        self
    }
}

/// Reads at most `limit` rows, in one transaction, which holds its read lock for a moment. Where the time is over it answers
/// what was read until then, so that a slow disk makes a reading longer and does not end it.
pub(super) fn select(connection: &Connection, after: HistoryCursor, limit: u16) -> Result<Found, Fault> {
    connection.execute_batch("BEGIN")?;
    // Before fail2ban 0.11 bans had no length and no count; a length is REAL where it has a random part.
    let (highest, lengths, now): (i64, i64, i64) = connection.query_row(
        "SELECT (SELECT coalesce(max(rowid), 0) FROM bans), \
         (SELECT count(*) FROM pragma_table_info('bans') WHERE name IN ('bantime', 'bancount')), \
         CAST(strftime('%s', 'now') AS INTEGER)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let number = |column: &str| {
        format!("CASE WHEN typeof({column}) IN ('integer', 'real') THEN CAST({column} AS INTEGER) END")
    };
    let lengths = if lengths == 2 {
        format!("{}, {}", number("bantime"), number("bancount"))
    } else {
        "NULL, NULL".to_owned()
    };
    let limit = usize::from(limit.max(2));
    let again_limit = limit / 4 + 1;
    let since = after.timeofban.saturating_sub(OVERLAP_SECS);
    let restarted = highest < after.rowid;
    let (base, base_since) =
        if restarted { end_of(connection, highest, since)? } else { (after.rowid, i64::MIN) };
    let mut found = Found { rows: Vec::new(), more: false, again: true, again_limit, highest, now };
    let fresh = format!(
        "SELECT 1, {COLUMNS}, {lengths} FROM bans WHERE rowid > ?1 AND timeofban >= ?2 ORDER BY rowid"
    );
    let room = limit - again_limit;
    match take(connection, &fresh, (base, base_since), room, &mut found.rows) {
        Ok(more) => found.more = more,
        Err(Fault::TooSlow) if !found.rows.is_empty() => return Ok(found.cut_short()),
        Err(fault) => return Err(fault),
    }
    if restarted {
        return Ok(found);
    }
    let again = format!(
        "SELECT 0, {COLUMNS}, {lengths} FROM bans WHERE rowid <= ?1 AND rowid > ?1 - {WINDOW} AND timeofban >= ?2 \
         ORDER BY rowid DESC"
    );
    let before = found.rows.len();
    match take(connection, &again, (after.rowid, since), again_limit, &mut found.rows) {
        Ok(true) => found.again_limit = found.rows.len() - before,
        Ok(false) => {}
        Err(Fault::TooSlow) if before > 0 => return Ok(found.cut_short()),
        Err(fault) => return Err(fault),
    }
    Ok(found)
}

/// Behind which row, and since when, a table whose highest number fell is read: rows have the order in which they were written,
/// so that what is new is at its end.
fn end_of(connection: &Connection, highest: i64, since: i64) -> Result<(i64, i64), Fault> {
    let base = highest.saturating_sub(WINDOW).max(0);
    let oldest: Option<i64> = connection
        .query_row(
            "SELECT CASE WHEN typeof(timeofban) IN ('integer', 'real') THEN CAST(timeofban AS INTEGER) END \
             FROM bans WHERE rowid > ?1 ORDER BY rowid LIMIT 1",
            [base],
            |row| row.get(0),
        )
        .optional()?
        .flatten();
    let all_new = base > 0 && oldest.is_none_or(|oldest| oldest >= since);
    Ok(if all_new { (0, i64::MIN) } else { (base, since) })
}

/// Takes rows until there are `room` of them, or many bytes; whether there may be more.
fn take(
    connection: &Connection,
    sql: &str,
    bounds: (i64, i64),
    room: usize,
    rows: &mut Vec<RawRow>,
) -> Result<bool, Fault> {
    let mut statement = connection.prepare(sql)?;
    let mut told = statement.query(bounds)?;
    let (mut taken, mut bytes) = (0, 0);
    while taken < room && bytes < MOST_BYTES {
        let Some(row) = told.next()? else { return Ok(false) };
        let row = RawRow::of(row)?;
        taken += 1;
        bytes += row.bytes();
        rows.push(row);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bangui_domain::ports::HistoryCursor;
    use rusqlite::Connection;

    use super::select;
    use crate::fail2ban_db::row::page;
    use crate::foreign::open_within;

    const START: i64 = 1_700_000_000;

    /// Looks at the clock that are enough for some ten thousand rows, and by far not for all of them.
    const ROUNDS: u32 = 600;

    fn numbers(path: &std::path::Path, cursor: &mut HistoryCursor) -> Vec<i64> {
        let connection = open_within(path, Duration::from_mins(10), ROUNDS).expect("it opens");
        let found = select(&connection, *cursor, 100).expect("it is read in time");
        let page = page(found, *cursor);
        *cursor = page.cursor;
        page.rows.iter().map(|row| row.rowid).collect()
    }

    #[test]
    fn new_rows_of_a_large_table_are_found_without_reading_it_all() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let writer = Connection::open(&path).expect("a database");
        let fill = |from: i64, to: i64| {
            let sql = format!(
                "WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to}) \
                 INSERT INTO bans SELECT 'sshd', '192.0.2.' || i % 200, {START} + i, 600, 1, NULL FROM n"
            );
            writer.execute_batch(&sql).expect("rows");
        };
        writer
            .execute_batch("CREATE TABLE bans (jail, ip, timeofban INTEGER, bantime, bancount, data)")
            .expect("a table");
        fill(1, 150_000);
        let mut cursor = HistoryCursor { rowid: 149_990, timeofban: START + 149_990 };
        let seen = numbers(&path, &mut cursor);
        assert!(seen.ends_with(&[149_999, 150_000]), "{seen:?}");
        assert_eq!(cursor, HistoryCursor { rowid: 150_000, timeofban: START + 150_000 });

        // The newest are lifted, and fewer come: they have numbers that were seen.
        writer.execute_batch("DELETE FROM bans WHERE rowid > 149900").expect("deleted");
        fill(150_010, 150_020);
        assert_eq!(numbers(&path, &mut cursor), (149_901..=149_911).collect::<Vec<_>>());

        // Another table of new rows alone is read from its start, in parts.
        writer.execute_batch("DELETE FROM bans").expect("deleted");
        fill(200_000, 220_000);
        let mut count = 0;
        for _ in 0..400 {
            count += numbers(&path, &mut cursor).iter().filter(|number| **number <= 20_001).count();
            if cursor.rowid == 20_001 {
                break;
            }
        }
        assert!(count >= 20_001 && cursor.rowid == 20_001, "{count} {cursor:?}");
    }
}
