//! The throttle's rules, under a clock that the test sets: waits, what counts together, and who cannot be locked out.

use std::sync::Arc;

use bangui_domain::ServiceError;
use bangui_session_cache::{Attempt, Client, Throttle};

use crate::memory::Memory;

const HERE: Option<&str> = Some("192.0.2.1");
const ADMIN: Option<&str> = Some("admin");
const HOUR: i64 = 3600;

fn throttle() -> (Arc<Memory>, Throttle) {
    let memory = Arc::new(Memory::new());
    (memory.clone(), Throttle::new(memory))
}

async fn admit(throttle: &Throttle, address: Option<&str>, account: Option<&str>) -> Result<Attempt, i64> {
    admit_from(throttle, &client(address), account).await
}

fn client(address: Option<&str>) -> Client {
    Client { address: address.map(|text| text.parse().unwrap()), ..Client::default() }
}

async fn admit_from(throttle: &Throttle, from: &Client, account: Option<&str>) -> Result<Attempt, i64> {
    throttle.admit(from, account).await.map_err(|error| match error {
        ServiceError::LoginThrottled { retry_after_secs } => i64::from(retry_after_secs),
        other => unreachable!("{other}"),
    })
}

/// The seconds to wait; 0 if the try was looked at, and failed.
async fn fail(throttle: &Throttle, address: Option<&str>, account: Option<&str>) -> i64 {
    admit(throttle, address, account).await.map_or_else(|wait| wait, |_| 0)
}

async fn succeed(throttle: &Throttle, address: Option<&str>, account: Option<&str>) {
    let attempt = admit(throttle, address, account).await.unwrap();
    throttle.clear(attempt).await.unwrap();
}

