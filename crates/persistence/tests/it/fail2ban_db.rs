//! fail2ban's own database: files as its versions make them, and a real fail2ban.

mod faults;
mod following;
mod hostile;
mod real;
mod rows;

use std::path::{Path, PathBuf};

use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryPage, HistoryRow};
use bangui_persistence::Fail2banDb;
use bangui_test_support::db::SqliteFile;
use tempfile::TempDir;

/// A database such as fail2ban makes, in a directory of its own.
struct Fixture {
    directory: TempDir,
    file: SqliteFile,
}

impl Fixture {
    /// As fail2ban 0.11 and later make it.
    fn new() -> Self {
        Self::with("bantime INTEGER NOT NULL, bancount INTEGER NOT NULL DEFAULT 1, ")
    }

    /// As fail2ban 0.9 and 0.10 made it.
    fn version_2() -> Self {
        Self::with("")
    }

    fn with(lengths: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut file = SqliteFile::open(&directory.path().join("fail2ban.sqlite3"));
        file.execute(&format!(
            "CREATE TABLE bans (jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, {lengths}data JSON)"
        ));
        Self { directory, file }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("fail2ban.sqlite3")
    }

    /// A ban of `ip` that began at `time`.
    fn ban(&mut self, ip: &str, time: i64) {
        self.file.execute(&format!(
            "INSERT INTO bans (jail, ip, timeofban, bantime, bancount, data) \
             VALUES ('sshd', '{ip}', {time}, 600, 1, CAST('{{\"failures\": 3}}' AS BLOB))"
        ));
    }

    async fn read(&self, after: HistoryCursor, limit: u16) -> HistoryPage {
        read(&self.path(), after, limit).await
    }

    /// Reads until there is nothing more, moving `cursor`.
    async fn drain(&self, cursor: &mut HistoryCursor, limit: u16) -> Vec<HistoryRow> {
        let mut rows = Vec::new();
        for _ in 0..1_000 {
            let page = self.read(*cursor, limit).await;
            assert!(page.rows.len() <= usize::from(limit));
            *cursor = page.cursor;
            rows.extend(page.rows);
            if !page.more {
                return rows;
            }
        }
        panic!("reading never ends at {cursor:?}")
    }
}

async fn read(path: &Path, after: HistoryCursor, limit: u16) -> HistoryPage {
    Fail2banDb::default().read(path.to_str().unwrap(), after, limit).await.unwrap()
}

fn ids(rows: &[HistoryRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}
