//! What a task needs on the machine: looks whether it is there, and installs it through apt
//! where that is allowed, or says the one line that does it.

mod apt;
mod pypi;
mod tools;

use std::path::Path;

use anyhow::{Result, bail};

use crate::debian;

pub(crate) use bangui_test_support::postgres::postgres_bin;
pub(crate) use pypi::{hadolint, traefik};
pub(crate) use tools::{cargo_has, require_cargo_deny, require_mdbook};

/// Something from Debian's packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The real fail2ban: server and client.
    Fail2ban,
    /// Node.js and npm, to build the pages.
    Node,
    /// PostgreSQL's server binaries.
    Postgres,
    /// Debian's chromium, for the browser tests.
    Chromium,
    /// The library that tells a program another time, for the tests of faults.
    Faketime,
    /// The proxies that Debian has and the book has recipes for, and a client to ask them with.
    Proxies,
    /// Python with `venv`, for programs that are published as Python packages.
    Python,
    /// `systemd-analyze`, which judges units.
    Systemd,
    /// What judges shell scripts.
    Shellcheck,
    /// The keys of Debian's archives, and what unpacks its packages.
    Archive,
    /// The C compiler for static binaries.
    Musl,
    /// What judges Debian packages.
    Lintian,
    /// What makes a Debian in a directory and boots it.
    Machine,
    /// What a Docker engine for the tests takes: its runc, and what makes a minimal Debian.
    Containers,
}

impl Need {
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Fail2ban => &["fail2ban"],
            Self::Node => &["nodejs", "npm"],
            Self::Postgres => &["postgresql"],
            Self::Chromium => &["chromium"],
            Self::Faketime => &["libfaketime"],
            Self::Proxies => &["nginx-light", "caddy", "curl"],
            Self::Python => &["python3-venv"],
            Self::Systemd => &["systemd"],
            Self::Shellcheck => &["shellcheck"],
            Self::Archive => &["debian-archive-keyring", "dpkg"],
            Self::Musl => &["musl-tools"],
            Self::Lintian => &["lintian"],
            Self::Machine => &["debootstrap", "systemd-container"],
            Self::Containers => &["docker.io", "debootstrap"],
        }
    }

    fn present(self) -> bool {
        match self {
            Self::Fail2ban => tools::on_path("fail2ban-server") && tools::on_path("fail2ban-client"),
            Self::Node => tools::on_path("node") && tools::on_path("npm"),
            Self::Postgres => postgres_bin().is_some(),
            Self::Chromium => tools::on_path("chromium"),
            Self::Faketime => tools::faketime().is_some(),
            Self::Proxies => ["nginx", "caddy", "curl"].into_iter().all(tools::on_path),
            Self::Python => pypi::can_make_places(),
            Self::Systemd => tools::on_path("systemd-analyze"),
            Self::Shellcheck => tools::on_path("shellcheck"),
            Self::Archive => Path::new(debian::KEYS).is_file() && tools::on_path("dpkg-deb"),
            Self::Musl => tools::on_path("musl-gcc"),
            Self::Lintian => tools::on_path("lintian"),
            Self::Machine => tools::on_path("debootstrap") && tools::on_path("systemd-nspawn"),
            Self::Containers => tools::on_path("runc") && tools::on_path("debootstrap"),
        }
    }
}

/// Makes sure of `needs`, installing what is missing.
///
/// # Errors
/// When something is missing and may not be installed; the message holds the line that does it.
pub(crate) fn require(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.present()).collect();
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    if !packages.is_empty() {
        println!("Missing on this machine: {}.", packages.join(", "));
        apt::install(&packages)?;
        if missing.contains(&Need::Fail2ban) {
            apt::stop_new_service("fail2ban");
        }
        if missing.contains(&Need::Proxies) {
            apt::stop_new_service("nginx");
            apt::stop_new_service("caddy");
        }
        if missing.contains(&Need::Postgres) {
            apt::drop_new_cluster();
        }
        if let Some(need) = missing.iter().find(|need| !need.present()) {
            bail!("{need:?} is still missing after `apt-get install {}`", need.packages().join(" "));
        }
    }
    if needs.contains(&Need::Node) {
        tools::require_node_version()?;
    }
    Ok(())
}
