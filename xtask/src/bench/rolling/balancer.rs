//! Which replicas a load balancer would send requests to: those that called themselves ready when they were last asked.
//! Knows nothing of requests.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::replica::is_ready;

/// How often each replica is asked.
const CHECK_EVERY: Duration = Duration::from_millis(100);

/// The replicas, and which of them are ready.
pub(super) struct Balancer(Vec<(SocketAddr, AtomicBool)>);

impl Balancer {
    /// Replicas that are all ready.
    pub(super) fn new(addresses: Vec<SocketAddr>) -> Self {
        Self(addresses.into_iter().map(|address| (address, AtomicBool::new(true))).collect())
    }

    /// How many there are, ready or not.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The address of this one, if it is ready.
    pub(super) fn ready(&self, replica: usize) -> Option<SocketAddr> {
        let (address, ready) = self.0.get(replica)?;
        ready.load(Ordering::SeqCst).then_some(*address)
    }

    /// Asks this one again and again whether it is ready, until all is over.
    pub(super) fn check(&self, replica: usize, over: &AtomicBool) {
        let Some((address, ready)) = self.0.get(replica) else { return };
        while !over.load(Ordering::SeqCst) {
            ready.store(is_ready(*address), Ordering::SeqCst);
            std::thread::sleep(CHECK_EVERY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_does_not_answer_gets_no_requests() {
        let nobody = SocketAddr::from(([127, 0, 0, 1], crate::postgres::fixed_port().unwrap()));
        let balancer = Balancer::new(vec![nobody]);
        assert_eq!((balancer.ready(0), balancer.ready(1), balancer.len()), (Some(nobody), None, 1));
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| balancer.check(0, &over));
            while balancer.ready(0).is_some() {
                std::thread::sleep(Duration::from_millis(1));
            }
            over.store(true, Ordering::SeqCst);
        });
    }
}
