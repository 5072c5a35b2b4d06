//! The allowlist: what users tell of it, and what is known of what jails ignore by themselves. fail2ban is told at once,
//! or else by the upkeep.

mod settle;
mod upkeep;

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::Mutex;

use self::upkeep::Turn;
use super::{BanService, Caller, Watch};
use crate::model::{
    ActiveBan, AllowEntry, AllowId, AllowSpec, AuditAction, AuditEntry, JailName, ServerId, Target, Timestamp,
};
use crate::ports::{AllowStore, AuditLog, Clock, IgnoreControl, IgnoreList, StoreError};
use crate::{ErrorKind, ServiceError, chain};

/// An entry to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowOrder {
    /// The address or network.
    pub target: Target,
    /// Only in this jail; `None` means every jail.
    pub jail: Option<JailName>,
    /// Why.
    pub note: Option<String>,
    /// When it ends; `None` if it does not.
    pub until: Option<Timestamp>,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowOutcome {
    /// The entry that was made or removed.
    pub entry: AllowEntry,
    /// Why fail2ban does not know yet; it will be told. `None` if it knows.
    pub pending: Option<String>,
    /// How many bans were lifted.
    pub lifted: usize,
    /// Bans that still hit some of its addresses: of networks around them, and what fail2ban could not lift.
    pub still_banned: Vec<ActiveBan>,
}

/// The whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowBook {
    /// The entries, newest first.
    pub entries: Vec<AllowEntry>,
    /// What the jails ignore by themselves, without those that ignore nothing; `None` while fail2ban cannot be asked.
    pub own: Option<Vec<IgnoreList>>,
}

/// Whether an address is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowCheck {
    /// The entries that cover all of it, newest first.
    pub entries: Vec<AllowEntry>,
    /// What covers all of it of what the jails ignore by themselves; `None` while fail2ban cannot be asked. Names and
    /// files are not looked into.
    pub own: Option<Vec<IgnoreList>>,
}

/// Keeps the allowlist, and fail2ban in step with it.
pub struct AllowService {
    server: ServerId,
    store: Arc<dyn AllowStore>,
    control: Arc<dyn IgnoreControl>,
    bans: Arc<BanService>,
    watch: Arc<Watch>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    turn: Mutex<Turn>,
}

