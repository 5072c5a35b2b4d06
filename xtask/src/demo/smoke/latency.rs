//! How long it takes from the line in the log that makes a ban to the event on a subscribed stream.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bangui_test_support::fail2ban::{Fail2ban, lines};

use super::super::stack::MAXRETRY;
use super::LIMIT;
use crate::api::Events;

/// The address of a sample; no other part of the demo uses it.
pub(super) fn address(sample: u8) -> IpAddr {
    Ipv4Addr::new(203, 0, 113, 130_u8.saturating_add(sample)).into()
}

/// Bans so many addresses by lines in the sshd log, one after another, and times each. At most 100.
pub(crate) fn measure(lab: &Fail2ban, events: &Events, samples: u8) -> Result<Samples> {
    let mut times = Vec::new();
    for sample in 0..samples.min(100) {
        let ip = address(sample);
        for _ in 1..MAXRETRY {
            lab.append("sshd", &lines::sshd(ip))?;
        }
        let start = Instant::now();
        lab.append("sshd", &lines::sshd(ip))?;
        let text = ip.to_string();
        let event = events
            .wait_for(LIMIT, |event| event.is("ban", &text))
            .with_context(|| format!("no ban event for {ip}"))?;
        times.push(event.at.saturating_duration_since(start));
    }
    Ok(Samples::new(times))
}

/// Measured times.
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    /// Takes times in any order.
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time below or at which so many hundredths of the samples lie (nearest rank).
    pub(crate) fn percentile(&self, hundredths: usize) -> Duration {
        let rank = (self.0.len() * hundredths).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [min, median, max] = [0, 50, 100].map(|hundredths| self.percentile(hundredths).as_millis());
        write!(f, "min {min} / median {median} / max {max} ms ({} samples)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let samples = Samples::new((1..=20).rev().map(Duration::from_millis).collect());
        let of = |hundredths| samples.percentile(hundredths).as_millis();
        assert_eq!([of(0), of(50), of(95), of(100)], [1, 10, 19, 20]);
        assert_eq!(samples.to_string(), "min 1 / median 10 / max 20 ms (20 samples)");
    }
}
