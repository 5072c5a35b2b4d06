//! The demo, whole: a client that is really refused by nftables and let in again from the page; fail2ban stopped, started and
//! restarted; BanGUI killed.

mod visitor;

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::bases::Bases;
use super::engine::Engine;
use super::project::{Project, wait};
use super::{history, report, say};
use crate::api::Api;
use crate::server::USER;
use crate::{process, web, workspace};
use visitor::Visitor;

/// The one jail of the demo.
const JAIL: &str = "nginx-http-auth";
/// An image with a shell, for what has to be done beside.
const TOOLS: &str = "bangui-demo-attacker:local";
const RESTARTS: usize = 10;
const SOON: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_mins(1);

/// Runs it.
pub(super) fn run(engine: &Engine, bases: &Bases) -> Result<()> {
    let demo = Project::new(engine, bases, "demo", &["docker-compose.yml"])?;
    report("up, all of it healthy", demo.up()?);
    let password = std::fs::read_to_string(workspace::root().join("Docker/demo/admin-password"))
        .context("read the demo's password")?;
    let mut api = Api::new(&demo.url());
    api.login(USER, password.trim_end())?;
    contained(&demo)?;
    attackers(&demo, &api)?;
    ban(&demo, &api, password.trim_end())?;
    outage(&demo)?;
    restarts(&demo, &api)?;
    kill(&demo, &api, password.trim_end())?;
    demo.run(["stop", "bangui"])?;
    let code = demo.inspect("bangui", "{{.State.ExitCode}}")?;
    ensure!(code == "0", "`docker compose stop` ends BanGUI with exit code {code}");
    Ok(())
}

/// What the kernel says of the process, not what the file asks for.
fn contained(demo: &Project<'_>) -> Result<()> {
    let pid = demo.inspect("bangui", "{{.State.Pid}}")?;
    let image = ["run", "--rm", "--pid=host", "--network=none", "--entrypoint=cat", TOOLS];
    let status = demo.engine().output(image.into_iter().chain([format!("/proc/{pid}/status").as_str()]))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default()
            .trim_start_matches(':')
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    for (name, wanted) in [
        ("Uid", "10001"),
        ("CapEff", "0000000000000000"),
        ("CapBnd", "0000000000000000"),
        ("NoNewPrivs", "1"),
    ] {
        ensure!(field(name) == wanted, "the process has {name} {}, not {wanted}", field(name));
    }
    ensure!(
        demo.inspect("bangui", "{{.HostConfig.ReadonlyRootfs}}")? == "true",
        "its file system can be written"
    );
    say("BanGUI runs as 10001, without capabilities, on a read-only file system");
    Ok(())
}

/// The demo's own attackers are banned without anybody's help.
fn attackers(demo: &Project<'_>, api: &Api) -> Result<()> {
    let time = wait("a ban of one of the attackers", MINUTE, || {
        history::banned(api, JAIL).is_ok_and(|banned| !banned.is_empty())
    })
    .with_context(|| demo.log())?;
    report("an attacker banned by fail2ban, listed by BanGUI", time);
    Ok(())
}

fn ban(demo: &Project<'_>, api: &Api, password: &str) -> Result<()> {
    let visitor = Visitor::start(demo.engine(), &demo.named("street"))?;
    visitor.enters().context("before anything, the shop is open to a visitor")?;
    for _ in 0..3 {
        visitor.guesses_a_password()?;
    }
    let ip = visitor.ip().to_owned();
    let time =
        wait("the visitor to be refused", SOON, || visitor.is_refused()).with_context(|| demo.log())?;
    report("three wrong passwords, and the visitor is refused", time);
    let rules = demo.output(["exec", "--no-TTY", "fail2ban", "nft", "list", "ruleset"])?;
    ensure!(rules.contains(&ip), "nftables has no {ip}:\n{rules}");
    wait("BanGUI to list the ban", SOON, || {
        history::banned(api, JAIL).is_ok_and(|banned| banned.contains(&ip))
    })?;
    unban_on_the_page(demo, &ip, password)?;
    let banned = demo.output(["exec", "--no-TTY", "fail2ban", "fail2ban-client", "banned", &ip])?;
    ensure!(!banned.contains(JAIL), "fail2ban still has the ban of {ip}: {banned}");
    visitor.enters().context("unbanned, the visitor is still refused")?;
    say("unbanned on the page in a browser, and the visitor enters again");
    Ok(())
}

