//! Brings what the jails ignore in line with the allowlist. A jail's own configuration is told from BanGUI's doing by one
//! rule: what BanGUI adds is noted before it is added, and only what is noted is ever taken away.

use std::collections::HashSet;

use super::{AllowService, Turn};
use crate::model::{AllowEntry, AllowId, JailName, ProblemCode, Target, Timestamp};
use crate::ports::IgnoreList;
use crate::service::{Caller, Lift, Lifted};
use crate::{ServiceError, chain};

/// What came of a round over all jails.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// The bans that were lifted.
    pub(super) lifted: Lifted,
    /// The jails that could not be told, each with what fail2ban said.
    pub(super) pending: Vec<String>,
}

impl AllowService {
    /// Adds what jails lack, takes away what is no longer wanted, and lifts the bans within what was added. `asked` is who
    /// asks for an entry just now, and which: others speak for theirs. An error in one jail does not keep the others from
    /// being told.
    pub(super) async fn settle(
        &self,
        turn: &mut Turn,
        asked: Option<(&Caller, AllowId)>,
        now: Timestamp,
    ) -> Result<Settled, ServiceError> {
        let mut entries = self.store.allowed(&self.server).await?;
        entries.retain(|entry| !entry.spec.is_over(now));
        let told = self.store.told(&self.server).await?;
        if entries.is_empty() && told.is_empty() {
            turn.unlifted.clear();
            self.watch.found(ProblemCode::AllowlistPending, &[]);
            return Ok(Settled::default());
        }
        let lists = self.control.ignored().await?;
        let (mut failed, mut pending) = (None, Vec::new());
        for list in &lists {
            if let Some(unreadable) = &list.unreadable {
                pending.push((list.jail.clone(), unreadable.clone()));
                continue;
            }
            match self.settle_jail(list, &entries, &told).await {
                Ok(added) => turn.unlifted.extend(added),
                Err(ServiceError::JailNotFound(_)) => {}
                Err(error @ (ServiceError::Fail2banRefused(_) | ServiceError::OutcomeUnknown(_))) => {
                    pending.push((list.jail.clone(), chain(&error)));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        self.watch.found(ProblemCode::AllowlistPending, &pending);
        self.forget_lost(&lists, &told).await?;

        let added = entries.iter().filter(|entry| turn.unlifted.contains(&entry.id));
        let orders: Vec<Lift> = added.map(|entry| lift(entry, asked)).collect();
        let lifted = self.bans.lift_within(&orders).await?;
        turn.unlifted.clear();
        let pending = pending.into_iter().map(|(jail, why)| format!("jail {jail}: {why}")).collect();
        failed.map_or(Ok(Settled { lifted, pending }), Err)
    }

    /// Settles one jail; answers the entries of which something was added.
    async fn settle_jail(
        &self,
        list: &IgnoreList,
        entries: &[AllowEntry],
        told: &[(JailName, Target)],
    ) -> Result<Vec<AllowId>, ServiceError> {
        let jail = &list.jail;
        let present: HashSet<Target> =
            list.entries.iter().filter_map(|entry| Target::parse(entry).ok()).collect();
        let wanted: Vec<&AllowEntry> = entries.iter().filter(|entry| entry.spec.holds_in(jail)).collect();
        let lacking: Vec<&AllowEntry> =
            wanted.iter().copied().filter(|entry| !present.contains(&entry.spec.target)).collect();
        if !lacking.is_empty() {
            let targets: Vec<Target> = lacking.iter().map(|entry| entry.spec.target).collect();
            self.store.note_told(&self.server, jail, &targets).await?;
            self.control.ignore(jail, &targets).await?;
        }
        let keep: HashSet<Target> = wanted.iter().map(|entry| entry.spec.target).collect();
        let over: Vec<Target> = told
            .iter()
            .filter(|(other, target)| other == jail && !keep.contains(target))
            .map(|(_, target)| *target)
            .collect();
        if !over.is_empty() {
            let there: Vec<Target> = over.iter().copied().filter(|target| present.contains(target)).collect();
            self.control.stop_ignoring(jail, &there).await?;
            self.store.forget_told(&self.server, jail, &over).await?;
        }
        Ok(lacking.iter().map(|entry| entry.id).collect())
    }

    /// A jail that does not run has lost what it was told: when it comes back, it ignores what its configuration says.
    async fn forget_lost(
        &self,
        lists: &[IgnoreList],
        told: &[(JailName, Target)],
    ) -> Result<(), ServiceError> {
        let runs: HashSet<&JailName> = lists.iter().map(|list| &list.jail).collect();
        let lost: HashSet<&JailName> =
            told.iter().map(|(jail, _)| jail).filter(|jail| !runs.contains(jail)).collect();
        for jail in lost {
            let targets: Vec<Target> =
                told.iter().filter(|(other, _)| other == jail).map(|(_, target)| *target).collect();
            self.store.forget_told(&self.server, jail, &targets).await?;
        }
        Ok(())
    }
}

fn lift(entry: &AllowEntry, asked: Option<(&Caller, AllowId)>) -> Lift {
    let caller = match asked {
        Some((caller, id)) if id == entry.id => caller.clone(),
        _ => Caller { user: entry.spec.by.clone(), address: None },
    };
    let note = entry.spec.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    Lift {
        caller,
        target: entry.spec.target,
        jail: entry.spec.jail.clone(),
        reason: format!("on the allowlist{note}"),
    }
}
