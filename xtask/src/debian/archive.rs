//! Packages of several releases: apt with lists of its own, which changes nothing of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{KEYS, mirror};
use crate::process;

/// For how long lists are used before they are fetched again.
const FRESH: Duration = Duration::from_hours(12);

/// The packages of some releases, with their lists in one directory.
pub(crate) struct Archive {
    dir: PathBuf,
}

impl Archive {
    /// Fetches the lists of these releases from where this machine has its own packages, unless they are there and fresh.
    pub(crate) fn open(dir: &Path, suites: &[&str]) -> Result<Self> {
        for folder in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(dir.join(folder)).with_context(|| format!("make {folder}"))?;
        }
        let archive = Self { dir: dir.to_owned() };
        let uri = mirror()?.uri;
        let suites = suites.join(" ");
        let sources =
            format!("Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: main\nSigned-By: {KEYS}\n");
        let (file, fetched) = (dir.join("apt.sources"), dir.join("fetched"));
        let same = fs::read_to_string(&file).is_ok_and(|before| before == sources);
        if !(same && is_fresh(&fetched)) {
            println!("Fetching the package lists of {suites}.");
            fs::write(&file, sources).context("write the sources")?;
            let mut update = archive.apt("apt-get");
            // An archive that cannot be reached is an error and no warning.
            update.args(["--error-on=any", "-qq", "update"]);
            process::run(&mut update).with_context(|| format!("fetch the package lists of {suites}"))?;
            fs::write(&fetched, "").context("note when the lists were fetched")?;
        }
        Ok(archive)
    }

    /// Which version of a package a release has.
    pub(crate) fn version(&self, package: &str, suite: &str) -> Result<String> {
        let known = process::output(self.apt("apt-cache").args(["madison", package]))
            .with_context(|| format!("ask which {package} there is"))?;
        listed(&known, suite).with_context(|| format!("Debian {suite} has no package {package}"))
    }

    /// Downloads packages of a release and unpacks them into `tree`, all of them or none.
    pub(crate) fn unpack(&self, packages: &[&str], suite: &str, tree: &Path) -> Result<()> {
        if tree.is_dir() {
            return Ok(());
        }
        println!("Downloading {} of Debian {suite} into {}.", packages.join(", "), tree.display());
        let mut part = tree.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        if part.exists() {
            fs::remove_dir_all(&part).with_context(|| format!("remove {}", part.display()))?;
        }
        let debs = part.join("debs");
        fs::create_dir_all(&debs).with_context(|| format!("make {}", debs.display()))?;
        let mut download = self.apt("apt-get");
        download.args(["-qq", "download"]).current_dir(&debs);
        download.args(packages.iter().map(|package| format!("{package}/{suite}")));
        process::run(&mut download)
            .with_context(|| format!("download {} of Debian {suite}", packages.join(", ")))?;
        for deb in fs::read_dir(&debs).context("look at what was downloaded")? {
            let deb = deb.context("look at what was downloaded")?.path();
            let mut unpack = Command::new("dpkg-deb");
            process::run(unpack.arg("--extract").arg(&deb).arg(&part))
                .with_context(|| format!("unpack {}", deb.display()))?;
        }
        fs::remove_dir_all(&debs).context("remove what was downloaded")?;
        fs::rename(&part, tree).with_context(|| format!("make {}", tree.display()))
    }

    /// One of apt's programs, with the lists of this archive alone.
    fn apt(&self, program: &str) -> Command {
        let mut apt = Command::new(program);
        let paths = [
            ("Dir::Etc::sourcelist", self.dir.join("apt.sources")),
            ("Dir::State::Lists", self.dir.join("lists")),
            ("Dir::Cache", self.dir.join("cache")),
        ];
        for (option, path) in paths {
            apt.arg(format!("-o{option}={}", path.display()));
        }
        apt.args(["-oDir::Etc::sourceparts=-", "-oAcquire::Languages=none", "-oAcquire::Retries=3"]);
        // apt drops its rights to a user who may not write below `target`.
        apt.arg("-oAPT::Sandbox::User=root");
        for unused in ["DEP-11", "DEP-11-icons-small", "DEP-11-icons", "Contents-deb"] {
            apt.arg(format!("-oAcquire::IndexTargets::deb::{unused}::DefaultEnabled=false"));
        }
        apt
    }
}

fn is_fresh(file: &Path) -> bool {
    let written = fs::metadata(file).and_then(|found| found.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < FRESH))
}

/// The version in the first line of `apt-cache madison` that is of `suite`: `NAME | VERSION | URI SUITE/COMPONENT …`.
fn listed(known: &str, suite: &str) -> Option<String> {
    let component = format!(" {suite}/main ");
    known.lines().find_map(|line| {
        let mut columns = line.split('|').skip(1);
        let (version, source) = (columns.next()?, columns.next()?);
        source.contains(&component).then(|| version.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn the_version_of_a_release_is_found_among_those_of_others() {
        let known = "  fail2ban |    1.1.1-1 | http://deb.example/debian sid/main amd64 Packages\n\
                     \x20 fail2ban |    1.0.2-2 | http://deb.example/debian bookworm/main amd64 Packages\n";
        assert_eq!(listed(known, "bookworm").as_deref(), Some("1.0.2-2"));
        assert_eq!(listed(known, "bullseye"), None);
        assert_eq!(listed("", "sid"), None);
    }
}
