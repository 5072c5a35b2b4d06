//! The steps of `cargo xtask test`, in their order. What comes first is quick to fail; the pages are
//! built before the first Rust code that embeds them.

use anyhow::Result;
use clap::ValueEnum;

use super::{checks, suites};
use crate::counts::Counts;
use crate::demo::smoke;
use crate::needs::Need;
use crate::{book, commands_doc, dist, docker, e2e, openapi, servers, settings_doc, tidy};

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Formatting.
    Fmt,
    /// The house rules that no other tool knows.
    Tidy,
    /// The web pages: build, types, unit tests.
    Web,
    /// Clippy with warnings as errors.
    Clippy,
    /// What is made from the code: the API's document, the settings, the client's commands.
    Generated,
    /// Rust tests on both databases and against the real fail2ban.
    Rust,
    /// Processes killed and stopped, clocks set, disks filled, databases taken away.
    Faults,
    /// The demo without a browser.
    Smoke,
    /// Every version of fail2ban that is promised.
    Servers,
    /// Browser tests against the demo.
    E2e,
    /// Licences, sources and advisories of the dependencies.
    Deny,
    /// The Rust documentation, and the links of the book.
    Docs,
    /// fail2ban-client as it would be published.
    Package,
    /// What is packed for those who do not build, as far as it can be judged without installing it.
    Dist,
    /// The image and the Compose files, built and run. Only when it is asked for: it takes many minutes.
    Docker,
}

impl Step {
    /// All steps in the order in which they run.
    pub(super) const ALL: [Self; 15] = [
        Self::Fmt,
        Self::Tidy,
        Self::Web,
        Self::Clippy,
        Self::Generated,
        Self::Rust,
        Self::Faults,
        Self::Smoke,
        Self::Servers,
        Self::E2e,
        Self::Deny,
        Self::Docs,
        Self::Package,
        Self::Dist,
        Self::Docker,
    ];

    /// Whether it runs when no step is named.
    pub(super) fn by_default(self) -> bool {
        self != Self::Docker
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Tidy => "tidy",
            Self::Web => "web",
            Self::Clippy => "clippy",
            Self::Generated => "generated",
            Self::Rust => "rust",
            Self::Faults => "faults",
            Self::Smoke => "smoke",
            Self::Servers => "servers",
            Self::E2e => "e2e",
            Self::Deny => "deny",
            Self::Docs => "docs",
            Self::Package => "package",
            Self::Dist => "dist",
            Self::Docker => "docker",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Fmt => "cargo fmt --check",
            Self::Tidy => "crate arrows, file and manifest rules",
            Self::Web => "build, type check and unit tests of the pages",
            Self::Clippy => "cargo clippy --workspace --all-targets, warnings are errors",
            Self::Generated => {
                "the API's document, the settings and the client's commands are as the code says"
            }
            Self::Rust => {
                "Rust tests on SQLite, PostgreSQL, a real fail2ban and real proxies, then the examples in the docs"
            }
            Self::Faults => {
                "real processes killed and stopped, clocks set, disks filled, databases taken away; each prints its counts"
            }
            Self::Smoke => "the demo, through the API",
            Self::Servers => {
                "every version of fail2ban that is promised: the client, the main job and the demo against each"
            }
            Self::E2e => "the pages in a real browser, against the demo",
            Self::Deny => "cargo deny: bans, licences, sources, and advisories where they can be had",
            Self::Docs => "cargo doc, warnings are errors; no link of the book leads nowhere",
            Self::Package => "fail2ban-client with each feature alone, and packed as it would be published",
            Self::Dist => "units, scripts and contents of the packages, without installing them",
            Self::Docker => "the image and the Compose files, linted, built and run",
        }
    }

    /// What it takes from Debian's packages.
    pub(super) fn needs(self) -> &'static [Need] {
        match self {
            Self::Web | Self::Generated => &[Need::Node],
            Self::Rust => &[Need::Fail2ban, Need::Postgres, Need::Proxies, Need::Python, Need::Chromium],
            Self::Faults => &[Need::Fail2ban, Need::Postgres, Need::Faketime],
            Self::Smoke => &[Need::Fail2ban, Need::Node],
            Self::Servers => &[Need::Fail2ban, Need::Node, Need::Archive],
            Self::E2e => &[Need::Fail2ban, Need::Node, Need::Chromium],
            Self::Dist => &[Need::Node, Need::Systemd, Need::Shellcheck],
            Self::Docker => &[Need::Node, Need::Chromium],
            Self::Fmt | Self::Tidy | Self::Clippy | Self::Deny | Self::Docs | Self::Package => &[],
        }
    }

    /// Runs it. `passed` are the steps before it that have passed.
    pub(super) fn run(self, scenarios: &[String], passed: &[Self], counts: &mut Counts) -> Result<()> {
        match self {
            Self::Fmt => checks::fmt(),
            Self::Tidy => tidy::run(),
            Self::Web => suites::web(counts),
            Self::Clippy => checks::clippy(),
            Self::Generated => {
                commands_doc::check()?;
                settings_doc::check()?;
                openapi::check()
            }
            Self::Rust => suites::rust(counts),
            Self::Faults => suites::faults(counts),
            Self::Smoke => smoke::run_default(),
            Self::Servers => {
                servers::run([Self::Rust, Self::Smoke].iter().all(|step| passed.contains(step)), counts)
            }
            Self::E2e => e2e::run(counts),
            Self::Deny => checks::deny(),
            Self::Docs => {
                book::check()?;
                checks::docs()
            }
            Self::Package => checks::package(),
            Self::Dist => dist::checks::run(),
            Self::Docker => docker::run(scenarios, counts),
        }
    }
}
