//! fail2ban's own SQLite database, read only. Opened anew for each read and closed at once: fail2ban gives up
//! writes that wait for more than five seconds, and may put another file in its place.

mod query;
mod row;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError, HistoryPage};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::foreign::{self, Fault};

/// How long a read is waited for. It ends by itself before that, unless the file system does not answer.
const PATIENCE: Duration = Duration::from_secs(15);

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
        let stuck = |_| cut_short("the file system does not answer".to_owned());
        let waits = |_| {
            cut_short(format!(
                "another database is being read, and that takes longer than {} s",
                PATIENCE.as_secs()
            ))
        };
        let turn = timeout(PATIENCE, Arc::clone(&self.turn).acquire_owned()).await.map_err(waits)?;
        let turn = turn.map_err(|error| cut_short(error.to_string()))?;
        let read = tokio::task::spawn_blocking(move || {
            let page = read(&owned, after, limit);
            drop(turn);
            page
        });
        let read = timeout(PATIENCE, read).await.map_err(stuck)?;
        read.unwrap_or_else(|error| Err(cut_short(error.to_string())))
    }
}

fn read(path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError> {
    let found = foreign::open(Path::new(path)).and_then(|connection| {
        foreign::check_table(&connection, "bans")?;
        query::select(&connection, after, limit)
    });
    match found {
        Ok(found) => Ok(row::page(found, after)),
        Err(Fault::Busy) => Err(HistoryError::Busy),
        Err(fault) => Err(HistoryError::Unreadable { path: path.to_owned(), reason: fault.to_string() }),
    }
}
