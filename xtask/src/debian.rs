//! Debian's archives: where this machine has its packages from, and packages of other releases, which are unpacked into a
//! directory and never installed.

mod archive;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

pub(crate) use archive::Archive;

/// The keys of Debian's archives, of all its releases.
pub(crate) const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Where this machine has its own packages from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mirror {
    /// The address of the archive, as apt's sources name it.
    pub(crate) uri: String,
    /// The code name of the machine's release.
    pub(crate) suite: String,
}

/// Asks apt, which reads its sources in whatever files and forms they are. It works before the first `apt-get update`.
pub(crate) fn mirror() -> Result<Mirror> {
    let release = fs::read_to_string("/etc/os-release").context("read /etc/os-release")?;
    let suite = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let suite = suite.context("this is no Debian: /etc/os-release has no VERSION_CODENAME")?;
    let mut apt = Command::new("apt-get");
    let files = process::output(apt.args(["-oDebug::NoLocking=1", "update", "--print-uris"]))
        .context("ask apt for its sources")?;
    let uri = own(&files, suite).with_context(|| format!("apt has no source of Debian {suite}"))?;
    Ok(Mirror { uri, suite: suite.to_owned() })
}

/// The archive of which apt would fetch the release file of `suite`; each line begins with an address in quotes.
fn own(files: &str, suite: &str) -> Option<String> {
    let directory = format!("/dists/{suite}/");
    files.lines().find_map(|line| {
        let address = line.strip_prefix('\'')?.split('\'').next()?;
        let (archive, file) = address.split_once(&directory)?;
        file.ends_with("Release").then(|| archive.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn the_mirror_is_the_one_of_the_release_itself() {
        let files = "'https://apt.example/repo/dists/nodistro/InRelease' a 0 \n\
                     'http://sec.example/debian-security/dists/bookworm-security/InRelease' b 0 \n\
                     'http://deb.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' d 0 \n\
                     'http://deb.example/debian/dists/bookworm/InRelease' c 0 \n";
        assert_eq!(own(files, "bookworm").as_deref(), Some("http://deb.example/debian"));
        assert_eq!(own(files, "trixie"), None);
    }
}
