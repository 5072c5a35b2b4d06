//! How slow a transfer may be: it has so long until the first byte, and each byte earns it more time, but never more than at
//! the beginning. So a pause is borne, and a trickle is not.

use std::time::Duration;

use tokio::time::Instant;

/// What a transfer needs to be at least, in bytes a second.
const RATE: u32 = 1024;

/// The pace of one transfer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    grace: Duration,
    deadline: Instant,
}

impl Pace {
    /// A transfer that begins now.
    pub(crate) fn new(grace: Duration) -> Self {
        Self { grace, deadline: Instant::now() + grace }
    }

    /// So many bytes have come over.
    pub(crate) fn advance(&mut self, bytes: usize) {
        let earned = Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX) / RATE;
        self.deadline = (self.deadline + earned).min(Instant::now() + self.grace);
    }

    /// When it has been too slow.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::Duration;
    use tokio::time::{Instant, advance};

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_borne_and_a_trickle_is_not() {
        let mut slow_line = Pace::new(Duration::from_secs(10));
        for _ in 0..100 {
            advance(Duration::from_secs(2)).await;
            slow_line.advance(2048);
            assert!(slow_line.deadline() > Instant::now());
        }
        // What was quick before earns no longer pause.
        slow_line.advance(1_000_000_000);
        assert_eq!(slow_line.deadline(), Instant::now() + Duration::from_secs(10));

        let mut trickle = Pace::new(Duration::from_secs(10));
        let begun = Instant::now();
        while trickle.deadline() > Instant::now() {
            advance(Duration::from_millis(500)).await;
            trickle.advance(1);
        }
        assert!(begun.elapsed() < Duration::from_secs(12));
    }
}