impl AllowService {
    /// The list of `server`. `bans` lifts what is banned when it comes to be allowed; `watch` knows the jails.
    pub fn new(
        server: ServerId,
        store: Arc<dyn AllowStore>,
        control: Arc<dyn IgnoreControl>,
        bans: Arc<BanService>,
        watch: Arc<Watch>,
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, store, control, bans, watch, audit, clock, turn: Mutex::default() }
    }

    /// All entries, and what the jails ignore by themselves.
    pub async fn list(&self) -> Result<AllowBook, ServiceError> {
        Ok(AllowBook { entries: self.entries().await?, own: self.own().await? })
    }

    /// What allows all of `target`.
    pub async fn check(&self, target: Target) -> Result<AllowCheck, ServiceError> {
        let covers = |other: Target| other.as_net().contains(&target.as_net());
        let mut entries = self.entries().await?;
        entries.retain(|entry| covers(entry.spec.target));
        let mut own = self.own().await?;
        if let Some(lists) = &mut own {
            for list in lists.iter_mut() {
                list.entries.retain(|entry| Target::parse(entry).is_ok_and(covers));
            }
            lists.retain(|list| !list.entries.is_empty());
        }
        Ok(AllowCheck { entries, own })
    }

    /// Adds an entry, tells fail2ban, and lifts the bans within it.
    pub async fn allow(&self, caller: &Caller, order: AllowOrder) -> Result<AllowOutcome, ServiceError> {
        let mut turn = self.turn.lock().await;
        let now = self.clock.now();
        let spec = AllowSpec {
            target: order.target,
            jail: order.jail,
            note: order.note,
            by: caller.user.clone(),
            created_at: now,
            until: order.until,
        };
        self.check_order(&spec, now)?;
        self.remove_ended(now).await?;
        let entries = self.store.allowed(&self.server).await?;
        let taken = || ServiceError::AllowedAlready(spec.to_string());
        if entries.iter().any(|entry| (entry.spec.target, &entry.spec.jail) == (spec.target, &spec.jail)) {
            return Err(taken());
        }
        if entries.len() >= AllowSpec::MOST {
            let full =
                format!("the allowlist has {} entries already, which is all it takes", AllowSpec::MOST);
            return Err(ServiceError::field("address", full));
        }
        self.record(AuditAction::Allow, &spec, Some(caller), "").await?;
        let entry = self.store.allow(&self.server, &spec).await.map_err(|error| match error {
            StoreError::Conflict(_) => taken(),
            error => error.into(),
        })?;

        turn.unlifted.insert(entry.id);
        let settled = self.settle(&mut turn, Some((caller, entry.id)), now).await;
        let (pending, lifted) = match settled {
            Ok(settled) => (in_words(&settled.pending), settled.lifted),
            Err(error) => (Some(pending(error)?), super::Lifted::default()),
        };
        Ok(AllowOutcome { entry, pending, lifted: lifted.count, still_banned: lifted.left })
    }

    /// Removes an entry, and tells fail2ban.
    pub async fn disallow(&self, caller: &Caller, id: AllowId) -> Result<AllowOutcome, ServiceError> {
        let mut turn = self.turn.lock().await;
        let now = self.clock.now();
        let missing = || ServiceError::AllowEntryNotFound(id.0);
        let entry = self.entries().await?.into_iter().find(|entry| entry.id == id).ok_or_else(missing)?;
        self.record(AuditAction::Disallow, &entry.spec, Some(caller), "").await?;
        if !self.store.disallow(&self.server, id).await? {
            return Err(missing());
        }
        let settled = self.settle(&mut turn, None, now).await;
        let pending = match settled {
            Ok(settled) => in_words(&settled.pending),
            Err(error) => Some(pending(error)?),
        };
        Ok(AllowOutcome { entry, pending, lifted: 0, still_banned: Vec::new() })
    }

    fn check_order(&self, spec: &AllowSpec, now: Timestamp) -> Result<(), ServiceError> {
        if spec.is_too_wide() {
            let text = format!(
                "{} is so large a network that it would turn protection off: at least /{} for IPv4 and /{} for IPv6",
                spec.target,
                AllowSpec::SHORTEST_V4,
                AllowSpec::SHORTEST_V6
            );
            return Err(ServiceError::field("address", text));
        }
        if spec.is_over(now) {
            return Err(ServiceError::field("until", "this time is over"));
        }
        if let (Some(jail), Some(seen)) = (&spec.jail, self.watch.jails())
            && seen.jails.iter().all(|known| known.name != *jail)
        {
            return Err(ServiceError::JailNotFound(jail.clone()));
        }
        Ok(())
    }

    /// The entries that are not over.
    async fn entries(&self) -> Result<Vec<AllowEntry>, ServiceError> {
        let now = self.clock.now();
        let mut entries = self.store.allowed(&self.server).await?;
        entries.retain(|entry| !entry.spec.is_over(now));
        Ok(entries)
    }

    /// What the jails ignore that BanGUI did not tell them.
    async fn own(&self) -> Result<Option<Vec<IgnoreList>>, ServiceError> {
        if !self.watch.state().is_online() {
            return Ok(None);
        }
        let mut lists = match self.control.ignored().await {
            Ok(lists) => lists,
            Err(error) => {
                tracing::debug!("what jails ignore is not known for now: {error}");
                return Ok(None);
            }
        };
        let told: HashSet<(JailName, Target)> = self.store.told(&self.server).await?.into_iter().collect();
        for IgnoreList { jail, entries, .. } in &mut lists {
            let ours =
                |entry: &str| Target::parse(entry).is_ok_and(|target| told.contains(&(jail.clone(), target)));
            entries.retain(|entry| !ours(entry));
            entries.sort();
        }
        lists.retain(|list| !list.entries.is_empty());
        Ok(Some(lists))
    }

    async fn record(
        &self,
        action: AuditAction,
        spec: &AllowSpec,
        caller: Option<&Caller>,
        why: &str,
    ) -> Result<(), ServiceError> {
        let jail = spec.jail.as_ref().map_or_else(|| "every jail".to_owned(), |jail| format!("jail {jail}"));
        let note = spec.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        let entry = AuditEntry {
            server: self.server.clone(),
            at: self.clock.now(),
            user: caller.map(|caller| caller.user.clone()),
            address: caller.and_then(|caller| caller.address),
            action,
            subject: Some(spec.target.to_string()),
            detail: Some(format!("{jail}{why}{note}")),
        };
        Ok(self.audit.record(&entry).await?)
    }
}

/// Why some jails do not know yet.
fn in_words(pending: &[String]) -> Option<String> {
    (!pending.is_empty()).then(|| pending.join("; "))
}

/// Why fail2ban does not know yet. What is wrong with BanGUI itself is an error.
fn pending(error: ServiceError) -> Result<String, ServiceError> {
    if error.kind() == ErrorKind::Internal { Err(error) } else { Ok(chain(&error)) }
}
