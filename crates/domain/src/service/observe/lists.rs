//! Reads the lists of jails. A jail whose list lies, stalls or errs is named, and the others go on: a list that fails is not
//! fail2ban being away as long as fail2ban answers something else.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::Observer;
use super::diff::{Changes, JailLook, Rows};
use super::memory::Memory;
use super::now::Now;
use crate::ServiceError;
use crate::model::{BanId, JailCounters, JailName, ProblemCode, Timestamp};
use crate::ports::{BanList, ControlError, Counters};

/// When the list of a jail that could not be read is asked for again. Each try leaves an error in fail2ban's own log.
const UNREADABLE: Duration = Duration::from_secs(30);

/// A list that was read.
pub(super) struct Listed<'a> {
    pub(super) jail: &'a JailCounters,
    /// When it was asked for.
    pub(super) at: Timestamp,
    pub(super) list: BanList,
    pub(super) took: Duration,
}

impl Listed<'_> {
    /// Whether a ban that is not listed is over.
    pub(super) fn is_complete(&self) -> bool {
        self.list.ids.is_empty() && !self.list.partial
    }
}

impl Observer {
    /// The counters of all jails, and the run-time state in step with the answer. A jail whose counters cannot be read keeps
    /// those that it had, and its list is read now and then.
    pub(super) async fn count(&self, memory: &mut Memory) -> Result<Vec<JailCounters>, ServiceError> {
        let Counters { connection, mut jails, unreadable } = self.ask(self.control.counters()).await?;
        if self.watch.state().is_online() {
            self.watch.answered();
        } else {
            self.watch.online(self.ask(self.control.probe()).await?);
        }
        let now = self.clock.uptime();
        memory.connected(connection, now);
        let before = self.watch.jails();
        for (name, _) in &unreadable {
            let known = before.iter().flat_map(|seen| &*seen.jails).find(|jail| jail.name == *name).cloned();
            jails.push(known.unwrap_or_else(|| JailCounters::unknown(name.clone())));
            // No counter tells when its list moves, and its bans may end long after the next one begins.
            memory.again_within(name, UNREADABLE, now);
        }
        jails.sort_by(|a, b| a.name.cmp(&b.name));
        self.watch.counted(jails.clone());
        self.watch.found(ProblemCode::CountersUnreadable, &unreadable);
        memory.uncounted = unreadable.into_iter().map(|(name, _)| name).collect();
        Ok(jails)
    }

    /// The lists of those of `jails` whose turn has come. Where one takes fail2ban's whole patience, the rest waits for the
    /// next look, so that what was read by then is written.
    pub(super) async fn lists<'a>(
        &self,
        memory: &mut Memory,
        jails: impl IntoIterator<Item = &'a JailCounters>,
        wanted: Option<&JailName>,
    ) -> Result<Vec<Listed<'a>>, ServiceError> {
        let mut lists = Vec::new();
        for jail in jails {
            let Now { at, up } = Now::of(&*self.clock);
            let asked = wanted == Some(&jail.name);
            if !(memory.wants_list(jail, up) || asked) || memory.jail(&jail.name, up).not_before > up {
                continue;
            }
            let empty = jail.currently_banned == 0 && !asked && !memory.uncounted.contains(&jail.name);
            let answer = if empty {
                Ok(BanList::default())
            } else {
                self.question(self.control.bans(&jail.name)).await
            };
            let took = self.clock.uptime().saturating_sub(up);
            self.watch.stepped();
            let stalled = match answer {
                Ok(list) => {
                    self.judge(&jail.name, &list);
                    memory.jail(&jail.name, up).suspect = !list.faults.is_empty();
                    lists.push(Listed { jail, at, list, took });
                    continue;
                }
                // It has ended since it was counted.
                Err(ControlError::JailNotFound(_)) => continue,
                Err(ControlError::Offline(outage)) => {
                    // Either fail2ban is away, or only this list does not come: then it answers something else.
                    self.ask(self.control.counters()).await?;
                    self.watch.problem(ProblemCode::JailUnreadable, Some(&jail.name), outage.detail);
                    true
                }
                Err(error) => {
                    self.watch.problem(ProblemCode::JailUnreadable, Some(&jail.name), error.to_string());
                    false
                }
            };
            memory.unreadable(&jail.name, took, UNREADABLE, self.clock.uptime());
            if stalled {
                break;
            }
        }
        Ok(lists)
    }

    /// Notes what is wrong with a list that was read, and what no longer is.
    fn judge(&self, jail: &JailName, list: &BanList) {
        for code in ProblemCode::OF_LISTS {
            match list.faults.iter().find(|(fault, _)| *fault == code) {
                Some((_, detail)) => self.watch.problem(code, Some(jail), detail),
                None => self.watch.solved(code, Some(jail)),
            }
        }
    }

    /// What each list means against what the store holds as active.
    pub(super) async fn compare(
        &self,
        memory: &mut Memory,
        lists: Vec<Listed<'_>>,
        rows: &mut Rows,
        now: Now,
    ) -> Result<(Changes, BTreeMap<JailName, bool>), ServiceError> {
        let (mut changes, mut unsettled) = (Changes::default(), BTreeMap::new());
        for listed in lists {
            let complete = listed.is_complete();
            let Listed { jail, list: BanList { mut bans, ids, partial, .. }, took, .. } = listed;
            let look = JailLook {
                jail: &jail.name,
                now,
                watched_since: now.called(memory.jail(&jail.name, now.up).watched_since),
                // What may be missing from the list for another reason has not ended either.
                restoring: memory.restoring(now) || partial,
            };
            let mut known = self.store.active(&self.server, &jail.name).await?;
            let active: HashSet<&BanId> = known.iter().map(|ban| &ban.key.id).collect();
            let new = self.without_times(memory, &jail.name, &ids, &bans, &active, now);
            bans.extend(new);
            let ids: HashSet<BanId> = ids.into_iter().collect();
            known.retain(|ban| !ids.contains(&ban.key.id));
            let found = look.compare(bans, known, rows, memory);
            let next_end = found.next_end;
            unsettled.insert(jail.name.clone(), found.unsettled);
            changes.bans.extend(found.bans);
            changes.ends.extend(found.ends);
            memory.listed(jail, took, next_end, Now::of(&*self.clock));
            if !complete {
                memory.again_within(&jail.name, UNREADABLE, self.clock.uptime());
            }
        }
        Ok((changes, unsettled))
    }
}
