//! Counted tries in memory, by the domain's rule and under the test's clock.

use async_trait::async_trait;
use bangui_domain::model::{Admission, Fence, TryCounter, TryKind};
use bangui_domain::ports::{Clock as _, StoreError, TryStore};

use crate::memory::Memory;

/// Tries, and when the last was.
pub(crate) type Tries = (i64, i64);

impl Memory {
    fn tries(&self, counter: &TryCounter) -> Option<Tries> {
        let (tries, last) = self.tries.lock().unwrap().get(&key(counter)).copied()?;
        let ago = self.now().as_millis() - last;
        (ago < counter.rule.keep_for).then(|| (counter.rule.remembered(tries, ago), ago))
    }

    fn set(&self, counter: &TryCounter, tries: i64) {
        self.tries.lock().unwrap().insert(key(counter), (tries, self.now().as_millis()));
    }

    pub(crate) fn counters(&self) -> usize {
        self.tries.lock().unwrap().len()
    }
}

fn key(counter: &TryCounter) -> (TryKind, String) {
    (counter.kind, counter.subject.clone())
}

#[async_trait]
impl TryStore for Memory {
    async fn admit(
        &self,
        known: Option<&TryCounter>,
        others: &[TryCounter],
    ) -> Result<Admission, StoreError> {
        self.check()?;
        let _one_at_a_time = self.admitting.lock().unwrap();
        let known = known.filter(|known| self.tries(known).is_some());
        let counted = known.map_or_else(|| others.to_vec(), |known| vec![known.clone()]);
        let wait = |counter| self.tries(counter).map_or(0, |(tries, ago)| counter.rule.wait(tries, ago));
        let wait = counted.iter().map(wait).max().unwrap_or(0);
        if wait > 0 {
            return Ok(Admission::Wait(wait));
        }
        for counter in &counted {
            self.set(counter, self.tries(counter).map_or(0, |(tries, _)| tries) + 1);
        }
        Ok(Admission::Counted(counted))
    }

    async fn clear(&self, counted: &[TryCounter], known: Option<&TryCounter>) -> Result<(), StoreError> {
        self.check()?;
        for counter in counted {
            self.tries.lock().unwrap().remove(&key(counter));
        }
        if let Some(known) = known {
            self.set(known, 0);
        }
        Ok(())
    }

    async fn take_back(&self, counted: &[TryCounter]) -> Result<(), StoreError> {
        self.check()?;
        let mut all = self.tries.lock().unwrap();
        for counter in counted {
            if let Some((tries, _)) = all.get_mut(&key(counter)) {
                *tries -= 1;
            }
        }
        all.retain(|(kind, _), (tries, _)| *tries > 0 || *kind == TryKind::Known);
        Ok(())
    }

    async fn prune(&self, _: Fence, _most: u32) -> Result<u64, StoreError> {
        unreachable!("the crate prunes nothing")
    }
}
