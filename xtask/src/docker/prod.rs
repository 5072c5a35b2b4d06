//! `compose.prod.yml` beside a machine with real systemd: by both ways to the socket, over stops and restarts of the unit, over
//! a kill; and what a unit without the drop-in does to the mount.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use super::bases::Bases;
use super::engine::Engine;
use super::machine::{Machine, Socket};
use super::project::{Project, wait};
use super::{history, report, say};
use crate::api::Api;
use crate::server::USER;

const PASSWORD: &str = "a long password for this test";
const JAIL: &str = "sshd";
const RESTARTS: usize = 10;
const MINUTE: Duration = Duration::from_mins(1);

/// Both ways, one after the other.
pub(super) fn run(engine: &Engine, bases: &Bases) -> Result<()> {
    let machine = Machine::boot(engine, bases, Socket::Root)?;
    beside(engine, bases, &machine, Some("0:0")).context("as root without capabilities")?;
    let mode = machine.run(&["stat", "--format=%a %U:%G", "/run/fail2ban/fail2ban.sock"])?;
    ensure!(mode == "700 root:root", "root's way was tried on a socket that is {mode}");
    machine.set_socket(Socket::Group)?;
    let mode = machine.run(&["stat", "--format=%a %U:%G", "/run/fail2ban/fail2ban.sock"])?;
    ensure!(mode == "660 root:bangui", "the drop-in makes the socket {mode}");
    beside(engine, bases, &machine, None).context("as its own user, in the socket's group")
}

fn beside(engine: &Engine, bases: &Bases, machine: &Machine<'_>, user: Option<&str>) -> Result<()> {
    say(user.map_or("as user 10001, in the group of the socket", |_| "as root without capabilities"));
    machine.attack("203.0.113.10")?;
    let banned = || machine.run(&["fail2ban-client", "get", JAIL, "banip"]).unwrap_or_default();
    wait("a ban of before BanGUI", MINUTE, || banned().contains("203.0.113.10"))?;

    let mut prod = Project::new(engine, bases, "prod", &["compose.prod.yml"])?;
    machine.tell(&mut prod)?;
    if let Some(user) = user {
        prod.set("BANGUI_USER", user);
        prod.own_secret("BANGUI_ADMIN_PASSWORD_FILE", PASSWORD)?;
    }
    report("up, healthy", prod.up()?);
    let mut api = Api::new(&prod.url());
    api.login(USER, PASSWORD)?;
    let lists = |ip: &str| history::banned(&api, JAIL).is_ok_and(|all| all.contains(ip));
    wait("the ban of before", MINUTE, || lists("203.0.113.10"))?;
    machine.attack("203.0.113.11")?;
    wait("a ban by a log line", MINUTE, || lists("203.0.113.11"))?;
    let (status, body) = api.post("/api/bans", &json!({"ip": "203.0.113.12", "jail": JAIL}))?;
    ensure!(status == 201, "a ban by hand answers {status} {body}");
    ensure!(banned().contains("203.0.113.12"), "fail2ban has no ban by hand: {}", banned());
    let log = prod.log();
    ensure!(!log.contains("fail2ban's database cannot be"), "fail2ban's database cannot be read:\n{log}");

    for _ in 0..RESTARTS {
        machine.systemctl("restart")?;
        let time = wait("the jail of the restarted fail2ban", MINUTE, || {
            api.get("/api/health").is_ok_and(|(status, _)| status == 200)
                && api.get("/api/jails").is_ok_and(|(_, body)| body.to_string().contains(JAIL))
        });
        time.with_context(|| prod.log())?;
    }
    say(&format!("the unit restarted {RESTARTS} times, BanGUI online after each"));
    machine.systemctl("stop")?;
    report("the unit stopped, unhealthy", prod.wait_for_health("bangui", "unhealthy", MINUTE)?);
    machine.systemctl("start")?;
    report("the unit started, healthy", prod.wait_for_health("bangui", "healthy", MINUTE)?);

    let before = history::events(&api)?;
    engine.kill_process(bases.host, &prod.inspect("bangui", "{{.State.Pid}}")?)?;
    wait("the restart", MINUTE, || {
        prod.inspect("bangui", "{{.RestartCount}}").is_ok_and(|count| count == "1")
    })?;
    report("killed (SIGKILL), healthy again", prod.wait_for_health("bangui", "healthy", MINUTE)?);
    let lost = before.difference(&history::events(&api)?).count();
    ensure!(lost == 0 && !before.is_empty(), "{lost} events of {} were lost", before.len());
    for ip in ["203.0.113.10", "203.0.113.11", "203.0.113.12"] {
        wait(&format!("the ban of {ip} after all that"), MINUTE, || lists(ip))?;
        machine.run(&["fail2ban-client", "set", JAIL, "unbanip", ip])?;
    }
    Ok(())
}

/// A unit as Debian ships it takes the mount away; the drop-in keeps it.
pub(super) fn stale(engine: &Engine, bases: &Bases) -> Result<()> {
    let machine = Machine::boot(engine, bases, Socket::AsShipped)?;
    let mut prod = Project::new(engine, bases, "stale", &["compose.prod.yml"])?;
    machine.tell(&mut prod)?;
    prod.set("BANGUI_USER", "0:0");
    prod.own_secret("BANGUI_ADMIN_PASSWORD_FILE", PASSWORD)?;
    prod.up()?;
    machine.systemctl("restart")?;
    report(
        "without the drop-in a restart makes it unhealthy",
        prod.wait_for_health("bangui", "unhealthy", MINUTE)?,
    );
    if crate::stop::wait(Duration::from_secs(5)) {
        bail!("stopped by a signal");
    }
    let health = prod.inspect("bangui", "{{.State.Health.Status}}")?;
    ensure!(health == "unhealthy", "fail2ban runs in a new directory, and BanGUI is {health}");
    says_stale(&prod)?;
    prod.run(["restart", "bangui"])?;
    report(
        "a restart of the container mounts the new one",
        prod.wait_for_health("bangui", "healthy", MINUTE)?,
    );

    machine.set_socket(Socket::Root)?;
    prod.run(["restart", "bangui"])?;
    prod.wait_for_health("bangui", "healthy", MINUTE)?;
    let mut api = Api::new(&prod.url());
    api.login(USER, PASSWORD)?;
    for verb in ["restart", "restart", "stop", "start"] {
        machine.systemctl(verb)?;
    }
    let online = || api.get("/api/health").is_ok_and(|(status, _)| status == 200);
    report("with it BanGUI finds fail2ban again by itself", wait("BanGUI to be online", MINUTE, online)?);
    Ok(())
}

/// Why it is unhealthy stands in the API, from where the page takes it, and in what doctor says, with the way out.
fn says_stale(prod: &Project<'_>) -> Result<()> {
    let (_, health) = Api::new(&prod.url()).get("/api/health")?;
    ensure!(health.to_string().contains("stale_mount"), "the API does not tell of the stale mount: {health}");
    let container = prod.container("bangui", 1);
    let mut doctor = prod.engine().command(["exec", &container, "/usr/bin/bangui", "doctor"]);
    let output = doctor.output().context("start docker")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(!output.status.success() && said.contains("RuntimeDirectoryPreserve"), "doctor says: {said}");
    say("the API and doctor tell of the stale mount, and of the drop-in");
    Ok(())
}
