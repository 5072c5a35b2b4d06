//! `cargo xtask fuzz`: throws bytes at the codec of fail2ban-client for a while. Needs a nightly compiler and
//! cargo-fuzz, which nothing else needs, and so is no part of `cargo xtask test`.

use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::{process, workspace};

/// What to fuzz, and for how long.
#[derive(Args, Debug)]
pub(crate) struct FuzzArgs {
    /// Only this target (can be repeated).
    #[arg(long, value_enum)]
    target: Vec<Target>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 300)]
    seconds: u32,
}

/// A fuzz target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Decoding.
    Decode,
    /// Framing.
    Frame,
    /// Encoding.
    Request,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Frame => "frame",
            Self::Request => "request",
        }
    }
}

/// Runs the targets one after the other; fails at the first input that fails.
pub(crate) fn run(args: &FuzzArgs) -> Result<()> {
    if !process::succeeds(nightly().args(["cargo", "fuzz", "--version"])) {
        bail!(
            "fuzzing needs a nightly compiler and cargo-fuzz: rustup toolchain install nightly && cargo install cargo-fuzz"
        );
    }
    let targets = if args.target.is_empty() { Target::value_variants() } else { &args.target };
    for target in targets {
        let name = target.name();
        println!("\n==> {name}, {} s", args.seconds);
        let corpus = format!("fuzz/corpus/{name}");
        std::fs::create_dir_all(folder().join(&corpus)).context("make the folder of the corpus")?;
        let mut command = nightly();
        command.current_dir(folder()).args(["cargo", "fuzz", "run", name, &corpus]);
        let seeds = format!("fuzz/fixtures/{name}");
        if folder().join(&seeds).is_dir() {
            command.arg(seeds);
        }
        command.args(["--", "-print_final_stats=1"]).arg(format!("-max_total_time={}", args.seconds));
        process::run(&mut command).with_context(|| format!("the fuzz target {name}"))?;
    }
    Ok(())
}

fn folder() -> std::path::PathBuf {
    workspace::root().join("crates/fail2ban-client")
}

/// The toolchain of this workspace is a stable one.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]);
    command
}
