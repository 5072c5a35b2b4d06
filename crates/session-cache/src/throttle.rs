//! Slows down guessing: after some failed logins an address, and an account, has to wait before its next try is
//! looked at. Waits grow and are capped, so that nobody can lock an account's owner out for good.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use bangui_domain::model::Timestamp;
use moka::ops::compute::Op;
use moka::sync::Cache;

/// Addresses, and accounts, that are remembered at most; the least used are forgotten first.
const REMEMBERED: u64 = 20_000;
/// Tries that cost no wait.
const FREE_TRIES: u32 = 5;
/// The longest wait of an address, in milliseconds: 5 minutes.
const ADDRESS_CAP: i64 = 300_000;
/// The longest wait of an account, in milliseconds: 30 seconds.
const ACCOUNT_CAP: i64 = 30_000;
/// Tries are forgotten when none came for this long, in milliseconds: 1 hour.
const FORGET_AFTER: i64 = 3_600_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    count: u32,
    last: Timestamp,
}

impl Tries {
    /// The time before which the next try is not looked at.
    fn wait_until(self, cap: i64) -> Timestamp {
        let Some(over) = self.count.checked_sub(FREE_TRIES) else { return self.last };
        let wait = 1_000_i64.saturating_mul(1_i64.checked_shl(over.min(20)).unwrap_or(i64::MAX)).min(cap);
        self.last.plus_millis(wait)
    }
}

/// Counts tries to log in.
#[derive(Debug)]
pub struct Throttle {
    addresses: Cache<IpAddr, Tries>,
    accounts: Cache<String, Tries>,
}

/// A try that was let through and counted. It stays counted unless it is [cleared](Throttle::clear) or
/// [taken back](Throttle::take_back).
#[derive(Debug)]
#[must_use = "a try that is not cleared counts as failed"]
pub struct Attempt {
    address: Option<IpAddr>,
    account: Option<String>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self::new()
    }
}

impl Throttle {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let life = Duration::from_millis(FORGET_AFTER.unsigned_abs());
        Self {
            addresses: Cache::builder().max_capacity(REMEMBERED).time_to_idle(life).build(),
            accounts: Cache::builder().max_capacity(REMEMBERED).time_to_idle(life).build(),
        }
    }

    /// Counts a try from `address` on `account` as failed, before it is looked at: a burst of simultaneous tries
    /// gets no further than the same tries in a row. Otherwise the whole seconds to wait, which the refusal does
    /// not prolong.
    pub fn admit(
        &self,
        address: Option<IpAddr>,
        account: Option<&str>,
        now: Timestamp,
    ) -> Result<Attempt, u32> {
        let address = address.map(network_of);
        let account = account.map(str::to_lowercase);
        if let Some(address) = address {
            count(&self.addresses, address, ADDRESS_CAP, now)?;
        }
        if let Some(account) = &account
            && let Err(wait) = count(&self.accounts, account.clone(), ACCOUNT_CAP, now)
        {
            if let Some(address) = address {
                uncount(&self.addresses, address);
            }
            return Err(wait);
        }
        Ok(Attempt { address, account })
    }

    /// The try was right: address and account begin anew.
    pub fn clear(&self, attempt: &Attempt) {
        if let Some(address) = &attempt.address {
            self.addresses.invalidate(address);
        }
        if let Some(account) = &attempt.account {
            self.accounts.invalidate(account);
        }
    }

    /// The try could not be looked at, for a reason that is not the caller's.
    pub fn take_back(&self, attempt: Attempt) {
        if let Some(address) = attempt.address {
            uncount(&self.addresses, address);
        }
        if let Some(account) = attempt.account {
            uncount(&self.accounts, account);
        }
    }
}

/// One IPv6 customer holds at least a /64: its addresses count as one.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

fn count<K>(cache: &Cache<K, Tries>, key: K, cap: i64, now: Timestamp) -> Result<(), u32>
where
    K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
{
    let mut wait_millis = 0;
    let _ = cache.entry(key).and_compute_with(|known| {
        let known = known
            .map(moka::Entry::into_value)
            .filter(|tries| now.millis_since(tries.last) < FORGET_AFTER)
            .unwrap_or(Tries { count: 0, last: now });
        wait_millis = known.wait_until(cap).millis_since(now);
        if wait_millis > 0 {
            return Op::Nop;
        }
        Op::Put(Tries { count: known.count.saturating_add(1), last: now })
    });
    if wait_millis <= 0 {
        return Ok(());
    }
    let seconds = wait_millis.saturating_add(999) / 1000;
    Err(u32::try_from(seconds).unwrap_or(u32::MAX))
}

