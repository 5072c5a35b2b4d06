//! The step `servers` of `cargo xtask test`: every version of fail2ban that BanGUI promises to work with is run. Whatever
//! is tested against a running fail2ban and depends on what it answers, and the demo without a browser, once for each.

mod release;

use std::fmt::Write as _;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use fail2ban_client::Version;

use crate::counts::Counts;
use crate::postgres::free_port;
use crate::test::suites;
use crate::{needs, process, stop, workspace};
use release::{RELEASES, Server};

/// The tests that are run, in nextest's language: those of the socket client that start a server (the others ask none), its
/// adapter, the main job through the API, odd jails, time zones, restarts, the allowlist, doctor, the import of fail2ban's log,
/// and the reader of its database.
const TESTS: &str = "(package(fail2ban-client) & binary(it) & test(/^(live|sent|fake_server)/)) \
     | (package(bangui-gateway) & binary(it) & test(/^(control|ignoring)::/)) \
     | (package(bangui-persistence) & binary(it) & test(/^fail2ban_db::real::/)) \
     | (package(bangui) & binary(it) & test(/^(fail2ban|outage|versions|odd_ids|odd_jails|zones|allowlist)::/)) \
     | (package(bangui) & binary(it) & test(/^doctor::(fail2bans::|everything_is_in_order)/)) \
     | (package(bangui) & binary(it) & test(/^import::the_log_of_a_real_fail2ban/))";

/// Runs all of it. A version that cannot be had or that fails does not keep the next from being run. `all_tested` says that
/// all tests and the demo have just passed with the fail2ban of this machine: its version is not run once more.
pub(crate) fn run(all_tested: bool, counts: &mut Counts) -> Result<()> {
    if !needs::cargo_has("nextest") {
        bail!("this step chooses its tests by cargo-nextest: cargo install --locked cargo-nextest");
    }
    let here = all_tested.then(installed).transpose()?;
    let (mut report, mut failed) = (String::new(), Vec::new());
    for (release, promised) in RELEASES.iter().zip(Version::TESTED) {
        println!("\n--- fail2ban {promised} of Debian {}", release.suite);
        let (start, mut own) = (Instant::now(), Counts::default());
        let outcome = if here.as_deref() == Some(promised) {
            Ok("this machine's own: the steps rust and smoke have run it".to_owned())
        } else {
            release.fetch(promised).and_then(|server| with(&server, &mut own)).map(|()| format!("{own}, ok"))
        };
        *counts += own;
        stop::check()?;
        if outcome.is_err() {
            failed.push(promised);
        }
        let _ = writeln!(
            report,
            "  {promised:<8} of {:<9} {:>4.0} s: {}",
            release.suite,
            start.elapsed().as_secs_f64(),
            outcome.unwrap_or_else(|error| format!("{own}, FAILED: {error:#}")),
        );
    }
    println!("\nfail2ban\n{report}");
    if !failed.is_empty() {
        bail!("not shown to work with fail2ban {}: what was not run is not promised", failed.join(", "));
    }
    Ok(())
}

/// The version of the fail2ban that this machine has.
fn installed() -> Result<String> {
    let said = process::output(Command::new("fail2ban-server").arg("--version"))?;
    Ok(said.trim().trim_start_matches("Fail2Ban v").to_owned())
}

fn with(server: &Server, counts: &mut Counts) -> Result<()> {
    let mut command =
        workspace::cargo(["nextest", "run", "--workspace", "--no-fail-fast", "--profile", "servers"]);
    command.args(["--filterset", TESTS]).env("PATH", server.path()?);
    command.env("BANGUI_TEST_FAIL2BAN_CONFIG", server.config());
    let ran = suites::counted(command, counts)?;
    suites::require_some(ran, "the Rust test runner")?;
    smoke(server)
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
