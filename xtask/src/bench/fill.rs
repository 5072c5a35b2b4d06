//! Fills a jail with bans through fail2ban's own client, and waits until fail2ban counts them.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bangui_test_support::fail2ban::Fail2ban;

use crate::stop;

/// How many addresses go into one command.
const CHUNK: usize = 500;
const LIMIT: Duration = Duration::from_mins(10);
const POLL: Duration = Duration::from_millis(200);
/// The first of 131,072 addresses that belong to benchmarks (RFC 2544).
const FIRST: u32 = 0xC612_0000;

/// The address with this number, from 0.
pub(super) fn address(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(FIRST.saturating_add(number)).into()
}

/// Bans addresses until the jail, which has `from` of them, has `to`.
pub(super) fn fill(lab: &Fail2ban, jail: &str, from: u32, to: u32) -> Result<()> {
    let addresses: Vec<String> = (from..to).map(|number| address(number).to_string()).collect();
    for chunk in addresses.chunks(CHUNK) {
        stop::check()?;
        let mut command = vec!["set", jail, "banip"];
        command.extend(chunk.iter().map(String::as_str));
        lab.client(&command).context("ban a chunk of addresses")?;
    }
    let start = Instant::now();
    loop {
        let status = lab.client(&["status", jail]).context("ask how many are banned")?;
        let banned = currently_banned(&status).with_context(|| format!("no count of bans in:\n{status}"))?;
        if banned >= to {
            return Ok(());
        }
        if start.elapsed() > LIMIT {
            bail!("fail2ban has only {banned} of {to} bans after {} s", LIMIT.as_secs());
        }
        if stop::wait(POLL) {
            bail!("stopped by a signal");
        }
    }
}

fn currently_banned(status: &str) -> Option<u32> {
    let (_, rest) = status.split_once("Currently banned:")?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_the_status() {
        let status =
            "Status for the jail: sshd\n`- Actions\n   |- Currently banned:\t12\n   |- Total banned:\t30\n";
        assert_eq!(currently_banned(status), Some(12));
        assert_eq!(currently_banned("Status"), None);
    }

    #[test]
    fn addresses_belong_to_benchmarks() {
        assert_eq!(address(0).to_string(), "198.18.0.0");
        assert_eq!(address(65_536).to_string(), "198.19.0.0");
    }
}
