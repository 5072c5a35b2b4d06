//! Bans and unbans that people ask for: guarded, carried out, read back, and written down with their name.

mod within;

use std::net::IpAddr;
use std::sync::Arc;

pub use self::within::{Lift, Lifted};
use super::{Observer, guard};
use crate::ServiceError;
use crate::model::{
    ActiveBan, AuditAction, AuditEntry, BanId, BanQuery, JailName, Limit, Page, ServerId, Target,
};
use crate::ports::{AllowStore, AuditLog, BanStore, Clock, JailControl};

/// Who asks, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The user's name.
    pub user: String,
    /// The address of their browser or script; `None` over a Unix socket.
    pub address: Option<IpAddr>,
}

/// A ban to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanOrder {
    /// In this jail.
    pub jail: JailName,
    /// Of this address or network.
    pub target: Target,
    /// Why.
    pub reason: Option<String>,
    /// Even if it hits the caller, this machine, an ignored address or a very large network.
    pub force: bool,
}

/// What fail2ban says after a ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanOutcome {
    /// What is banned.
    pub id: BanId,
    /// The jails in which it is banned now.
    pub jails: Vec<JailName>,
    /// Whether this order made the difference.
    pub newly_banned: bool,
    /// The ban with its times; `None` if fail2ban is too busy to list the jail now.
    pub ban: Option<ActiveBan>,
}

/// A ban to be lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnbanOrder {
    /// What is banned: an address or network in any spelling, or fail2ban's own text.
    pub id: String,
    /// Only in this jail; `None` lifts it everywhere.
    pub jail: Option<JailName>,
    /// Why.
    pub reason: Option<String>,
}

/// What fail2ban says after an unban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnbanOutcome {
    /// What was banned.
    pub id: BanId,
    /// In how many jails it was lifted.
    pub unbanned: usize,
    /// The jails in which it is still banned.
    pub jails: Vec<JailName>,
}

/// Carries out bans and unbans.
pub struct BanService {
    server: ServerId,
    control: Arc<dyn JailControl>,
    store: Arc<dyn BanStore>,
    allowlist: Arc<dyn AllowStore>,
    audit: Arc<dyn AuditLog>,
    observer: Arc<Observer>,
    clock: Arc<dyn Clock>,
}

