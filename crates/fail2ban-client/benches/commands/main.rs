//! Whole commands against a real fail2ban: this crate, a bare socket that sends the same bytes, and the program
//! `fail2ban-client`. Each round asks all of them in turn, so that they meet the same machine. Prints Markdown, and
//! judges nothing.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for the terminal, which ends where it fails"
)]

mod bare;
mod samples;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::{Address, Client, JailName, blocking, command};

use bare::Bare;
use samples::Samples;

const ROUND_TRIPS: usize = 4_000;
const CALLS: usize = 40;
const RUNS: usize = 5;
const JAILS: usize = 30;

fn main() {
    round_trip();
    thirty_jails();
    lists();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn timed(samples: &mut Samples, call: impl FnOnce()) {
    let start = Instant::now();
    call();
    samples.push(start.elapsed());
}

/// A ping, of which the server's share is small.
fn round_trip() {
    let lab = Fail2ban::builder().start().unwrap();
    let request = command::ping().seal(1 << 20).unwrap();
    let mut bare = Bare::connect(&lab.socket());
    let waiting = blocking::Client::new(lab.socket()).unwrap();
    let runtime = runtime();
    let client = Client::new(lab.socket());
    let [mut socket, mut ours, mut blocked] = [const { Samples::new() }; 3];
    runtime.block_on(async {
        for round in 0..ROUND_TRIPS {
            // Whoever comes first finds the server colder.
            for turn in 0..2 {
                if (round + turn) % 2 == 0 {
                    timed(&mut socket, || bare.ask(&request));
                } else {
                    let start = Instant::now();
                    client.ping().await.unwrap();
                    ours.push(start.elapsed());
                }
            }
        }
    });
    for _ in 0..ROUND_TRIPS {
        timed(&mut blocked, || waiting.ping().unwrap());
    }
    println!("### A round trip: `ping`, {ROUND_TRIPS} times, medians\n");
    println!("| | median | to a bare socket |\n|---|---|---|");
    let bare_median = socket.median();
    for (name, samples) in [("bare socket", &socket), ("`Client`", &ours), ("`blocking::Client`", &blocked)] {
        println!("| {name} | {} | {:.2} |", micros(samples.median()), ratio(samples.median(), bare_median));
    }
}

/// The status of many jails, as a script asks for it with `fail2ban-client`: jail by jail.
fn thirty_jails() {
    let names: Vec<String> = (0..JAILS).map(|number| format!("jail{number}")).collect();
    let mut builder = Fail2ban::builder();
    for name in &names {
        builder = builder.jail(JailSpec::new(name.clone(), Filter::Sshd));
    }
    let lab = builder.start().unwrap();
    let jails: Vec<JailName> = names.iter().map(|name| JailName::new(name).unwrap()).collect();
    let commands: Vec<_> = jails.iter().map(command::status).collect();
    let (runtime, client) = (runtime(), Client::new(lab.socket()));
    let [mut one_by_one, mut at_once, mut program] = [const { Samples::new() }; 3];
    for _ in 0..CALLS {
        timed(&mut one_by_one, || {
            runtime.block_on(async {
                for jail in &jails {
                    client.status(jail).await.unwrap();
                }
            });
        });
        timed(&mut at_once, || {
            let replies = runtime.block_on(client.run_all(&commands)).unwrap();
            assert!(replies.iter().all(Result::is_ok));
        });
    }
    for _ in 0..RUNS {
        timed(&mut program, || {
            for name in &names {
                run(&lab, &["status", name]);
            }
        });
    }
    println!("\n### `status` of {JAILS} jails\n");
    println!("| | median | `fail2ban-client` to it |\n|---|---|---|");
    println!("| `fail2ban-client`, {JAILS} runs | {} | |", millis(program.median()));
    for (name, samples) in [("`Client`, one by one", &one_by_one), ("`Client`, in one go", &at_once)] {
        let times = ratio(program.median(), samples.median());
        println!("| {name} | {} | {times:.0} |", millis(samples.median()));
    }
}

/// Lists of bans, of which the server's share is most.
fn lists() {
    let lab = Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd).bantime(86_400)).start().unwrap();
    let jail = JailName::new("sshd").unwrap();
    let (runtime, client) = (runtime(), Client::new(lab.socket()));
    println!("\n### Lists of bans, medians\n");
    println!("| command | bans | `Client` | `fail2ban-client` | times |\n|---|---|---|---|---|");
    let mut from = 0_u32;
    for bans in [0, 1_000, 10_000] {
        let more: Vec<Address> =
            (from..bans).map(|number| std::net::Ipv4Addr::from_bits(0xC612_0000 + number).into()).collect();
        for part in more.chunks(500) {
            runtime.block_on(client.run(&command::ban(&jail, part))).unwrap();
        }
        from = bans;
        let wanted = usize::try_from(bans).unwrap();
        row("status sshd", bans, &lab, || {
            let status = runtime.block_on(client.status(&jail)).unwrap();
            assert_eq!(status.banned.unwrap_or_default().len(), wanted);
        });
        row("get sshd banip --with-time", bans, &lab, || {
            assert_eq!(runtime.block_on(client.banned_with_times(&jail)).unwrap().len(), wanted);
        });
    }
}

fn row(command: &str, bans: u32, lab: &Fail2ban, call: impl Fn()) {
    let words: Vec<&str> = command.split(' ').collect();
    let [mut ours, mut theirs] = [const { Samples::new() }; 2];
    call();
    for round in 0..CALLS {
        timed(&mut ours, &call);
        if round % 4 == 0 {
            timed(&mut theirs, || run(lab, &words));
        }
    }
    let (ours, theirs) = (ours.median(), theirs.median());
    println!("| `{command}` | {bans} | {} | {} | {:.1} |", millis(ours), millis(theirs), ratio(theirs, ours));
}

/// The program, its output thrown away.
fn run(lab: &Fail2ban, words: &[&str]) {
    let mut command = Command::new("fail2ban-client");
    command.arg("-s").arg(lab.socket()).args(words).stdin(Stdio::null()).stdout(Stdio::null());
    assert!(command.status().unwrap().success());
}

fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}

fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}

fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
