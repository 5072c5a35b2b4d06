//! `cargo xtask demo`: a private real fail2ban under attack, BanGUI in front of it, and an address, a
//! user and a password to look at it with.

mod attacker;
pub(crate) mod smoke;
pub(crate) mod stack;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use crate::needs::{self, Need};
use crate::{stop, web, workspace};
use attacker::Attacker;
use stack::{Options, Stack};
use workspace::Profile;

const LOOK: Duration = Duration::from_millis(500);

/// How to run the demo.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Prove through the API that it works, print the timings and end.
    #[arg(long)]
    smoke: bool,
    /// Port of the web pages on loopback; without it 8686, or a free one if that is taken.
    #[arg(long)]
    port: Option<u16>,
    /// How many lines of attack are logged in a minute; three from one address make a ban.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(0..=6000))]
    attack_per_minute: u32,
    /// Build the server as it is shipped. The default is a build without optimisation: it takes a third of
    /// the time on a fresh machine, shares what `cargo test` has built, and a demo does not feel the difference.
    #[arg(long)]
    release: bool,
}

/// Runs the demo until a signal or a failure ends it.
pub(crate) fn run(args: &DemoArgs) -> Result<()> {
    let profile = if args.release { Profile::Release } else { Profile::Dev };
    let options = Options { profile, port: args.port, settings: Vec::new() };
    if args.smoke {
        return smoke::run(&options, args.attack_per_minute);
    }
    let (mut stack, mut attacker) = start(&options, args.attack_per_minute)?;
    println!("\n  BanGUI    {}", stack.url());
    println!("  user      {}", stack::USER);
    println!("  password  {}", stack.password());
    println!("  fail2ban  {}", stack.client_line());
    println!("\nAddresses from the documentation ranges attack three jails. Ctrl-C ends it all.\n");
    while !stop::wait(LOOK) {
        stack.require_running()?;
        attacker.require_running()?;
    }
    drop(attacker);
    drop(stack);
    println!("\nThe demo has ended; nothing is left of it.");
    Ok(())
}

/// Everything that the demo, the smoke test and the browser tests run on.
pub(crate) fn start(options: &Options, attack_per_minute: u32) -> Result<(Stack, Attacker)> {
    needs::require(&[Need::Fail2ban, Need::Node])?;
    web::build(false)?;
    let stack = Stack::start(options)?;
    let attacker = Attacker::start(stack.lab(), attack_per_minute).context("start the attacker")?;
    Ok((stack, attacker))
}
