//! `cargo xtask test docker`: the image and the Compose files, built and run for real, one scenario after the other. What
//! needs no engine runs everywhere.

mod bases;
mod debian;
mod debug;
mod demo;
mod engine;
mod history;
mod image;
mod lint;
mod machine;
mod package;
mod prod;
mod project;
mod scale;
mod shell;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::counts::Counts;
use crate::stop;
use bases::Bases;
use engine::Engine;

/// One scenario: its name, what it proves, how, and whether that takes the images that [`image::build`] makes.
struct Scenario {
    name: &'static str,
    proves: &'static str,
    run: fn(&Engine, &Bases) -> Result<()>,
    images: bool,
}

impl Scenario {
    const fn new(name: &'static str, proves: &'static str, run: fn(&Engine, &Bases) -> Result<()>) -> Self {
        Self { name, proves, run, images: true }
    }

    const fn without_images(self) -> Self {
        Self { images: false, ..self }
    }
}

/// In the order in which they run.
const SCENARIOS: [Scenario; 7] = [
    Scenario::new("image", "small, without a shell or root, TLS built in", image::run),
    Scenario::new("demo", "a real ban, undone on the page; outages; a kill", demo::run),
    Scenario::new("prod", "beside a machine with systemd, as user and as root", prod::run),
    Scenario::new("stale", "a mount that goes stale, and the drop-in against it", prod::stale),
    Scenario::new("scale", "three replicas behind a proxy, each killed in turn", scale::run),
    Scenario::new(
        "package",
        "the Debian package on a machine with systemd, upgraded and purged",
        package::run,
    ),
    Scenario::new("debug", "compiled from the sources, pages by vite", debug::run).without_images(),
];

/// Runs all of it, or what needs no engine and the scenarios that `only` names. Goes on after one that failed, since each
/// tells something of its own.
pub(crate) fn run(only: &[String], counts: &mut Counts) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| SCENARIOS.iter().all(|scenario| scenario.name != **name)) {
        let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        bail!("there is no scenario {unknown}: they are {}", names.join(", "));
    }
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
    let mut failed = Vec::new();
    let mut built = false;
    for Scenario { name, proves, run, images } in SCENARIOS {
        if !only.is_empty() && !only.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("{name}: {proves}");
        let start = Instant::now();
        let ran = if images && !built { image::build(&engine, &bases) } else { Ok(()) };
        built |= images && ran.is_ok();
        let ran = ran.and_then(|()| run(&engine, &bases));
        stop::check()?;
        match ran {
            Ok(()) => {
                counts.passed += 1;
                report("passed", start.elapsed());
            }
            Err(error) => {
                counts.failed += 1;
                println!("  FAILED: {error:#}");
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("these scenarios failed: {}", failed.join(", "));
    }
    Ok(())
}

fn report(what: &str, time: Duration) {
    println!("  {what:<56} {:>8.1} s", time.as_secs_f64());
}

fn say(what: &str) {
    println!("  {what}");
}
