//! An attack that goes on while things break: each address once, and every one of them has to be found in the history.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};

/// A fail2ban whose bans outlast every test.
pub(crate) fn patient() -> Fail2ban {
    Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(86_400))
        .start()
        .expect("fail2ban starts")
}

/// The attack.
pub(crate) struct Storm {
    fail2ban: Arc<Fail2ban>,
    stop: Arc<AtomicBool>,
    attacker: JoinHandle<u16>,
}

impl Storm {
    /// Begins, with a new address each `pause`.
    pub(crate) fn begin(fail2ban: &Arc<Fail2ban>, pause: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (over, target) = (Arc::clone(&stop), Arc::clone(fail2ban));
        let attacker = std::thread::spawn(move || {
            let mut count = 0;
            while !over.load(Ordering::SeqCst) {
                for _ in 0..3 {
                    target.append("sshd", &lines::sshd(address(count))).expect("a line");
                }
                count += 1;
                std::thread::sleep(pause);
            }
            count
        });
        Self { fail2ban: Arc::clone(fail2ban), stop, attacker }
    }

    /// Ends, and waits until fail2ban has banned them all; answers the addresses.
    pub(crate) fn end(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        let count = self.attacker.join().expect("the attacker ends");
        assert!(count > 0);
        self.fail2ban.wait_for_ban("sshd", address(count - 1)).expect("the last ban");
        (0..count).map(|number| address(number).to_string()).collect()
    }
}

/// The address number `number` of those that attack: from the network for benchmarks, which the machine has not.
fn address(number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(198, 18, high, low).into()
}
