//! What the lists of running jails do not tell: bans that only fail2ban's database remembers, and bans of jails
//! that are gone.

use std::collections::HashSet;

use super::diff::{Changes, Rows, ended, lifted_outside};
use super::memory::{Memory, RESTORE_GRACE_MILLIS};
use super::{Observer, UNSETTLED_MILLIS};
use crate::ServiceError;
use crate::model::{BanKey, Fail2banDatabase, Fail2banState, JailCounters, JailName, Timestamp};
use crate::ports::{HistoryCursor, HistoryError};

/// Rows of fail2ban's database per statement, so that each is short.
const HISTORY_PAGE: u16 = 500;
/// Statements per look; what is left is read at the next one.
const HISTORY_PAGES: usize = 20;

impl Observer {
    /// The rows of fail2ban's database that have not been written yet, if there is a reason to look.
    pub(super) async fn read_history(
        &self,
        memory: &mut Memory,
        now: Timestamp,
    ) -> Result<(Rows, Option<HistoryCursor>), ServiceError> {
        let mut rows = Rows::new();
        let due = memory.history_until.is_some_and(|until| now < until);
        let path = if due { self.history_path(memory) } else { None };
        let Some(path) = path else { return Ok((rows, None)) };
        let mut cursor = self.store.history_cursor(&self.server).await?.unwrap_or_default();
        for _ in 0..HISTORY_PAGES {
            let page = match self.history.read(&path, cursor, HISTORY_PAGE).await {
                Ok(page) => page,
                Err(HistoryError::Busy) => break,
                Err(error) => {
                    report_once(memory, format!("{error}; {UNREADABLE}"));
                    memory.history_readable = false;
                    return Ok((rows, None));
                }
            };
            cursor = page.cursor;
            for row in page.rows {
                if !memory.row_is_done(row.rowid, row.banned_at) {
                    let key = BanKey { jail: row.jail.clone(), id: row.id.clone(), banned_at: row.banned_at };
                    rows.insert(key, row);
                }
            }
            if !page.more {
                break;
            }
            memory.history_until = memory.history_until.max(Some(now.plus_millis(UNSETTLED_MILLIS)));
        }
        memory.history_trouble = None;
        memory.history_readable = true;
        Ok((rows, Some(cursor)))
    }

    /// The file in which fail2ban keeps its database. Where fail2ban says that it keeps none, there is none, whatever the
    /// settings name: a file of former times tells nothing new.
    fn history_path(&self, memory: &mut Memory) -> Option<String> {
        let state = self.watch.state();
        let Fail2banState::Online { probe, .. } = &*state else { return self.history_path.clone() };
        let kept = Fail2banDatabase::of(probe.database_file.as_deref());
        if let Some(lack) = kept.lack() {
            report_once(memory, format!("{lack}. {}", Fail2banDatabase::REMEDY));
            memory.history_readable = false;
            return None;
        }
        self.history_path.clone().or_else(|| probe.database_file.clone())
    }

    /// Ends the bans of jails that do not run any more. fail2ban starts its jails one by one, so a jail has to
    /// stay away for a while first.
    pub(super) async fn missing_jails(
        &self,
        memory: &mut Memory,
        running: &[JailCounters],
        now: Timestamp,
        changes: &mut Changes,
    ) -> Result<(), ServiceError> {
        let before: HashSet<JailName> = memory.jails.keys().cloned().collect();
        let names: HashSet<&JailName> = running.iter().map(|jail| &jail.name).collect();
        memory.jails.retain(|name, _| names.contains(name));
        memory.missing.retain(|name, _| !names.contains(name));
        let left = before.iter().any(|name| !names.contains(name));
        if left || std::mem::take(&mut memory.fresh) {
            for jail in self.store.active_jails(&self.server).await? {
                if !names.contains(&jail) {
                    memory.missing.entry(jail).or_insert(now);
                }
            }
        }
        let overdue: Vec<JailName> = memory
            .missing
            .iter()
            .filter(|(_, since)| now.millis_since(**since) >= RESTORE_GRACE_MILLIS)
            .map(|(name, _)| name.clone())
            .collect();
        for jail in overdue {
            for ban in self.store.active(&self.server, &jail).await? {
                changes.ends.push(ended(&ban, now).unwrap_or_else(|| lifted_outside(ban, now)));
            }
            memory.missing.remove(&jail);
        }
        Ok(())
    }
}

/// What it costs that fail2ban's database is a file that cannot be read, and what to do.
const UNREADABLE: &str = "bans that fail2ban made and lifted while BanGUI was not watching will be missing from the history. \
                          Give BanGUI read access to the file, or set fail2ban.database to where it is mounted.";

/// Says once, not at every look, that fail2ban's database cannot be read.
fn report_once(memory: &mut Memory, trouble: String) {
    if memory.history_trouble.as_ref() != Some(&trouble) {
        tracing::warn!("{trouble}");
        memory.history_trouble = Some(trouble);
    }
}
