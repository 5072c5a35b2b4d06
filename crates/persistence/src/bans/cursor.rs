//! Where a page begins and ends: pages go by the sort value and the id of the last row, never by an offset, so
//! that rows that come and go neither repeat nor vanish.

use bangui_domain::model::{Cursor, JailName, Limit, Page};
use bangui_domain::ports::StoreError;

use crate::connection::TxError;
use crate::fault::readable;

/// The sort value of a cursor over a column of numbers.
pub(crate) fn number(cursor: &Cursor) -> Result<i64, TxError> {
    cursor.value.parse().map_err(|_| StoreError::BadCursor.into())
}

/// The sort value of a cursor over addresses: 32 hex digits, or nothing for other ids.
pub(crate) fn address(cursor: &Cursor) -> Result<String, TxError> {
    let hex = cursor.value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if hex && matches!(cursor.value.len(), 0 | 32) {
        return Ok(cursor.value.clone());
    }
    Err(StoreError::BadCursor.into())
}

/// The sort value of a cursor over jails.
pub(crate) fn jail(cursor: &Cursor) -> Result<String, TxError> {
    match JailName::parse(&cursor.value) {
        Ok(_) => Ok(cursor.value.clone()),
        Err(_) => Err(StoreError::BadCursor.into()),
    }
}

/// How many rows to ask for: one more than the page holds tells whether there is another page.
pub(crate) fn rows_wanted(limit: Limit) -> i64 {
    i64::from(limit.rows()) + 1
}

/// Cuts the rows of `table` to a page; `place` makes the cursor behind a row. A row that cannot be read takes its place on
/// the page as well, so that what lies behind it is reached.
pub(crate) fn page<R, T>(
    table: &'static str,
    mut rows: Vec<R>,
    limit: Limit,
    place: impl Fn(&R) -> Cursor,
    item: impl Fn(R) -> Result<T, StoreError>,
) -> Page<T> {
    let more = rows.len() > usize::from(limit.rows());
    rows.truncate(usize::from(limit.rows()));
    let next = if more { rows.last().map(&place) } else { None };
    Page { items: readable(table, rows.into_iter().map(|row| (place(&row).id, item(row)))), next }
}
