//! Files that somebody has made to look like fail2ban's database: what is asked of them has an end, and what is no table of bans
//! is named.

use std::path::Path;

use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError};
use bangui_persistence::Fail2banDb;
use bangui_test_support::db::SqliteFile;

use super::Fixture;

/// Rows without end, with all columns of the table of bans.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
     SELECT i AS rowid, 'sshd' AS jail, '192.0.2.1' AS ip, i AS timeofban, 600 AS bantime, 1 AS bancount, NULL AS data FROM n";

async fn refusal(path: &Path) -> String {
    let read = Fail2banDb::default().read(path.to_str().unwrap(), HistoryCursor::default(), 500).await;
    match read.unwrap_err() {
        HistoryError::Unreadable { reason, .. } => reason,
        HistoryError::Busy => panic!("nobody has it open"),
    }
}

#[tokio::test]
async fn what_computes_its_rows_is_named_and_not_asked() {
    let directory = tempfile::tempdir().unwrap();
    for (number, (sql, part)) in [
        (format!("CREATE VIEW bans AS {ENDLESS}"), "bans is a view"),
        (format!("CREATE VIEW BANS AS {ENDLESS} ORDER BY random()"), "bans is a view"),
        (
            "CREATE VIRTUAL TABLE bans USING fts5(jail, ip, timeofban, bantime, bancount, data)".to_owned(),
            "bans is a virtual table",
        ),
        (
            // A pattern such as this one runs for years, in a single step.
            format!(
                "CREATE TABLE bans (jail, ip, timeofban AS (jail GLOB '{}b'), bantime, bancount, data); \
                 INSERT INTO bans (jail, ip) VALUES ('{}', '192.0.2.1')",
                "*a".repeat(5_000),
                "a".repeat(10_000)
            ),
            "bans.timeofban is a generated column",
        ),
        (
            "CREATE TABLE bans (jail TEXT PRIMARY KEY, ip, timeofban, bantime, bancount, data) WITHOUT ROWID"
                .to_owned(),
            "no such column: rowid",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let path = directory.path().join(number.to_string());
        SqliteFile::open(&path).execute(&sql);
        let reason = refusal(&path).await;
        assert!(reason.contains(part), "{sql}: {reason}");
    }
}

#[tokio::test]
async fn a_row_that_is_too_large_costs_what_is_large_of_it() {
    let mut fixture = Fixture::new();
    fixture.file.execute(
        "INSERT INTO bans VALUES \
         ('sshd', '192.0.2.1', 1700000000, 600, 1, zeroblob(20000000)), \
         ('sshd', CAST(zeroblob(20000000) AS TEXT), 1700000001, 600, 1, NULL), \
         ('sshd', '192.0.2.3', zeroblob(20000000), 600, 1, NULL), \
         ('sshd', '192.0.2.4', 1e300, 600, 1, NULL), \
         ('sshd', '192.0.2.5', 1700000002, 6.8e19, 99999999999, '{\"failures\": 99999999999}')",
    );
    let page = fixture.read(HistoryCursor::default(), 500).await;
    let rows: Vec<_> = page.rows.iter().map(|row| (row.id.as_str(), row.bantime, row.failures)).collect();
    assert_eq!(rows, [("192.0.2.1", Some(600), None), ("192.0.2.5", Some(i64::MAX), None)]);
    assert_eq!(page.rows[1].ban_count, None, "beyond what is counted it is unknown");
}

#[tokio::test]
async fn a_column_that_is_called_as_the_row_number_ends_the_reading() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let mut file = SqliteFile::open(&path);
    file.execute("CREATE TABLE bans (rowid, jail, ip, timeofban, bantime, bancount, data)");
    file.execute("INSERT INTO bans VALUES ('text', 'sshd', '192.0.2.1', 1700000000, 600, 1, NULL)");
    assert!(!refusal(&path).await.is_empty());
}

#[tokio::test]
async fn many_long_rows_come_in_parts() {
    let mut fixture = Fixture::new();
    // As much as is kept of a ban: twenty lines of a thousand characters that take four bytes each.
    fixture.file.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO bans \
         SELECT 'sshd', '192.0.2.' || i, 1700000000 + i, 600, 1, json_object('failures', 3, 'matches', (SELECT \
         json_group_array(replace(hex(zeroblob(1000)), '00', char(128169))) FROM (SELECT i FROM n LIMIT 20))) FROM n",
    );
    let mut cursor = HistoryCursor::default();
    let first = fixture.read(cursor, 500).await;
    assert!(first.more && first.rows.len() < 300, "{}", first.rows.len());
    assert_eq!(first.left, 300 - u64::try_from(first.rows.len()).unwrap());
    let rows = fixture.drain(&mut cursor, 500).await;
    let mut ids: Vec<_> = rows.iter().map(|row| row.rowid).collect();
    ids.dedup();
    assert!(ids.len() >= 300 && rows.iter().all(|row| row.failures == Some(3)));
}
