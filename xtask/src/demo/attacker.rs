//! The attack: a thread that appends log lines as sshd, nginx and postfix write them, from addresses that
//! belong to nobody (RFC 5737, RFC 3849), at an even pace.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bangui_test_support::fail2ban::{Fail2ban, lines};

use super::stack::JAILS;

/// How many addresses attack at the same time.
const AT_ONCE: usize = 5;
/// After how many lines, at least and at most, an address gives up; some never reach a ban.
const TRIES: std::ops::RangeInclusive<u32> = 2..=6;

type Line = fn(IpAddr) -> String;

/// A running attack; dropping it ends it.
pub(crate) struct Attacker {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Attacker {
    /// Attacks the jails of `lab` with so many lines a minute; none when that is zero.
    pub(crate) fn start(lab: &Fail2ban, per_minute: u32) -> Result<Self> {
        let mut targets = Vec::new();
        for (jail, _, _) in JAILS {
            let line: Line = match jail {
                "nginx" => lines::nginx,
                "postfix" => lines::postfix,
                _ => lines::sshd,
            };
            targets.push(Target { log: lab.log_path(jail)?, line });
        }
        let Some(pause) = Duration::from_mins(1).checked_div(per_minute) else {
            return Ok(Self { stop: None, thread: None });
        };
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("attacker".to_owned())
            .spawn(move || attack(&targets, pause, &stopped))
            .context("start the attacker's thread")?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// An error when the attack has ended by itself.
    pub(crate) fn require_running(&mut self) -> Result<()> {
        let Some(thread) = self.thread.take_if(|thread| thread.is_finished()) else { return Ok(()) };
        let why = match thread.join() {
            Ok(Ok(())) => anyhow!("it ended"),
            Ok(Err(error)) => error,
            Err(_) => anyhow!("it panicked"),
        };
        Err(why.context("the attacker stopped by itself"))
    }
}

impl Drop for Attacker {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && let Ok(Err(error)) = thread.join()
        {
            eprintln!("the attacker had failed: {error:#}");
        }
    }
}

/// A log, and how its lines look.
struct Target {
    log: PathBuf,
    line: Line,
}

/// One address with what is left of its patience.
struct Source {
    ip: IpAddr,
    target: usize,
    tries: u32,
}

fn attack(targets: &[Target], pause: Duration, stopped: &mpsc::Receiver<()>) -> Result<()> {
    let mut random = fastrand::Rng::new();
    let mut sources: Vec<Source> = (0..AT_ONCE).map(|_| source(&mut random, targets.len())).collect();
    loop {
        let turn = random.usize(..sources.len());
        if let Some(from) = sources.get_mut(turn) {
            if let Some(target) = targets.get(from.target) {
                append(target, from.ip)?;
            }
            from.tries -= 1;
            if from.tries == 0 {
                *from = source(&mut random, targets.len());
            }
        }
        if stopped.recv_timeout(pause) != Err(mpsc::RecvTimeoutError::Timeout) {
            return Ok(());
        }
    }
}

fn append(target: &Target, ip: IpAddr) -> Result<()> {
    let doing = || format!("append to {}", target.log.display());
    let mut file = OpenOptions::new().append(true).open(&target.log).with_context(doing)?;
    file.write_all(format!("{}\n", (target.line)(ip)).as_bytes()).with_context(doing)
}

/// A new address, a third of them IPv6. Of 203.0.113.0/24 all but the first 63
/// are kept for the measurements and the browser tests, where nobody else may ban them.
fn source(random: &mut fastrand::Rng, targets: usize) -> Source {
    let ip = match random.u8(..3) {
        0 => Ipv6Addr::new(0x2001, 0xdb8, random.u16(..), random.u16(..), 0, 0, 0, random.u16(1..)).into(),
        1 => Ipv4Addr::new(203, 0, 113, random.u8(1..64)).into(),
        _ if random.bool() => Ipv4Addr::new(192, 0, 2, random.u8(1..255)).into(),
        _ => IpAddr::from(Ipv4Addr::new(198, 51, 100, random.u8(1..255))),
    };
    Source { ip, target: random.usize(..targets), tries: random.u32(TRIES) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sources_belong_to_nobody_and_are_of_both_families() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut ranges = BTreeSet::new();
        for _ in 0..500 {
            let from = source(&mut random, 3);
            assert!(from.target < 3 && TRIES.contains(&from.tries));
            ranges.insert(match from.ip {
                IpAddr::V4(ip) => {
                    assert!(ip.is_documentation(), "{ip}");
                    assert!(ip.octets()[0] != 203 || ip.octets()[3] < 64, "{ip} is kept for tests");
                    u16::from(ip.octets()[0])
                }
                IpAddr::V6(ip) => {
                    assert_eq!(ip.segments()[..2], [0x2001, 0xdb8], "{ip}");
                    ip.segments()[0]
                }
            });
        }
        assert_eq!(ranges.len(), 4);
    }
}