/// By the button that a person would press, in a browser.
fn unban_on_the_page(demo: &Project<'_>, ip: &str, password: &str) -> Result<()> {
    web::install()?;
    let mut command: Command = web::npm(["run", "e2e", "--", "--reporter=line", "--project=docker"]);
    command
        .env("BANGUI_E2E_URL", demo.url())
        .env("BANGUI_E2E_USER", USER)
        .env("BANGUI_E2E_PASSWORD", password)
        .env("BANGUI_E2E_BANNED", ip)
        .env("BANGUI_E2E_JAIL", JAIL)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(&mut command).context("unban on the page")
}

fn outage(demo: &Project<'_>) -> Result<()> {
    demo.run(["stop", "fail2ban"])?;
    let time = demo.wait_for_health("bangui", "unhealthy", MINUTE)?;
    report("fail2ban stopped, `docker ps` says unhealthy", time);
    demo.run(["start", "fail2ban"])?;
    report("fail2ban started, healthy", demo.wait_for_health("bangui", "healthy", MINUTE)?);
    let restarts = demo.inspect("bangui", "{{.RestartCount}}")?;
    ensure!(restarts == "0", "BanGUI was restarted {restarts} times");
    Ok(())
}

fn restarts(demo: &Project<'_>, api: &Api) -> Result<()> {
    let online = || api.get("/api/health").is_ok_and(|(status, _)| status == 200);
    for _ in 0..RESTARTS {
        demo.run(["restart", "fail2ban"])?;
        wait("BanGUI to be online", MINUTE, online).with_context(|| demo.log())?;
        // A moment of the old connection must not count: the new server is asked for something.
        let jails = || {
            api.get("/api/jails").is_ok_and(|(status, body)| status == 200 && body.to_string().contains(JAIL))
        };
        wait("the jail of the new server", MINUTE, jails)?;
    }
    let restarts = demo.inspect("bangui", "{{.RestartCount}}")?;
    ensure!(restarts == "0", "BanGUI was restarted {restarts} times");
    say(&format!("fail2ban restarted {RESTARTS} times, BanGUI online after each, never restarted"));
    Ok(())
}

fn kill(demo: &Project<'_>, api: &Api, password: &str) -> Result<()> {
    let before = history::events(api)?;
    ensure!(!before.is_empty(), "there is nothing that could be lost");
    demo.engine().kill_process(TOOLS, &demo.inspect("bangui", "{{.State.Pid}}")?)?;
    wait("the restart", SOON, || {
        demo.inspect("bangui", "{{.RestartCount}}").is_ok_and(|count| count == "1")
    })?;
    // The lock of the one that was killed has to end first, which takes 15 s.
    report("killed (SIGKILL), healthy again", demo.wait_for_health("bangui", "healthy", MINUTE)?);
    let after = history::events(api).context("the session of before the kill")?;
    let lost: Vec<&String> = before.difference(&after).collect();
    ensure!(lost.is_empty(), "lost {} events: {lost:?}", lost.len());
    let mut fresh = Api::new(&demo.url());
    fresh.login(USER, password)?;
    let banned = demo.output(["exec", "--no-TTY", "fail2ban", "fail2ban-client", "get", JAIL, "banip"])?;
    let listed = |ip: &str| history::banned(&fresh, JAIL).is_ok_and(|all| all.contains(ip));
    for ip in banned.split_whitespace() {
        wait(&format!("{ip}, which fail2ban has, in BanGUI's list"), SOON, || listed(ip))?;
    }
    say(&format!("nothing lost: {} events of before, {} now", before.len(), after.len()));
    Ok(())
}