fn uncount<K>(cache: &Cache<K, Tries>, key: K)
where
    K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
{
    let _ = cache.entry(key).and_compute_with(|known| match known.map(moka::Entry::into_value) {
        Some(tries) if tries.count > 1 => Op::Put(Tries { count: tries.count - 1, ..tries }),
        Some(_) => Op::Remove,
        None => Op::Nop,
    });
}

#[cfg(test)]
mod tests {
    use super::{FORGET_AFTER, Throttle};
    use bangui_domain::model::Timestamp;

    const NOW: Timestamp = Timestamp::from_secs(1_000);

    fn fail(throttle: &Throttle, address: Option<&str>, account: Option<&str>, now: Timestamp) -> u32 {
        let address = address.map(|text| text.parse().unwrap());
        throttle.admit(address, account, now).map_or_else(|wait| wait, |_| 0)
    }

    #[test]
    fn waits_double_up_to_the_cap_of_an_account() {
        let throttle = Throttle::new();
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = fail(&throttle, None, Some("admin"), now);
            if wait > 0 {
                waits.push(wait);
                now = now.plus_secs(i64::from(wait));
                assert_eq!(fail(&throttle, None, Some("admin"), now), 0, "after the wait a try is looked at");
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn an_address_waits_longer_and_refusals_do_not_prolong_it() {
        let throttle = Throttle::new();
        let mut now = NOW;
        for _ in 0..20 {
            now = now.plus_secs(i64::from(fail(&throttle, Some("192.0.2.1"), None, now)));
        }
        let before = fail(&throttle, Some("192.0.2.1"), None, now);
        let again = fail(&throttle, Some("192.0.2.1"), None, now);
        assert!(before <= 300 && again > 0 && again <= 300, "{before} {again}");
        assert_eq!(fail(&throttle, Some("192.0.2.1"), None, now), again);
        assert_eq!(fail(&throttle, Some("192.0.2.2"), None, now), 0, "another address is another matter");
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together_and_mapped_ones_as_ipv4() {
        let throttle = Throttle::new();
        for host in 1..=5 {
            assert_eq!(fail(&throttle, Some(&format!("2001:db8:0:1::{host}")), None, NOW), 0);
        }
        assert_eq!(fail(&throttle, Some("2001:db8:0:1:ffff::9"), None, NOW), 1);
        assert_eq!(fail(&throttle, Some("2001:db8:0:2::1"), None, NOW), 0);
        for _ in 0..5 {
            fail(&throttle, Some("::ffff:192.0.2.9"), None, NOW);
        }
        assert_eq!(fail(&throttle, Some("192.0.2.9"), None, NOW), 1);
    }

    #[test]
    fn names_count_together_whatever_their_case() {
        let throttle = Throttle::new();
        for name in ["admin", "Admin", "ADMIN", "aDmin", "admiN"] {
            assert_eq!(fail(&throttle, None, Some(name), NOW), 0);
        }
        assert_eq!(fail(&throttle, None, Some("admin"), NOW), 1);
    }

    #[test]
    fn a_success_begins_anew() {
        let throttle = Throttle::new();
        let address = Some("192.0.2.1".parse().unwrap());
        for _ in 0..4 {
            fail(&throttle, Some("192.0.2.1"), Some("admin"), NOW);
        }
        let attempt = throttle.admit(address, Some("admin"), NOW).unwrap();
        throttle.clear(&attempt);
        for _ in 0..5 {
            assert_eq!(fail(&throttle, Some("192.0.2.1"), Some("admin"), NOW), 0);
        }
    }

    #[test]
    fn a_try_that_is_taken_back_does_not_count() {
        let throttle = Throttle::new();
        for _ in 0..50 {
            let attempt = throttle.admit(Some("192.0.2.1".parse().unwrap()), Some("admin"), NOW).unwrap();
            throttle.take_back(attempt);
        }
    }

    #[test]
    fn a_throttled_account_does_not_use_up_the_tries_of_an_address() {
        let throttle = Throttle::new();
        for _ in 0..5 {
            fail(&throttle, None, Some("admin"), NOW);
        }
        for _ in 0..50 {
            assert_eq!(fail(&throttle, Some("192.0.2.1"), Some("admin"), NOW), 1);
        }
        assert_eq!(fail(&throttle, Some("192.0.2.1"), Some("other"), NOW), 0);
    }

    #[test]
    fn old_tries_are_forgotten() {
        let throttle = Throttle::new();
        for _ in 0..5 {
            fail(&throttle, None, Some("admin"), NOW);
        }
        assert_eq!(fail(&throttle, None, Some("admin"), NOW), 1);
        let later = NOW.plus_millis(FORGET_AFTER);
        for _ in 0..5 {
            assert_eq!(fail(&throttle, None, Some("admin"), later), 0);
        }
        assert_eq!(fail(&throttle, None, Some("admin"), later), 1);
    }
}