impl BanService {
    /// Bans on `server` what `allowlist` does not name.
    pub fn new(
        server: ServerId,
        control: Arc<dyn JailControl>,
        store: Arc<dyn BanStore>,
        allowlist: Arc<dyn AllowStore>,
        audit: Arc<dyn AuditLog>,
        observer: Arc<Observer>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, control, store, allowlist, audit, observer, clock }
    }

    /// What is banned, as last seen.
    pub async fn find(&self, query: &BanQuery) -> Result<Page<ActiveBan>, ServiceError> {
        Ok(self.store.find_bans(query).await?)
    }

    /// Bans, and answers with what fail2ban lists afterwards.
    pub async fn ban(&self, caller: &Caller, order: BanOrder) -> Result<BanOutcome, ServiceError> {
        let jail = self.control.jail(&order.jail).await?;
        let allowed = self.allowlist.allowed(&self.server).await?;
        guard::check_allowed(order.target, &order.jail, &allowed, self.clock.now())?;
        if !order.force {
            guard::check(order.target, caller.address, &order.jail, &jail.settings.ignoreip)?;
        }
        let number =
            self.observer.expect(&order.jail, order.target, &caller.user, order.reason.as_deref()).await;
        let answer = self.control.ban(&order.jail, &order.target).await;
        // An unknown outcome may yet turn out to be a ban, and then it is this user's.
        let unknown = matches!(answer, Err(crate::ports::ControlError::OutcomeUnknown(_)));
        if !matches!(answer, Ok(true)) && !unknown {
            self.observer.withdraw(number).await;
        }
        self.note(
            caller,
            AuditAction::Ban,
            &order.target.to_string(),
            &order.jail,
            order.reason.as_deref(),
            &answer,
        )
        .await?;
        let newly_banned = answer?;

        let id = BanId::from(order.target);
        let jails = self.control.banned_in(&id).await?;
        if !jails.contains(&order.jail) {
            return Err(ServiceError::NotConfirmed(format!(
                "does not list {id} among the bans of jail {}: it may have been lifted at once",
                order.jail
            )));
        }
        if newly_banned {
            self.observer.look_at(Some(&order.jail)).await?;
        }
        let ban = self.active(order.target, Some(&order.jail)).await?.into_iter().next();
        Ok(BanOutcome { id, jails, newly_banned, ban })
    }

    /// Lifts a ban, and answers with what fail2ban lists afterwards.
    pub async fn unban(&self, caller: &Caller, order: UnbanOrder) -> Result<UnbanOutcome, ServiceError> {
        // fail2ban deletes its own record of a ban that is lifted by hand: ours has to have it first.
        self.observer.look_at(None).await?;
        let bans = self.find_lifted(&order).await?;
        let Some(id) = bans.first().map(|ban| ban.key.id.clone()) else {
            return Err(ServiceError::BanNotFound { id: order.id, jail: order.jail });
        };
        let (mut unbanned, mut failed) = (0, None);
        for ban in &bans {
            let answer = self.observer.lift(ban, &caller.user, order.reason.as_deref()).await;
            let jail = &ban.key.jail;
            self.note(
                caller,
                AuditAction::Unban,
                ban.key.id.as_str(),
                jail,
                order.reason.as_deref(),
                &answer,
            )
            .await?;
            // A jail that fails does not keep the ban in the others.
            match answer {
                Ok(true) => unbanned += 1,
                Ok(false) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if unbanned == 0 {
            return Err(self.nothing_lifted(&bans, id, order).await?);
        }
        let jails = self.control.banned_in(&id).await?;
        let tried = |jail: &JailName| bans.iter().any(|ban| ban.key.jail == *jail);
        if let Some(jail) = jails.iter().find(|jail| tried(jail)) {
            return Err(ServiceError::NotConfirmed(format!(
                "still lists {id} among the bans of jail {jail}: it may have been banned again at once"
            )));
        }
        Ok(UnbanOutcome { id, unbanned, jails })
    }

    /// Why fail2ban lifted none of `bans`: they have ended meanwhile, or are entries that it cannot look up by
    /// their text (a filter with a tuple of ids makes such).
    async fn nothing_lifted(
        &self,
        bans: &[ActiveBan],
        id: BanId,
        order: UnbanOrder,
    ) -> Result<ServiceError, ServiceError> {
        for ban in bans {
            self.observer.look_at(Some(&ban.key.jail)).await?;
        }
        if self.find_lifted(&order).await?.is_empty() {
            return Ok(ServiceError::BanNotFound { id: order.id, jail: order.jail });
        }
        Ok(ServiceError::NotConfirmed(format!(
            "lifted nothing and still lists {id}: an entry that is no address can often be lifted only by \
             restarting its jail with --unban"
        )))
    }

    /// The active bans that an unban order means. One that fail2ban has and BanGUI has not seen yet is looked up.
    async fn find_lifted(&self, order: &UnbanOrder) -> Result<Vec<ActiveBan>, ServiceError> {
        let jail = order.jail.as_ref();
        let Ok(target) = Target::parse(&order.id) else {
            let query = BanQuery {
                jail: jail.cloned(),
                id: Some(BanId::from_reported(order.id.clone())),
                limit: Limit::new(Limit::MAX).unwrap_or(Limit::DEFAULT),
                ..BanQuery::of(self.server.clone())
            };
            return Ok(self.store.find_bans(&query).await?.items);
        };
        let mut bans = self.active(target, jail).await?;
        let there = self.control.banned_in(&BanId::from(target)).await?;
        let wanted = |name: &&JailName| jail.is_none_or(|jail| jail == *name);
        let unseen: Vec<&JailName> = there
            .iter()
            .filter(wanted)
            .filter(|name| bans.iter().all(|ban| ban.key.jail != **name))
            .collect();
        if !unseen.is_empty() {
            for name in unseen {
                self.observer.look_at(Some(name)).await?;
            }
            bans = self.active(target, jail).await?;
        }
        Ok(bans)
    }

    /// The active bans of exactly this target, whatever fail2ban's spelling of it.
    async fn active(&self, target: Target, jail: Option<&JailName>) -> Result<Vec<ActiveBan>, ServiceError> {
        let mut query = BanQuery {
            jail: jail.cloned(),
            limit: Limit::new(Limit::MAX).unwrap_or(Limit::DEFAULT),
            ..BanQuery::of(self.server.clone())
        };
        match target {
            Target::Address(_) => query.overlapping = Some(target),
            Target::Network(_) => query.id = Some(BanId::from(target)),
        }
        let page = self.store.find_bans(&query).await?;
        Ok(page.items.into_iter().filter(|ban| ban.key.id.target() == Some(target)).collect())
    }

    async fn note<E: std::fmt::Display>(
        &self,
        caller: &Caller,
        action: AuditAction,
        subject: &str,
        jail: &JailName,
        reason: Option<&str>,
        answer: &Result<bool, E>,
    ) -> Result<(), ServiceError> {
        let result = match answer {
            Ok(true) => "done".to_owned(),
            Ok(false) => "nothing to do".to_owned(),
            Err(error) => error.to_string(),
        };
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let entry = AuditEntry {
            server: self.server.clone(),
            at: self.clock.now(),
            user: Some(caller.user.clone()),
            address: caller.address,
            action,
            subject: Some(subject.to_owned()),
            detail: Some(format!("jail {jail}: {result}{reason}")),
        };
        Ok(self.audit.record(&entry).await?)
    }
}
