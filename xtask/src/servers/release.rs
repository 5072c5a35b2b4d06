//! fail2ban of other releases of Debian, made ready below `target/servers`: its own files, a Python that it runs on, and
//! programs in a folder that goes to the front of the path.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fail2ban_client::Version;

use crate::debian::Archive;
use crate::{process, workspace};

/// Where Debian has modules of Python.
const MODULES: &str = "usr/lib/python3/dist-packages";

/// A release whose fail2ban is run.
pub(super) struct Release {
    /// Its code name.
    pub(super) suite: &'static str,
    /// The release and the name of the Python that this fail2ban runs on: each was written for the Python of its time, and
    /// the newest release's needs a newer C library than a stable machine has.
    python: (&'static str, &'static str),
}

/// One for each of [`Version::TESTED`], in that order. The last moves: it may be ahead of its version.
pub(super) const RELEASES: [Release; Version::TESTED.len()] = [
    Release { suite: "bullseye", python: ("bullseye", "python3.9") },
    Release { suite: "bookworm", python: ("bookworm", "python3.11") },
    Release { suite: "trixie", python: ("bookworm", "python3.11") },
    Release { suite: "sid", python: ("bookworm", "python3.11") },
];

/// A fail2ban that is ready to be run.
pub(super) struct Server {
    /// Its own version, without Debian's revision.
    pub(super) version: Version,
    /// Where it is from.
    pub(super) suite: &'static str,
    tree: PathBuf,
    programs: PathBuf,
}

impl Release {
    /// Downloads it where it is not there yet. `promised` is the version that it has to be.
    pub(super) fn fetch(&self, promised: &str) -> Result<Server> {
        let (suite, python) = self.python;
        let below = workspace::root().join("target/servers");
        let mut suites = vec![self.suite];
        if suite != self.suite {
            suites.push(suite);
        }
        let archive = Archive::open(&below.join(self.suite), &suites)?;
        let package = archive.version("fail2ban", self.suite)?;
        let version = Version::new(upstream(&package));
        let moved = self.suite == "sid" && !version.is_older_than(&Version::new(promised));
        ensure!(
            version.as_str() == promised || moved,
            "Debian {} has fail2ban {version}, and BanGUI promises {promised}: nothing else has that version",
            self.suite
        );
        if version.as_str() != promised {
            println!("Debian {} has moved on to {version}; BanGUI names {promised} as tested.", self.suite);
        }
        // The last one is for jails that read the journal: newer releases of Debian have such jails.
        let packages = [
            &format!("{python}-minimal"),
            &format!("lib{python}-minimal"),
            &format!("lib{python}-stdlib"),
            "python3-systemd",
        ];
        let interpreter = below.join(format!("{python}-{suite}"));
        archive.unpack(&packages, suite, &interpreter)?;
        let tree = below.join(format!("fail2ban-{package}"));
        archive.unpack(&["fail2ban"], self.suite, &tree)?;
        let programs = below.join(format!("fail2ban-{package}-programs"));
        let server = Server { version, suite: self.suite, tree, programs };
        server.write_programs(&interpreter, python)?;
        server.check()?;
        Ok(server)
    }
}

impl Server {
    /// The path on which its programs are found first.
    pub(super) fn path(&self) -> Result<OsString> {
        let before = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(self.programs.clone()).chain(std::env::split_paths(&before));
        std::env::join_paths(all).context("a folder of the path has a colon in its name")
    }

    /// The configuration that Debian ships with it.
    pub(super) fn config(&self) -> PathBuf {
        self.tree.join("etc/fail2ban")
    }

    fn write_programs(&self, interpreter: &Path, python: &str) -> Result<()> {
        fs::create_dir_all(&self.programs).with_context(|| format!("make {}", self.programs.display()))?;
        for name in ["fail2ban-server", "fail2ban-client"] {
            let text = format!(
                "#!/bin/sh\n# fail2ban {} of Debian {}, which is not installed. Made by `cargo xtask test servers`.\n\
                 export PYTHONPATH='{tree}/{MODULES}:{interpreter}/{MODULES}'\n\
                 exec '{interpreter}/usr/bin/{python}' '{tree}/usr/bin/{name}' \"$@\"\n",
                self.version,
                self.suite,
                tree = self.tree.display(),
                interpreter = interpreter.display(),
            );
            let file = self.programs.join(name);
            fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755))
                .with_context(|| format!("make {} executable", file.display()))?;
        }
        Ok(())
    }

    /// Both programs run, and are of this version.
    fn check(&self) -> Result<()> {
        for name in ["fail2ban-server", "fail2ban-client"] {
            let said = process::output(Command::new(self.programs.join(name)).arg("--version"))?;
            ensure!(
                said.trim().trim_start_matches("Fail2Ban v") == self.version.as_str(),
                "{name} of {} calls itself {:?}",
                self.version,
                said.trim()
            );
        }
        Ok(())
    }
}

/// The version of a package without what Debian adds: `1.0.2` of `1:1.0.2-2+deb12u1`.
fn upstream(package: &str) -> &str {
    let version = package.split_once(':').map_or(package, |(_epoch, version)| version);
    version.rsplit_once('-').map_or(version, |(upstream, _revision)| upstream)
}

#[cfg(test)]
mod tests {
    use super::upstream;

    #[test]
    fn a_package_has_the_version_of_what_is_in_it() {
        for (package, version) in [("0.11.2-2", "0.11.2"), ("1:1.0.2-2+deb12u1", "1.0.2"), ("1.1.1", "1.1.1")]
        {
            assert_eq!(upstream(package), version);
        }
    }
}
