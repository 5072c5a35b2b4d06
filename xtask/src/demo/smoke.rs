//! `cargo xtask demo --smoke`: the demo without a browser. Proves through the API that the main job works
//! on a real fail2ban, and measures it; what fail2ban itself thinks is asked of its own client.

mod latency;

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::stack::{Options, Stack};
use crate::api::{Api, Events};
use crate::postgres::free_port;
use crate::stop;
use crate::workspace::Profile;
pub(crate) use latency::{Samples, measure};

/// Generous: only a thing that does not happen at all reaches it.
const LIMIT: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(50);
const ATTACK_PER_MINUTE: u32 = 60;
const SAMPLES: u8 = 7;
/// Addresses for single steps; the samples use those from .130 on, the attacker none of these.
const BY_HAND: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 250);

/// The smoke test as `cargo xtask test` runs it: on a free port, with the demo's usual attack.
pub(crate) fn run_default() -> Result<()> {
    run(&Options { profile: Profile::Dev, port: Some(free_port()?), settings: Vec::new() }, ATTACK_PER_MINUTE)
}

/// Starts the demo, proves, measures, stops.
pub(crate) fn run(options: &Options, attack_per_minute: u32) -> Result<()> {
    let (mut stack, mut attacker) = super::start(options, attack_per_minute)?;
    let started = Instant::now();
    let proved = prove(&mut stack, started);
    // The server's own words help only when something failed.
    proved.with_context(|| {
        format!("the demo does not work; the end of BanGUI's log:\n{}", stack.server_log())
    })?;
    attacker.require_running()?;
    stack.require_running()?;
    println!("The smoke test passed.");
    Ok(())
}

fn prove(stack: &mut Stack, started: Instant) -> Result<()> {
    health(&Api::new(stack.url()), 200, "ok").context("BanGUI never called itself healthy")?;
    report("healthy after its start", started.elapsed());

    let api = stack.api().context("sign in")?;
    let events = api.events().context("subscribe to the events")?;
    let samples = measure(stack.lab(), &events, SAMPLES).context("a ban from a log line")?;
    println!("  {:<44} {samples}", "log line to event on the stream");
    let ip = latency::address(0);
    if !listed(&api, ip)? {
        bail!("GET /api/bans does not list {ip}, whose ban was an event");
    }
    println!("  {:<44} yes", "the ban is in GET /api/bans");

    let time = unban(stack, &api, &events, ip).with_context(|| format!("unban {ip} through the API"))?;
    report("unban, confirmed by fail2ban-client", time);
    let time = ban(stack, &api).with_context(|| format!("ban {BY_HAND} through the API"))?;
    report("ban, confirmed by fail2ban-client", time);
    outage(stack, &events)
}

fn unban(stack: &Stack, api: &Api, events: &Events, ip: IpAddr) -> Result<Duration> {
    let start = Instant::now();
    let (status, body) = api.delete(&format!("/api/bans/{ip}?jail=sshd"))?;
    if status >= 300 {
        bail!("it answers {status} {body}");
    }
    let time = start.elapsed();
    if stack.lab().is_banned("sshd", ip)? {
        bail!("it answers {status}, and fail2ban-client still has the ban");
    }
    if listed(api, ip)? {
        bail!("GET /api/bans still lists it");
    }
    events.wait_for(LIMIT, |event| event.is("unban", &ip.to_string())).context("no unban event")?;
    Ok(time)
}

fn ban(stack: &Stack, api: &Api) -> Result<Duration> {
    let start = Instant::now();
    let (status, body) = api.post("/api/bans", &json!({"ip": BY_HAND.to_string(), "jail": "postfix"}))?;
    if status >= 300 {
        bail!("it answers {status} {body}");
    }
    let time = start.elapsed();
    if !stack.lab().is_banned("postfix", BY_HAND.into())? {
        bail!("it answers {status}, and fail2ban-client has no such ban");
    }
    Ok(time)
}

/// fail2ban goes away and comes back; BanGUI notices both and is not restarted.
fn outage(stack: &mut Stack, events: &Events) -> Result<()> {
    let api = Api::new(stack.url());
    let server = stack.server_id();
    stack.lab_mut().stop().context("stop fail2ban")?;
    let start = Instant::now();
    health(&api, 503, "unavailable").context("fail2ban is stopped, and health does not say so")?;
    report("fail2ban stopped, health 503", start.elapsed());
    events.wait_for(LIMIT, |event| event.name == "offline").context("no offline event")?;
    stack.lab_mut().start_again().context("start fail2ban again")?;
    let start = Instant::now();
    health(&api, 200, "ok").context("fail2ban is back, and health does not say so")?;
    report("fail2ban started again, health 200", start.elapsed());
    events.wait_for(LIMIT, |event| event.name == "online").context("no online event")?;
    if stack.server_id() != server {
        bail!("BanGUI was restarted");
    }
    Ok(())
}

/// Waits until `/api/health` has this status and says this word.
fn health(api: &Api, wanted: u16, word: &str) -> Result<()> {
    let start = Instant::now();
    loop {
        let answer = api.get("/api/health");
        if let Ok((status, body)) = &answer
            && *status == wanted
            && body.get("status").and_then(Value::as_str) == Some(word)
        {
            return Ok(());
        }
        if start.elapsed() > LIMIT {
            bail!("after {} s GET /api/health gives {answer:?}, not {wanted} {word:?}", LIMIT.as_secs());
        }
        if stop::wait(POLL) {
            bail!("stopped by a signal");
        }
    }
}

/// Whether the list of active bans has this address in the jail sshd.
fn listed(api: &Api, ip: IpAddr) -> Result<bool> {
    let (status, body) = api.get(&format!("/api/bans?jail=sshd&ip={ip}"))?;
    let items = body.get("items").and_then(Value::as_array);
    let Some(items) = items.filter(|_| status == 200) else {
        bail!("GET /api/bans answers {status} {body}");
    };
    let ip = ip.to_string();
    Ok(items.iter().any(|ban| ban.get("ip").and_then(Value::as_str) == Some(&ip)))
}

fn report(what: &str, time: Duration) {
    println!("  {what:<44} {} ms", time.as_millis());
}
