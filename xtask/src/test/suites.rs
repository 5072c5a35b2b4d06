//! The steps that run tests and count them: Rust, and the unit tests of the pages.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::counts::Counts;
use crate::needs::{self, Need};
use crate::postgres::Postgres;
use crate::{process, web, workspace};

/// Builds the pages, checks their types and runs their unit tests.
pub(super) fn web(counts: &mut Counts) -> Result<()> {
    web::build(false)?;
    process::run(&mut web::npm(["run", "check"])).context("the types of the pages")?;
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let report = dir.path().join("vitest.json");
    let mut command = web::npm(["run", "test", "--", "--reporter=default", "--reporter=json"]);
    command.arg(format!("--outputFile.json={}", report.display()));
    let ended = process::run(&mut command);
    match std::fs::read_to_string(&report) {
        Ok(text) => {
            let found = Counts::from_vitest(&text)?;
            *counts += found;
            ended.context("the unit tests of the pages")?;
            require_some(found, "vitest")
        }
        Err(error) => {
            ended?;
            Err(error).context("vitest left no report")
        }
    }
}

/// The target of the tests of faults: it has a step of its own.
const FAULTS: &str = "faults";
/// Tests of faults at a time: they mostly wait, for leases to end and for servers to come back.
const FAULTS_AT_ONCE: &str = "4";

/// Runs every Rust test but those of faults, with a throwaway PostgreSQL for those that need one, then the
/// documentation's.
pub(super) fn rust(counts: &mut Counts) -> Result<()> {
    let traefik = needs::traefik()?;
    let postgres = Postgres::start()?;
    println!("PostgreSQL for the tests: {}", postgres.url());
    let mut tests = if has_nextest() {
        let mut tests = workspace::cargo(["nextest", "run", "--workspace", "--no-fail-fast"]);
        tests.args(["--filterset", &format!("not binary({FAULTS})")]);
        tests
    } else {
        // This one knows no way to leave a target out; their own step then runs them once more.
        workspace::cargo(["test", "--workspace", "--all-targets", "--no-fail-fast"])
    };
    tests.env("BANGUI_TEST_TRAEFIK", traefik);
    let ran = counted(with(&postgres, tests), counts)?;
    require_some(ran, "the Rust test runner")?;
    let examples = workspace::cargo(["test", "--doc", "--workspace", "--no-fail-fast"]);
    counted(with(&postgres, examples), counts)?;
    Ok(())
}

/// Runs the tests of faults and shows what each has counted.
pub(super) fn faults(counts: &mut Counts) -> Result<()> {
    needs::require(&[Need::Fail2ban, Need::Postgres, Need::Faketime])?;
    let postgres = Postgres::start()?;
    let target = ["--package", "bangui", "--test", FAULTS, "--no-fail-fast"];
    let tests = if has_nextest() {
        let mut tests = workspace::cargo(["nextest", "run", "--success-output", "immediate"]);
        tests.args(target).args(["--test-threads", FAULTS_AT_ONCE]);
        tests
    } else {
        let mut tests = workspace::cargo(["test"]);
        tests.args(target).args(["--", "--show-output", "--test-threads", FAULTS_AT_ONCE]);
        tests
    };
    let ran = counted(with(&postgres, tests), counts)?;
    require_some(ran, "the Rust test runner")
}

fn has_nextest() -> bool {
    let there = needs::cargo_has("nextest");
    if !there {
        println!("cargo-nextest is not installed: running the same tests by cargo test.");
    }
    there
}

fn with(postgres: &Postgres, mut command: Command) -> Command {
    command.env("BANGUI_TEST_POSTGRES_URL", postgres.url());
    command
}

/// Runs Rust tests and adds them to `counts`; answers how many these were.
pub(crate) fn counted(mut command: Command, counts: &mut Counts) -> Result<Counts> {
    // The closing lines are read from the output, so no colour may be in it.
    command.env("CARGO_TERM_COLOR", "never");
    let mut found = Counts::default();
    let status = process::lines(&mut command, |line| {
        if let Some(more) = Counts::from_rust_line(line) {
            found += more;
        }
    })?;
    *counts += found;
    if !status.success() {
        bail!("`{}` failed: {status}", process::show(&command));
    }
    Ok(found)
}

/// Fails where `runner` ran no test.
pub(crate) fn require_some(counts: Counts, runner: &str) -> Result<()> {
    if counts.run() == 0 {
        bail!("{runner} ran no test");
    }
    Ok(())
}
