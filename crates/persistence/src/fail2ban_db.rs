//! fail2ban's own SQLite database, read only. Opened anew for each read and closed at once: fail2ban gives up
//! writes that wait for more than five seconds, and may put another file in its place.

mod query;
mod row;

use std::io;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError, HistoryPage};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error;
use tokio::sync::Semaphore;

use crate::location::sqlite_uri;

/// How long a read waits while fail2ban writes, in milliseconds.
const BUSY_MILLIS: u32 = 2_000;

/// Reads the databases of fail2ban servers on this machine, one at a time.
#[derive(Debug, Clone)]
pub struct Fail2banDb {
    turn: Arc<Semaphore>,
}

impl Default for Fail2banDb {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)) }
    }
}

#[async_trait]
impl Fail2banHistory for Fail2banDb {
    async fn read(&self, path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError> {
        let owned = path.to_owned();
        let cut_short = |reason: String| HistoryError::Unreadable { path: path.to_owned(), reason };
        let turn =
            Arc::clone(&self.turn).acquire_owned().await.map_err(|error| cut_short(error.to_string()))?;
        let read = tokio::task::spawn_blocking(move || {
            let page = read(&owned, after, limit);
            drop(turn);
            page
        });
        read.await.unwrap_or_else(|error| Err(cut_short(error.to_string())))
    }
}

fn read(path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError> {
    let mut connection = open(path)?;
    let found = query::select(&mut connection, after, limit).map_err(|error| fault(path, &error))?;
    drop(connection);
    Ok(row::page(found, after))
}

/// Opens the file for reading. It is never opened in another way, since closing that other handle would take away
/// the locks by which SQLite keeps readers and fail2ban apart.
fn open(path: &str) -> Result<SqliteConnection, HistoryError> {
    let unreadable = |reason: String| HistoryError::Unreadable { path: path.to_owned(), reason };
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(unreadable("it is not a file".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(unreadable(format!("{error} (on one of its directories)")));
        }
        Err(error) => return Err(unreadable(error.to_string())),
    }
    let uri =
        sqlite_uri(Path::new(path), "ro").ok_or_else(|| unreadable("its path is not UTF-8".to_owned()))?;
    #[expect(clippy::disallowed_methods, reason = "another program's file, opened read-only by its URI")]
    let opened = SqliteConnection::establish(&uri);
    let mut connection = opened.map_err(|error| {
        unreadable(format!("{error}; the user that runs BanGUI needs read permission on the file"))
    })?;
    connection
        .batch_execute(&format!("PRAGMA busy_timeout = {BUSY_MILLIS}; PRAGMA query_only = ON;"))
        .map_err(|error| fault(path, &error))?;
    Ok(connection)
}

fn fault(path: &str, error: &Error) -> HistoryError {
    let reason = error.to_string();
    if reason.contains("database is locked") || reason.contains("database table is locked") {
        return HistoryError::Busy;
    }
    HistoryError::Unreadable { path: path.to_owned(), reason }
}
