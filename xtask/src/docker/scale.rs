//! `compose.scale.yml`: three replicas on PostgreSQL behind a proxy; live events through it; each replica killed in turn while
//! requests go on.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::bases::Bases;
use super::engine::Engine;
use super::machine::{Machine, Socket};
use super::project::{Project, wait};
use super::{history, report, say};
use crate::api::Api;
use crate::server::{self, USER};

const REPLICAS: usize = 3;
const JAIL: &str = "sshd";
const REQUESTS: usize = 100;
const LIMIT: Duration = Duration::from_mins(1);

/// Runs it.
pub(super) fn run(engine: &Engine, bases: &Bases) -> Result<()> {
    let machine = Machine::boot(engine, bases, Socket::Group)?;
    let mut scale = Project::new(engine, bases, "scale", &["compose.scale.yml"])?;
    machine.tell(&mut scale)?;
    let password = server::random_password()?;
    for (name, content) in [
        ("BANGUI_ADMIN_PASSWORD_FILE", password.clone()),
        ("BANGUI_DATABASE_URL_FILE", format!("postgres://bangui:{password}@postgres/bangui")),
        ("POSTGRES_PASSWORD_FILE", password.clone()),
    ] {
        scale.own_secret(name, &content)?;
    }
    report("up, all of it healthy", scale.up()?);
    let mut api = Api::new(&scale.url());
    api.login(USER, &password)?;
    let (status, ready) = api.get("/api/health/ready")?;
    let workers = ready.get("workers").and_then(Value::as_u64);
    ensure!(status == 200 && workers == Some(3), "GET /api/health/ready through the proxy: {status} {ready}");

    sees(&machine, &api, "203.0.113.30").context("before anything dies")?;
    for replica in 1..=REPLICAS {
        let container = scale.container("bangui", replica);
        let ask = |template: &str| engine.output(["inspect", "--format", template, &container]);
        engine.kill_process(bases.host, &ask("{{.State.Pid}}")?)?;
        for number in 1..=REQUESTS {
            let (status, body) = api.get("/api/jails").with_context(|| format!("request {number}"))?;
            ensure!(
                status == 200,
                "request {number} after the death of replica {replica} gives {status} {body}"
            );
        }
        let healthy =
            || ask("{{.State.Health.Status}} {{.RestartCount}}").is_ok_and(|found| found == "healthy 1");
        let time = wait("the replica that was killed", LIMIT, healthy).with_context(|| scale.log())?;
        report(&format!("replica {replica} killed, {REQUESTS} requests answered; healthy again"), time);
    }
    // One of the three was the leader.
    sees(&machine, &api, "203.0.113.31").context("after each has died once")?;
    say("a new ban arrives on the live stream through the proxy, before and after");
    Ok(())
}

/// A ban arrives as an event on a stream through the proxy, and is in the list.
fn sees(machine: &Machine<'_>, api: &Api, ip: &str) -> Result<()> {
    let events = api.events()?;
    machine.attack(ip)?;
    events.wait_for(LIMIT, |event| event.is("ban", ip)).context("no event of the ban")?;
    ensure!(history::banned(api, JAIL)?.contains(ip), "the list lacks {ip}");
    Ok(())
}
