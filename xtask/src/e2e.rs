//! `cargo xtask e2e`: Playwright's tests in Debian's chromium, against the demo. Nothing secret may be in BanGUI's log
//! afterwards.

mod secrets;

use anyhow::{Context, Result};
use clap::Args;

use crate::counts::Counts;
use crate::demo;
use crate::demo::stack::{self, Options};
use crate::needs::{self, Need};
use crate::postgres::free_port;
use crate::workspace::Profile;
use crate::{process, web};

const ATTACK_PER_MINUTE: u32 = 60;
/// All that BanGUI's own crates have to say, so that what they must not say would be seen.
const LOG_ALL: &str = "info,bangui=trace,bangui_api=trace,bangui_domain=trace,bangui_gateway=trace,bangui_jobs=trace,\
                       bangui_persistence=trace,bangui_session_cache=trace,bangui_web_ui=trace,fail2ban_client=trace";

/// What to pass on.
#[derive(Args, Debug)]
pub(crate) struct E2eArgs {
    /// Take the pictures of the book anew, into docs/pictures, and run nothing else.
    #[arg(long)]
    pictures: bool,
    /// Arguments for Playwright, such as a file name or `--grep`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    playwright: Vec<String>,
}

/// Runs it from the command line.
pub(crate) fn run_args(args: &E2eArgs) -> Result<()> {
    let mut counts = Counts::default();
    let ran = run_with(&args.playwright, args.pictures, &mut counts);
    println!("{counts}");
    ran
}

/// Starts the demo on a free port and runs the browser tests against it.
pub(crate) fn run(counts: &mut Counts) -> Result<()> {
    run_with(&[], false, counts)
}

fn run_with(playwright: &[String], pictures: bool, counts: &mut Counts) -> Result<()> {
    needs::require(&[Need::Chromium])?;
    // The pictures show the settings that people have.
    let settings = if pictures { Vec::new() } else { vec![("BANGUI_LOG__FILTER", LOG_ALL.to_owned())] };
    let options = Options { profile: Profile::Dev, port: Some(free_port()?), settings };
    let (mut stack, mut attacker) = demo::start(&options, ATTACK_PER_MINUTE)?;
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let report = dir.path().join("playwright.json");
    let mut command = web::npm(["run", "e2e", "--", "--reporter=list,json"]);
    command
        .args(playwright)
        .env("BANGUI_E2E_URL", stack.url())
        .env("BANGUI_E2E_USER", stack::USER)
        .env("BANGUI_E2E_PASSWORD", stack.password())
        .env("BANGUI_E2E_FAIL2BAN_SOCKET", stack.lab().socket())
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    if pictures {
        command.env("BANGUI_E2E_PICTURES", "1");
    }
    let ended = process::run(&mut command);
    match std::fs::read_to_string(&report) {
        Ok(text) => {
            let found = Counts::from_playwright(&text)?;
            *counts += found;
            ended.with_context(|| {
                format!("the browser tests; the end of BanGUI's log:\n{}", stack.server_log())
            })?;
            if found.run() == 0 {
                anyhow::bail!("Playwright ran no test");
            }
        }
        Err(error) => {
            ended?;
            return Err(error).context("Playwright left no report");
        }
    }
    attacker.require_running()?;
    stack.require_running()?;
    secrets::require_none(&stack.whole_server_log()?, stack.password(), playwright.is_empty() && !pictures)
}
