//! What users order, and how it is known as theirs: a ban is announced before it is made, an unban is written before anybody
//! looks.

use tokio::sync::MutexGuard;

use super::Observer;
use super::diff::Changes;
use super::memory::Memory;
use crate::ServiceError;
use crate::model::{ActiveBan, JailName, Origin, Target};
use crate::ports::EndRecord;

/// A user's order that has been announced; see [`Observer::expect`].
#[derive(Debug, Clone, Copy)]
pub struct OrderNumber(u64);

impl Observer {
    /// Announces that `by` is about to ban `target`, so that the ban is known as theirs when it is seen, by
    /// whatever look sees it first.
    pub async fn expect(
        &self,
        jail: &JailName,
        target: Target,
        by: &str,
        reason: Option<&str>,
    ) -> OrderNumber {
        let now = self.clock.uptime();
        let mut memory = self.memory.lock().await;
        OrderNumber(memory.expect(jail.clone(), target, by.to_owned(), reason.map(str::to_owned), now))
    }

    /// Takes the announcement back: the ban did not happen.
    pub async fn withdraw(&self, order: OrderNumber) {
        self.memory.lock().await.withdraw(order.0);
    }

    /// Lifts an active ban for a user and writes its end, before any look can take it for somebody else's doing.
    /// Answers whether there was something to lift.
    pub async fn lift(&self, ban: &ActiveBan, by: &str, reason: Option<&str>) -> Result<bool, ServiceError> {
        let memory: MutexGuard<'_, Memory> = self.memory.lock().await;
        if !self.ask(self.control.unban(&ban.key.jail, &ban.key.id)).await? {
            return Ok(false);
        }
        let now = self.clock.now();
        let end = EndRecord {
            key: ban.key.clone(),
            bantime: ban.bantime,
            ban_count: ban.ban_count,
            at: now,
            origin: Origin::Manual,
            by: Some(by.to_owned()),
            reason: reason.map(str::to_owned),
        };
        let changes = Changes { ends: vec![end], ..Changes::default() };
        self.write(changes, None, None, now).await?;
        drop(memory);
        Ok(true)
    }
}