#[tokio::test]
async fn waits_double_up_to_the_cap_of_an_account() {
    let (memory, throttle) = throttle();
    let mut waits = Vec::new();
    for _ in 0..12 {
        let wait = fail(&throttle, None, ADMIN).await;
        if wait > 0 {
            waits.push(wait);
            memory.pass(wait);
            assert_eq!(fail(&throttle, None, ADMIN).await, 0, "after the wait a try is looked at");
        }
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
}

#[tokio::test]
async fn an_address_waits_longer_and_refusals_do_not_prolong_it() {
    let (memory, throttle) = throttle();
    for _ in 0..25 {
        memory.pass(fail(&throttle, HERE, None).await);
    }
    while fail(&throttle, HERE, None).await == 0 {}
    for _ in 0..3 {
        assert_eq!(fail(&throttle, HERE, None).await, 300);
    }
    assert_eq!(fail(&throttle, Some("192.0.2.2"), None).await, 0, "another address is another matter");
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_count_together_and_mapped_ones_as_ipv4() {
    let (_, throttle) = throttle();
    for host in 1..=5 {
        assert_eq!(fail(&throttle, Some(&format!("2001:db8:0:1::{host}")), None).await, 0);
    }
    assert_eq!(fail(&throttle, Some("2001:db8:0:1:ffff::9"), None).await, 1);
    assert_eq!(fail(&throttle, Some("2001:db8:0:2::1"), None).await, 0);
    for _ in 0..5 {
        fail(&throttle, Some("::ffff:192.0.2.9"), None).await;
    }
    assert_eq!(fail(&throttle, Some("192.0.2.9"), None).await, 1);
}

#[tokio::test]
async fn names_count_together_whatever_their_case() {
    let (_, throttle) = throttle();
    for name in ["admin", "Admin", "ADMIN", "aDmin", "admiN"] {
        assert_eq!(fail(&throttle, None, Some(name)).await, 0);
    }
    assert_eq!(fail(&throttle, None, ADMIN).await, 1);
}

#[tokio::test]
async fn a_success_begins_anew() {
    let (_, throttle) = throttle();
    for _ in 0..4 {
        fail(&throttle, HERE, ADMIN).await;
    }
    succeed(&throttle, HERE, ADMIN).await;
    for account in [ADMIN, Some("other")] {
        for _ in 0..5 {
            assert_eq!(fail(&throttle, HERE, account).await, 0);
        }
    }
}

#[tokio::test]
async fn a_try_that_is_taken_back_does_not_count() {
    let (memory, throttle) = throttle();
    for _ in 0..50 {
        let attempt = admit(&throttle, HERE, ADMIN).await.unwrap();
        throttle.take_back(attempt).await.unwrap();
    }
    assert_eq!(memory.counters(), 0);
}

#[tokio::test]
async fn a_throttled_account_does_not_use_up_the_tries_of_an_address() {
    let (_, throttle) = throttle();
    for _ in 0..5 {
        fail(&throttle, None, ADMIN).await;
    }
    for _ in 0..50 {
        assert_eq!(fail(&throttle, HERE, ADMIN).await, 1);
    }
    assert_eq!(fail(&throttle, HERE, Some("other")).await, 0);
}

#[tokio::test]
async fn old_tries_are_forgotten() {
    let (memory, throttle) = throttle();
    for _ in 0..2 {
        for _ in 0..5 {
            assert_eq!(fail(&throttle, None, ADMIN).await, 0);
        }
        assert_eq!(fail(&throttle, None, ADMIN).await, 1);
        memory.pass(HOUR);
    }
}

#[tokio::test]
async fn strangers_do_not_lock_an_account_out_of_an_address_that_it_knows() {
    let (memory, throttle) = throttle();
    succeed(&throttle, HERE, ADMIN).await;
    let mut refused = 0;
    for host in 0..200 {
        let stranger = format!("198.51.100.{host}");
        refused += i64::from(fail(&throttle, Some(&stranger), ADMIN).await > 0);
    }
    assert_eq!(refused, 195);
    assert_eq!(fail(&throttle, Some("203.0.113.9"), ADMIN).await, 1, "the account waits elsewhere");
    succeed(&throttle, HERE, ADMIN).await;
    assert_eq!(
        fail(&throttle, Some("203.0.113.9"), ADMIN).await,
        1,
        "and its success gives strangers no tries"
    );

    // Nor do those who share its address and guess at other names.
    memory.pass(HOUR);
    while fail(&throttle, HERE, Some("nobody")).await == 0 {}
    succeed(&throttle, HERE, Some("Admin")).await;
}

#[tokio::test]
async fn an_account_is_slowed_down_at_an_address_that_it_knows_too() {
    let (memory, throttle) = throttle();
    succeed(&throttle, Some("2001:db8::1"), ADMIN).await;
    for _ in 0..5 {
        assert_eq!(fail(&throttle, Some("2001:db8::2"), ADMIN).await, 0);
    }
    assert_eq!(fail(&throttle, Some("2001:db8::3"), ADMIN).await, 1, "its network is one");
    for _ in 0..20 {
        memory.pass(fail(&throttle, Some("2001:db8::1"), ADMIN).await);
    }
    fail(&throttle, Some("2001:db8::1"), ADMIN).await;
    assert_eq!(fail(&throttle, Some("2001:db8::1"), ADMIN).await, 30);
    assert_eq!(fail(&throttle, Some("2001:db8::1"), Some("other")).await, 0, "and alone");
}

#[tokio::test]
async fn an_address_is_known_for_ninety_days() {
    for (days, waits) in [(89, 0), (91, 1)] {
        let (memory, throttle) = throttle();
        succeed(&throttle, HERE, ADMIN).await;
        memory.pass(days * 24 * HOUR);
        for _ in 0..5 {
            fail(&throttle, None, ADMIN).await;
        }
        assert_eq!(fail(&throttle, HERE, ADMIN).await, waits, "{days} days");
    }
}

#[tokio::test]
async fn a_failure_makes_no_address_known() {
    let (_, throttle) = throttle();
    for _ in 0..5 {
        fail(&throttle, HERE, ADMIN).await;
    }
    assert_eq!(fail(&throttle, HERE, ADMIN).await, 1);
}

/// Behind a proxy that tells no clients apart, strangers have the address from which the owner has logged in.
#[tokio::test]
async fn no_account_is_known_at_the_address_of_a_proxy() {
    let (memory, throttle) = throttle();
    let proxy = Client { shared: true, ..client(HERE) };
    let owner = admit_from(&throttle, &proxy, ADMIN).await.unwrap();
    throttle.clear(owner).await.unwrap();
    let mut waited = 0;
    for _ in 0..12 {
        if let Err(wait) = admit_from(&throttle, &proxy, ADMIN).await {
            memory.pass(wait);
            waited += wait;
        }
    }
    assert!(waited > 0, "guesses through the proxy are counted");
    // The count is the account's and the address's, which is what every other client of the proxy meets, too.
    while admit_from(&throttle, &proxy, ADMIN).await.is_ok() {}
    assert!(
        admit(&throttle, Some("198.51.100.9"), ADMIN).await.is_err(),
        "no counter of the proxy's own was used"
    );
}
