//! What the lists of running jails do not tell: bans that only fail2ban's database remembers, and bans of jails
//! that are gone.

use std::collections::HashSet;
use std::time::Duration;

use super::Observer;
use super::diff::{Changes, Rows, ended, lifted_outside};
use super::memory::{Memory, RESTORE_GRACE};
use super::now::Now;
use super::reading::{Read, Reading};
use crate::ServiceError;
use crate::model::{BanKey, Fail2banDatabase, Fail2banState, JailCounters, JailName, ProblemCode, Timestamp};
use crate::ports::{HistoryCursor, HistoryError};

/// Rows of fail2ban's database per statement, so that each is short.
const HISTORY_PAGE: u16 = 500;
/// Statements per look, and the time after which none is begun; what is left is read at the next one.
const HISTORY_PAGES: usize = 20;
const HISTORY_TIME: Duration = Duration::from_millis(500);

impl Observer {
    /// The rows of fail2ban's database that have not been written yet, if there is a reason to look, and up to where that
    /// was.
    pub(super) async fn read_history(
        &self,
        memory: &mut Memory,
    ) -> Result<(Rows, Option<HistoryCursor>, Read), ServiceError> {
        let mut rows = Rows::new();
        let began = self.clock.uptime();
        if !memory.reading.is_due(began) {
            let read = if memory.reading.is_behind() { Read::Behind } else { Read::Rested };
            return Ok((rows, None, read));
        }
        let Some(path) = self.history_path(memory) else {
            // fail2ban keeps no database any more: nothing is left to catch up with or to be read.
            memory.reading = Reading::default();
            self.watch.catches_up(None);
            self.watch.solved(ProblemCode::DatabaseUnreadable, None);
            return Ok((rows, None, Read::Rested));
        };
        let first = self.store.history_cursor(&self.server).await?.unwrap_or_default();
        let (mut cursor, mut count, mut left) = (first, 0, 0);
        let mut end = None;
        for _ in 0..HISTORY_PAGES {
            let page = match self.history.read(&path, cursor, HISTORY_PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    end = Some(Err(error));
                    break;
                }
            };
            (cursor, left) = (page.cursor, page.left);
            for row in page.rows {
                if !memory.row_is_done(row.rowid, row.banned_at) {
                    count += 1;
                    let key = BanKey { jail: row.jail.clone(), id: row.id.clone(), banned_at: row.banned_at };
                    rows.insert(key, row);
                }
            }
            if !page.more {
                end = Some(Ok(()));
                break;
            }
            if self.clock.uptime().saturating_sub(began) >= HISTORY_TIME {
                break;
            }
        }
        let (now, reading) = (Now::of(&*self.clock), &mut memory.reading);
        let read = match end {
            Some(Ok(())) => reading.whole(began, count, now),
            // What was read is kept, and the fault is met again at the next look.
            _ if cursor != first => {
                reading.moved(began, count, left, Timestamp::from_secs(cursor.timeofban), now)
            }
            Some(Err(HistoryError::Busy)) => reading.failed(began, None, now),
            Some(Err(error)) => reading.failed(began, Some(error.to_string()), now),
            None => {
                let why = format!("fail2ban's database {path} cannot be read: it comes to no end");
                reading.failed(began, Some(why), now)
            }
        };
        let cursor = (read == Read::Whole || cursor != first).then_some(cursor);
        memory.history_readable = memory.reading.trouble().is_none();
        self.watch.catches_up(memory.reading.catch_up(now));
        match memory.reading.trouble() {
            Some(trouble) => self.watch.problem(ProblemCode::DatabaseUnreadable, None, trouble),
            None => self.watch.solved(ProblemCode::DatabaseUnreadable, None),
        }
        Ok((rows, cursor, read))
    }

    /// Whether nothing but the lists tells of bans, as far as is known.
    pub(super) fn has_no_history(&self, memory: &mut Memory) -> bool {
        memory.reading.trouble().is_some() || self.history_path(memory).is_none()
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
        now: Now,
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
                    memory.missing.entry(jail).or_insert(now.up);
                }
            }
        }
        let overdue: Vec<JailName> = memory
            .missing
            .iter()
            .filter(|(_, since)| now.since(**since) >= RESTORE_GRACE)
            .map(|(name, _)| name.clone())
            .collect();
        for jail in overdue {
            for ban in self.store.active(&self.server, &jail).await? {
                changes.ends.push(ended(&ban, now.at).unwrap_or_else(|| lifted_outside(ban, now.at)));
            }
            memory.missing.remove(&jail);
        }
        Ok(())
    }
}

/// Says once, not at every look, that fail2ban keeps no database that can be read.
fn report_once(memory: &mut Memory, lack: String) {
    if memory.history_lack.as_ref() != Some(&lack) {
        tracing::warn!("{lack}");
        memory.history_lack = Some(lack);
    }
}
