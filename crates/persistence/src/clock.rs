//! The database's own time, for what several processes have to agree on: their own clocks may differ.

use crate::connection::AnyConnection;

/// The database's time in epoch milliseconds, as SQL: the moment at which the statement comes to it. Standing twice in a
/// statement it may be two moments; what has to be one is read once, in `(SELECT … AS moment) AS clock`.
pub(crate) fn now(connection: &AnyConnection) -> &'static str {
    match connection {
        AnyConnection::Sqlite(_) => "CAST(round(unixepoch('subsec') * 1000) AS BIGINT)",
        AnyConnection::Postgres(_) => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
    }
}
