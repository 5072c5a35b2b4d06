//! Slows down guessing: after some failed logins an address, and an account, has to wait before its next try is
//! looked at. Waits grow and are capped. An account at an address from which it has logged in before is counted by
//! itself alone, so that strangers cannot keep its owner out. The store counts, for all processes together.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use bangui_domain::ServiceError;
use bangui_domain::model::{Admission, TryCounter, TryKind, TryRule};
use bangui_domain::ports::{StoreError, TryStore};

use crate::Client;

const HOUR: i64 = 3_600_000;

/// An address waits for 5 minutes at most.
const ADDRESS: TryRule =
    TryRule { free: 5, first_wait: 1_000, longest_wait: 300_000, forget_after: HOUR, keep_for: HOUR };
/// An account waits for half a minute at most: its owner may be at an address that is not known yet.
const ACCOUNT: TryRule = TryRule { longest_wait: 30_000, ..ADDRESS };
/// An address is known to an account for 90 days after it was last used.
const KNOWN: TryRule = TryRule { keep_for: 90 * 24 * HOUR, ..ACCOUNT };

/// Counts tries to log in.
pub struct Throttle {
    store: Arc<dyn TryStore>,
}

/// A try that was let through and counted. It stays counted unless it is [cleared](Throttle::clear) or
/// [taken back](Throttle::take_back).
#[derive(Debug)]
#[must_use = "a try that is not cleared counts as failed"]
pub struct Attempt {
    counted: Vec<TryCounter>,
    known: Option<TryCounter>,
}

impl Throttle {
    /// Counts in `store`.
    pub fn new(store: Arc<dyn TryStore>) -> Self {
        Self { store }
    }

    /// Counts a try of `from` on `account` as failed, before it is looked at: a burst of simultaneous tries
    /// gets no further than the same tries in a row. [`ServiceError::LoginThrottled`] if it has to wait, which the
    /// refusal does not prolong.
    pub async fn admit(&self, from: &Client, account: Option<&str>) -> Result<Attempt, ServiceError> {
        let network = from.address.map(|address| network_of(address).to_string());
        let account = account.map(str::to_lowercase);
        let by = |kind, rule| move |subject| TryCounter { kind, subject, rule };
        // A name has no space in it, so that no other pair makes the same text.
        let pair =
            account.as_ref().zip(network.as_ref()).map(|(account, network)| format!("{account} {network}"));
        // Through a proxy that does not tell its clients apart, a stranger would be as well known as the owner.
        let known = pair.filter(|_| !from.shared).map(by(TryKind::Known, KNOWN));
        let others: Vec<TryCounter> =
            [network.map(by(TryKind::Address, ADDRESS)), account.map(by(TryKind::Account, ACCOUNT))]
                .into_iter()
                .flatten()
                .collect();
        match self.store.admit(known.as_ref(), &others).await? {
            Admission::Counted(counted) => Ok(Attempt { counted, known }),
            Admission::Wait(millis) => {
                Err(ServiceError::LoginThrottled { retry_after_secs: seconds(millis) })
            }
        }
    }

    /// The try was right: what it was counted under begins anew, and its address is known to its account.
    pub async fn clear(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.store.clear(&attempt.counted, attempt.known.as_ref()).await
    }

    /// The try could not be looked at, for a reason that is not the caller's.
    pub async fn take_back(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.store.take_back(&attempt.counted).await
    }
}

/// Whole seconds that are no shorter.
fn seconds(millis: i64) -> u32 {
    u32::try_from(millis.saturating_add(999) / 1000).unwrap_or(u32::MAX)
}

/// One IPv6 customer holds at least a /64: its addresses count as one.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}
