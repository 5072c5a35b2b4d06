//! The step `servers` of `cargo xtask test`: every version of fail2ban that BanGUI promises to work with is run. Whatever
//! is tested against a running fail2ban and depends on what it answers, and the demo without a browser, once for each.

mod release;

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use fail2ban_client::Version;

use crate::counts::Counts;
use crate::debian::Archive;
use crate::postgres::free_port;
use crate::test::suites;
use crate::{needs, process, stop, workspace};
use release::{RELEASES, Server};

/// The tests that are run, in nextest's language: the socket client and its adapter against a running server, the main job
/// through the API, restarts, the allowlist, doctor, the import of fail2ban's log, and the reader of its database.
const TESTS: &str = "(package(fail2ban-client) & binary(it) & test(/^live/)) \
     | (package(bangui-gateway) & binary(it) & test(/^(control|ignoring)::/)) \
     | (package(bangui-persistence) & binary(it) & test(/^fail2ban_db::real::/)) \
     | (package(bangui) & binary(it) & test(/^(fail2ban|outage|versions|odd_ids|allowlist|doctor::fail2bans)::/)) \
     | (package(bangui) & binary(it) & test(/^doctor::everything_is_in_order|^import::the_log_of_a_real_fail2ban/))";

/// A test that does not apply to a version.
struct Exception {
    version: &'static str,
    /// The test's name, with its modules.
    test: &'static str,
    why: &'static str,
}

/// Every test of [`TESTS`] that is not run with every version.
const EXCEPTIONS: [Exception; 1] = [Exception {
    version: "0.11.2",
    test: "live_check::checks_of_several_clients_do_not_disturb_each_other",
    why: "this server takes no more requests after several clients have sent it long streams at once",
}];

/// Runs all of it. A version that fails does not keep the next from being run.
pub(crate) fn run(counts: &mut Counts) -> Result<()> {
    if !needs::cargo_has("nextest") {
        bail!("this step chooses its tests by cargo-nextest: cargo install --locked cargo-nextest");
    }
    let below = workspace::root().join("target/servers");
    let archive = Archive::open(&below, &RELEASES.map(|release| release.suite))
        .context("the other releases of fail2ban cannot be had, and what was not run is not promised")?;
    let known = archive.versions("fail2ban")?;
    let fetched = RELEASES.iter().zip(Version::TESTED).map(|(release, promised)| {
        release.fetch(&archive, &known, &below, promised).with_context(|| format!("fail2ban {promised}"))
    });
    let servers: Vec<Server> = fetched.collect::<Result<_>>()?;
    let (mut report, mut failed) = (String::new(), Vec::new());
    for server in &servers {
        println!("\n--- fail2ban {} of Debian {}", server.version, server.suite);
        let (start, mut own) = (Instant::now(), Counts::default());
        let outcome = tests(server, &mut own).and_then(|()| smoke(server));
        *counts += own;
        stop::check()?;
        let word = match &outcome {
            Ok(()) => "ok".to_owned(),
            Err(error) => format!("FAILED: {error:#}"),
        };
        let _ = writeln!(
            report,
            "  fail2ban {:<8} of {:<9} {own}, {:.0} s: {word}",
            server.version,
            server.suite,
            start.elapsed().as_secs_f64()
        );
        if outcome.is_err() {
            failed.push(server.version.to_string());
        }
    }
    println!("\nRun with:\n{report}");
    if !failed.is_empty() {
        bail!("BanGUI does not work with fail2ban {}", failed.join(", "));
    }
    Ok(())
}

fn tests(server: &Server, counts: &mut Counts) -> Result<()> {
    let mut filter = format!("({TESTS})");
    for Exception { test, why, .. } in EXCEPTIONS.iter().filter(|it| it.version == server.version.as_str()) {
        println!("NOT RUN with {}: {test}: {why}", server.version);
        let _ = write!(filter, " & !test(={test})");
    }
    let mut command =
        workspace::cargo(["nextest", "run", "--workspace", "--no-fail-fast", "--profile", "servers"]);
    command.args(["--filterset", &filter]).env("PATH", server.path()?);
    command.env("BANGUI_TEST_FAIL2BAN_CONFIG", server.config());
    let ran = suites::counted(command, counts)?;
    suites::require_some(ran, "the Rust test runner")
}

/// The demo without a browser, in a process of its own, which finds this fail2ban on its path.
fn smoke(server: &Server) -> Result<()> {
    let program = std::env::current_exe().context("find the program that runs")?;
    let mut demo = Command::new(program);
    demo.args(["demo", "--smoke", "--port", &free_port()?.to_string()]).env("PATH", server.path()?);
    process::run(&mut demo).context("the demo")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is promised to users is what is run, in the same words everywhere.
    #[test]
    fn the_documents_promise_the_versions_that_are_run() {
        let [first @ .., last] = Version::TESTED;
        let listed = format!("{} and {last}", first.join(", "));
        for file in [
            "README.md",
            "docs/introduction.md",
            "docs/installing.md",
            "docs/quick-start.md",
            "docs/troubleshooting.md",
            "crates/fail2ban-client/README.md",
        ] {
            let path = workspace::root().join(file);
            let text =
                std::fs::read_to_string(&path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&listed), "{file} does not say \"{listed}\"");
        }
    }

    /// An older minor version is nowhere promised beside them.
    #[test]
    fn no_document_promises_a_version_that_is_not_run() {
        let mut files = vec![
            workspace::root().join("README.md"),
            workspace::root().join("crates/fail2ban-client/README.md"),
        ];
        let book =
            std::fs::read_dir(workspace::root().join("docs")).unwrap().map(|file| file.unwrap().path());
        files.extend(book.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in text.split(|c: char| !(c.is_ascii_digit() || c == '.')) {
                let word = word.trim_end_matches('.');
                let promised = Version::TESTED.contains(&word);
                assert!(promised || !word.starts_with("0.11"), "{}: {word}", file.display());
            }
        }
    }
}
