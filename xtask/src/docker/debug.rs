//! `compose.debug.yml` on top of the demo: a server that is compiled from the mounted sources, and pages that vite serves.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::bases::Bases;
use super::engine::Engine;
use super::project::{Project, wait};
use super::{report, say};
use crate::api::Api;
use crate::postgres::fixed_port;
use crate::server::USER;
use crate::workspace;

const LIMIT: Duration = Duration::from_mins(1);

/// Runs it.
pub(super) fn run(engine: &Engine, bases: &Bases) -> Result<()> {
    let mut debug = Project::new(engine, bases, "debug", &["docker-compose.yml", "compose.debug.yml"])?;
    let port = fixed_port()?;
    debug.set("BANGUI_VITE_PORT", port.to_string());
    debug.build(bases)?;
    if engine.bridgeless() {
        fetch(&debug)?;
    }
    report("compiled from the sources, up, healthy", debug.up()?);
    let mut vite = Api::new(&format!("http://127.0.0.1:{port}"));
    let (status, health) = vite.get("/api/health")?;
    ensure!(
        status == 200 && health.get("status").and_then(Value::as_str) == Some("ok"),
        "/api/health through vite: {status} {health}"
    );
    let password = std::fs::read_to_string(workspace::root().join("Docker/demo/admin-password"))
        .context("read the demo's password")?;
    vite.login(USER, password.trim_end()).context("sign in through vite")?;
    let (status, module) = vite.get("/src/main.tsx")?;
    let text = module.as_str().unwrap_or_default();
    ensure!(status == 200 && text.contains("import"), "vite serves /src/main.tsx as {status} {text}");
    say("vite serves the sources, and passes /api on");
    let log = debug.output(["logs", "--no-color", "bangui"])?;
    ensure!(log.contains("DEBUG"), "the log holds nothing of the level debug:\n{log}");
    let level = debug.output(["exec", "--no-TTY", "fail2ban", "fail2ban-client", "get", "loglevel"])?;
    ensure!(level.contains("DEBUG"), "fail2ban logs {level}");
    debug.run(["restart", "bangui"])?;
    // Nothing has changed, so that cargo compiles nothing.
    let time = wait("BanGUI to be healthy after a restart", LIMIT, || {
        debug.inspect("bangui", "{{.State.Health.Status}}").is_ok_and(|health| health == "healthy")
    });
    report("restarted without a change", time.with_context(|| debug.log())?);
    Ok(())
}

/// Downloads the crates into the project's volume with the host's network: on an engine that leaves the host alone, a container
/// reaches no other machine.
fn fetch(debug: &Project<'_>) -> Result<()> {
    debug.run(["create", "--no-build", "bangui"])?;
    let sources = format!("{}:/src:ro", workspace::root().display());
    let cargo = format!("{}:/usr/local/cargo/registry", debug.named("debug-cargo"));
    let fixed = ["run", "--rm", "--network=host", "--workdir=/", "--volume", &sources, "--volume", &cargo];
    let fetch = ["bangui-debug-server:local", "cargo", "fetch", "--quiet", "--locked"];
    let args = fixed.into_iter().chain(fetch).chain(["--manifest-path", "/src/Cargo.toml"]);
    debug.engine().quiet(args).context("download the crates")
}
