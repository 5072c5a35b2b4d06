//! `cargo xtask test docker`: the image and the Compose files, built and run for real, one scenario after the other. What
//! needs no engine runs everywhere. Knows nothing of packages for Debian.

mod bases;
mod debian;
mod debug;
mod demo;
mod engine;
mod history;
mod image;

mod lint;
mod machine;
mod prod;
mod project;
mod scale;
mod shell;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::counts::Counts;
use bases::Bases;
use engine::Engine;

/// One scenario: what it proves, and how.
type Scenario = (&'static str, fn(&Engine, &Bases) -> Result<()>);

/// In the order in which they run: the first builds the image for the others.
const SCENARIOS: [Scenario; 6] = [
    ("image: small, without a shell or root, TLS built in", image::run),
    ("docker-compose.yml: a real ban, undone from the page; outages; a kill", demo::run),
    ("compose.prod.yml: beside a machine with systemd, as user and as root", prod::run),
    ("compose.prod.yml: a mount that goes stale, and the drop-in that prevents it", prod::stale),
    ("compose.scale.yml: three replicas, and one that dies", scale::run),
    ("compose.debug.yml: built from the sources, pages by vite", debug::run),
];

/// Runs all of it. Scenarios go on after one that failed, since each tells something of its own.
pub(crate) fn run(counts: &mut Counts) -> Result<()> {
    lint::run(counts)?;
    let engine = match Engine::find_or_start()? {
        Ok(engine) => engine,
        Err(why) => {
            println!(
                "LEFT OUT: no image was built and no container run, because {why}. Run `cargo xtask test docker` on a \
                 machine with Docker, or as root on a Debian machine."
            );
            return Ok(());
        }
    };
    let bases = bases::provide(&engine).context("base images")?;
    let mut failed = None;
    for (name, scenario) in SCENARIOS {
        println!("{name}");
        let start = Instant::now();
        let ran = scenario(&engine, &bases);
        crate::stop::check()?;
        match ran {
            Ok(()) => {
                counts.passed += 1;
                report("passed", start.elapsed());
            }
            Err(error) => {
                counts.failed += 1;
                println!("  FAILED: {error:#}");
                failed.get_or_insert(error.context(name));
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

fn report(what: &str, time: Duration) {
    println!("  {what:<56} {:>8.1} s", time.as_secs_f64());
}

fn say(what: &str) {
    println!("  {what}");
}
