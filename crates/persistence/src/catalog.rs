//! What tables a database has, and what columns they have: asked of the database itself, since those of an older BanGUI
//! are not those that this one was compiled for.

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{BigInt, Text};

use crate::connection::AnyConnection;

/// A column as the database declares it.
#[derive(Debug, QueryableByName)]
pub(crate) struct DeclaredColumn {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub(crate) name: String,
    /// Its type in the database's own words, in lower case.
    #[diesel(sql_type = Text)]
    pub(crate) declared: String,
}

/// Whether there is a table of this name.
pub(crate) fn has_table(connection: &mut AnyConnection, name: &str) -> Result<bool, Error> {
    let query = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT count(*) AS number FROM sqlite_schema WHERE type = 'table' AND name = $1"
        }
        AnyConnection::Postgres(_) => "SELECT count(*) AS number FROM pg_class WHERE oid = to_regclass($1)",
    };
    let row: Number = diesel::sql_query(query).bind::<Text, _>(name).get_result(connection)?;
    Ok(row.number > 0)
}

/// The columns of a table, in its order.
pub(crate) fn columns(connection: &mut AnyConnection, table: &str) -> Result<Vec<DeclaredColumn>, Error> {
    let query = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT name, lower(type) AS declared FROM pragma_table_info($1) ORDER BY cid"
        }
        AnyConnection::Postgres(_) => {
            "SELECT attname::text AS name, format_type(atttypid, atttypmod) AS declared FROM pg_attribute \
             WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        }
    };
    diesel::sql_query(query).bind::<Text, _>(table).load(connection)
}

/// The number in the column `number` of the one row that `query` answers.
pub(crate) fn number(connection: &mut AnyConnection, query: &str) -> Result<i64, Error> {
    let row: Number = diesel::sql_query(query).get_result(connection)?;
    Ok(row.number)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}
