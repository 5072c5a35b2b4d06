//! Many rows in one INSERT. Row by row, a hundred thousand bans take ten times as long on PostgreSQL.

use std::marker::PhantomData;

use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::{AnyConnection, MultiBackend};

/// A row that can be one of many.
pub(crate) trait InsertRow {
    /// `INSERT INTO table (columns) VALUES `.
    const HEAD: &'static str;

    /// Pushes the values, with commas between them and without parentheses, in the order of the head's columns.
    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()>;
}

/// One INSERT of all `rows`, which must not be empty, followed by `tail` (ON CONFLICT, RETURNING). `S` is the SQL
/// type of what is returned.
pub(crate) struct InsertRows<'a, R, S = ()> {
    rows: &'a [R],
    tail: &'static str,
    returns: PhantomData<S>,
}

impl<'a, R, S> InsertRows<'a, R, S> {
    pub(crate) fn new(rows: &'a [R], tail: &'static str) -> Self {
        Self { rows, tail, returns: PhantomData }
    }
}

impl<R: InsertRow, S> QueryFragment<MultiBackend> for InsertRows<'_, R, S> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(R::HEAD);
        for (index, row) in self.rows.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            row.values(&mut pass)?;
            pass.push_sql(")");
        }
        pass.push_sql(self.tail);
        Ok(())
    }
}

impl<R, S> QueryId for InsertRows<'_, R, S> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<R, S> Query for InsertRows<'_, R, S> {
    type SqlType = S;
}

impl<R, S> RunQueryDsl<AnyConnection> for InsertRows<'_, R, S> {}

/// Puts a comma between two values.
pub(crate) fn comma<'c, 'a, 'b>(
    pass: &'c mut AstPass<'a, 'b, MultiBackend>,
) -> &'c mut AstPass<'a, 'b, MultiBackend> {
    pass.push_sql(", ");
    pass
}
