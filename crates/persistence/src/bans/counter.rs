//! Numbers that grow without end, given out within the transaction that uses them: a lower one never comes to light after a
//! higher one, since whoever takes numbers keeps others waiting until it is done.

use diesel::prelude::*;

use crate::connection::{AnyConnection, TxError};
use crate::schema::counters;

/// What is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    /// Beginnings and ends of bans.
    Event,
    /// What is written about places.
    Place,
}

impl Counter {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Place => "place",
        }
    }
}

/// Takes `count` numbers and answers the last of them.
pub(crate) fn advance(connection: &mut AnyConnection, counter: Counter, count: i64) -> Result<i64, TxError> {
    let row = counters::table.filter(counters::name.eq(counter.name()));
    let newest = diesel::update(row)
        .set(counters::value.eq(counters::value + count))
        .returning(counters::value)
        .get_result(connection)?;
    Ok(newest)
}

/// The last number that was taken.
pub(crate) fn newest(connection: &mut AnyConnection, counter: Counter) -> Result<i64, TxError> {
    let row = counters::table.filter(counters::name.eq(counter.name())).select(counters::value);
    Ok(row.first(connection)?)
}
