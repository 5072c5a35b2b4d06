//! Files of the packages that are written for the occasion.

use std::io::Write as _;
use std::process::Command;

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};

use super::Release;
use crate::process;

/// Who answers for the packages.
pub(super) const MAINTAINER: &str = "The BanGUI authors <bangui@localhost.localdomain>";

/// The bytes, compressed, without name and time.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// The change log in Debian's form, which names the version of the package and leads to the one that tells.
pub(super) fn debian_changes(release: &Release) -> Result<String> {
    let time = format!("@{}", release.time);
    let date = process::output(Command::new("date").args(["--utc", "--rfc-email", "--date"]).arg(time))
        .context("write a date")?;
    Ok(format!(
        "bangui ({}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- {MAINTAINER}  {}\n",
        version(release),
        date.trim()
    ))
}

/// The version of the Debian package.
pub(super) fn version(release: &Release) -> String {
    format!("{}-{}", release.version, release.revision)
}
