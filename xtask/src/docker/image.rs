//! The image by itself: what it says of itself, what it does not hold, whom it runs as, and that both ways to PostgreSQL
//! (libpq's and sqlx's) speak TLS.

mod tls;

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::bases::Bases;
use super::engine::Engine;
use super::project::{IMAGE, Project};
use super::{report, say};

/// What `docker inspect` must say.
const SAYS: [(&str, &str); 8] = [
    ("/Config/User", "10001:10001"),
    ("/Config/StopSignal", "SIGTERM"),
    ("/Config/Entrypoint/0", "/usr/bin/bangui"),
    ("/Config/Healthcheck/Test/0", "CMD"),
    ("/Config/Healthcheck/Test/2", "healthcheck"),
    ("/Config/Labels/org.opencontainers.image.title", "BanGUI"),
    ("/Config/Labels/org.opencontainers.image.licenses", "MIT OR Apache-2.0"),
    ("/Config/Labels/org.opencontainers.image.version", env!("CARGO_PKG_VERSION")),
];
/// With a shell, a C library and a package manager it would be several times as large.
const MOST_MEGABYTES: u64 = 64;

/// Builds it, together with the demo's other images: what most scenarios run.
pub(super) fn build(engine: &Engine, bases: &Bases) -> Result<()> {
    let demo = Project::new(engine, bases, "image", &["docker-compose.yml"])?;
    let start = Instant::now();
    demo.build(bases)?;
    report("built, with what the caches had", start.elapsed());
    Ok(())
}

/// Looks at it.
pub(super) fn run(engine: &Engine, bases: &Bases) -> Result<()> {
    let text = engine.output(["image", "inspect", IMAGE])?;
    let inspected: Value = serde_json::from_str(&text).context("docker inspect wrote no JSON")?;
    let inspected = inspected.get(0).context("docker inspect named no image")?;
    for (pointer, wanted) in SAYS {
        let found = inspected.pointer(pointer).and_then(Value::as_str);
        ensure!(found == Some(wanted), "{pointer} is {found:?}, not {wanted:?}");
    }
    for pointer in ["/Config/ExposedPorts/8686~1tcp", "/Config/Volumes/~1data"] {
        ensure!(inspected.pointer(pointer).is_some(), "the image has no {pointer}");
    }
    let bytes = inspected.get("Size").and_then(Value::as_u64).context("the image has no size")?;
    let megabytes = bytes / 1_000_000;
    say(&format!("size: {megabytes} MB"));
    ensure!(megabytes <= MOST_MEGABYTES, "the image has {megabytes} MB, more than {MOST_MEGABYTES}");

    let version = engine.output(["run", "--rm", IMAGE, "--version"])?;
    ensure!(version.ends_with(env!("CARGO_PKG_VERSION")), "it calls itself {version}");
    let shell = engine.command(["run", "--rm", "--entrypoint", "/bin/sh", IMAGE, "-c", "true"]).output();
    if shell.context("start docker")?.status.success() {
        bail!("there is a shell in the image");
    }
    let zone = "BANGUI_FAIL2BAN__TIMEZONE=Europe/Berlin";
    engine.quiet(["run", "--rm", "--env", zone, IMAGE, "check-config"]).context("there are no time zones")?;
    users(engine)?;
    tls::run(engine, bases)
}

/// It runs as its own user, as root without capabilities, and as anybody else, all with a file system that is read-only.
fn users(engine: &Engine) -> Result<()> {
    for user in ["10001:10001", "0:0", "12345:12345"] {
        let fixed = ["run", "--rm", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true"];
        let args = fixed.into_iter().chain(["--network=none", "--user", user, IMAGE, "migrate"]);
        let output = engine.command(args).output().context("start docker")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "as {user} it cannot make its database: {said}");
    }
    say("makes its database as 10001, as root without capabilities, and as anybody");
    Ok(())
}
