//! Lifts whatever is banned within some addresses and networks.

use super::{BanService, Caller};
use crate::ServiceError;
use crate::model::{ActiveBan, AuditAction, BanId, BanQuery, JailName, Limit, Target};

/// Bans to be lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    /// In whose name.
    pub caller: Caller,
    /// Of this address, or within this network.
    pub target: Target,
    /// Only in this jail.
    pub jail: Option<JailName>,
    /// Why.
    pub reason: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifted {
    /// How many bans were lifted.
    pub count: usize,
    /// Bans that still hit some of these addresses: of networks around them, and what fail2ban could not lift.
    pub left: Vec<ActiveBan>,
}

impl BanService {
    /// Lifts every ban within these targets.
    pub async fn lift_within(&self, lifts: &[Lift]) -> Result<Lifted, ServiceError> {
        let mut lifted = Lifted::default();
        if lifts.is_empty() {
            return Ok(lifted);
        }
        // fail2ban deletes its own record of a ban that is lifted by hand: ours has to have it first.
        self.observer.look_at(None).await?;
        for lift in lifts {
            self.look_for(lift).await?;
            for ban in self.overlapping(lift).await? {
                if !is_within(&ban, lift.target) {
                    lifted.left.push(ban);
                    continue;
                }
                match self.lift_one(&ban, lift).await {
                    Ok(true) => lifted.count += 1,
                    // It has ended meanwhile, or its jail has.
                    Ok(false) | Err(ServiceError::JailNotFound(_)) => {}
                    Err(
                        ServiceError::Fail2banRefused(_)
                        | ServiceError::OutcomeUnknown(_)
                        | ServiceError::Invalid(_),
                    ) => lifted.left.push(ban),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(lifted)
    }

    /// Looks at the jails that ban an address which no look has seen banned there yet.
    async fn look_for(&self, lift: &Lift) -> Result<(), ServiceError> {
        let Target::Address(_) = lift.target else { return Ok(()) };
        let known = self.overlapping(lift).await?;
        for jail in self.control.banned_in(&BanId::from(lift.target)).await? {
            let seen = known.iter().any(|ban| ban.key.jail == jail && is_within(ban, lift.target));
            if !seen && lift.jail.as_ref().is_none_or(|own| *own == jail) {
                self.observer.look_at(Some(&jail)).await?;
            }
        }
        Ok(())
    }

    /// The bans that have an address in common with the target.
    async fn overlapping(&self, lift: &Lift) -> Result<Vec<ActiveBan>, ServiceError> {
        let mut query = BanQuery {
            jail: lift.jail.clone(),
            overlapping: Some(lift.target),
            limit: Limit::new(Limit::MAX).unwrap_or(Limit::DEFAULT),
            ..BanQuery::of(self.server.clone())
        };
        let mut bans = Vec::new();
        loop {
            let page = self.store.find_bans(&query).await?;
            bans.extend(page.items);
            query.after = page.next;
            if query.after.is_none() {
                return Ok(bans);
            }
        }
    }

    async fn lift_one(&self, ban: &ActiveBan, lift: &Lift) -> Result<bool, ServiceError> {
        let answer = self.observer.lift(ban, &lift.caller.user, Some(&lift.reason)).await;
        let (id, jail) = (ban.key.id.as_str(), &ban.key.jail);
        self.note(&lift.caller, AuditAction::Unban, id, jail, Some(&lift.reason), &answer).await?;
        answer
    }
}

fn is_within(ban: &ActiveBan, target: Target) -> bool {
    ban.key.id.target().is_some_and(|banned| target.as_net().contains(&banned.as_net()))
}
