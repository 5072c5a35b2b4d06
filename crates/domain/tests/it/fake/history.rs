//! The scripted fail2ban's database.

use async_trait::async_trait;
use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError, HistoryPage, HistoryRow};

use super::{HistoryFault, Script};

#[async_trait]
impl Fail2banHistory for Script {
    async fn read(&self, path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError> {
        assert_eq!(path, "fail2ban.sqlite3");
        let mut fake = self.edit();
        let (takes, most) = fake.page;
        fake.spend(takes);
        match fake.history_fault {
            Some(HistoryFault::Unreadable(reason)) => {
                return Err(HistoryError::Unreadable { path: path.to_owned(), reason: reason.to_owned() });
            }
            Some(HistoryFault::Busy) => return Err(HistoryError::Busy),
            None => {}
        }
        let mut rows: Vec<HistoryRow> =
            fake.rows.iter().filter(|row| row.rowid > after.rowid).cloned().collect();
        let more = rows.len() > most.min(usize::from(limit));
        rows.truncate(most.min(usize::from(limit)));
        if !more {
            let again = |row: &&HistoryRow| {
                row.rowid <= after.rowid && row.banned_at.as_secs() >= after.timeofban.saturating_sub(10)
            };
            rows.extend(fake.rows.iter().filter(again).cloned());
        }
        let cursor = rows.iter().fold(after, |cursor, row| HistoryCursor {
            rowid: cursor.rowid.max(row.rowid),
            timeofban: cursor.timeofban.max(row.banned_at.as_secs()),
        });
        let left = fake.rows.iter().filter(|row| row.rowid > cursor.rowid).count();
        Ok(HistoryPage { rows, cursor, more, left: u64::try_from(left).expect("a small number") })
    }
}
