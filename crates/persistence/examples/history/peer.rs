//! The same questions in plain SQL over the rows, which is how other tools answer them.
#![expect(
    clippy::disallowed_methods,
    reason = "the database was opened a moment ago: nothing is made by mistake"
)]

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};

use crate::attack::END;
use crate::times::times;

/// A statement over all rows takes seconds: it is not asked more often.
const ROUNDS: usize = 3;

#[derive(QueryableByName)]
#[expect(dead_code, reason = "they are read, as they would be to be shown")]
struct Row {
    #[diesel(sql_type = Integer)]
    key: i32,
    #[diesel(sql_type = BigInt)]
    bans: i64,
}

#[derive(diesel::MultiConnection)]
enum Plain {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

pub(crate) async fn ask(url: &str) {
    let mut plain = match url.strip_prefix("sqlite://") {
        Some(file) => Plain::Sqlite(SqliteConnection::establish(file).unwrap()),
        None => Plain::Postgres(PgConnection::establish(url).unwrap()),
    };
    for (days, name) in [(731, "all"), (365, "1y"), (30, "30d"), (1, "1d")] {
        for (column, what) in [("address_id", "addresses"), ("jail_id", "jails")] {
            let query = format!(
                "SELECT {column} AS key, count(*) AS bans FROM bans WHERE banned_at >= {} AND banned_at < {} \
                 AND origin <> 2 GROUP BY {column} ORDER BY bans DESC LIMIT 10",
                (END - days * 86_400) * 1_000,
                END * 1_000
            );
            times(ROUNDS, async || diesel::sql_query(&query).load::<Row>(&mut plain).unwrap())
                .await
                .print(&format!("plain-sql/{what}/{name}"));
        }
    }
}
