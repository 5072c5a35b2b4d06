//! What of the packages can be judged without a static binary and without an installation: the units, the scripts, and the
//! list of what a package of the test binary holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{Release, contents, deb, tarball};
use crate::workspace::{self, Profile};
use crate::{process, web};

/// How exposed a unit may be, from 0 (not at all) to 10, as systemd counts.
const EXPOSURE: f64 = 2.0;
/// The units, and the program that each starts.
const UNITS: [(&str, &str); 2] =
    [("bangui.service", "/usr/bin/bangui"), ("bangui-access.service", "/usr/libexec/bangui/fail2ban-access")];

/// All of it.
pub(crate) fn run() -> Result<()> {
    let binary = workspace::build_server(Profile::Dev)?;
    web::install()?;
    units(&binary)?;
    scripts()?;
    packages(&Release::new(binary, "x86_64-unknown-linux-gnu", 1)?)
}

fn units(binary: &Path) -> Result<()> {
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let sources = workspace::root().join("packaging/systemd");
    let programs = [binary.to_path_buf(), workspace::root().join("packaging/fail2ban-access")];
    for entry in fs::read_dir(&sources).with_context(|| format!("read {}", sources.display()))? {
        let path = entry?.path();
        let mut text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        // The programs of the units are not installed here.
        for ((_, installed), here) in UNITS.iter().zip(&programs) {
            text = text.replace(&format!("ExecStart={installed}"), &format!("ExecStart={}", here.display()));
        }
        fs::write(dir.path().join(path.file_name().unwrap_or_default()), text).context("copy a unit")?;
    }
    for (unit, _) in UNITS {
        let path = dir.path().join(unit);
        // An unknown key is only a warning to it.
        let verify = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&path)
            .stdin(Stdio::null())
            .output()
            .context("run systemd-analyze")?;
        let said = String::from_utf8_lossy(&verify.stderr);
        let ours: Vec<&str> = said.lines().filter(|line| line.contains("bangui")).collect();
        if !verify.status.success() || !ours.is_empty() {
            bail!("systemd does not like {unit}:\n{said}");
        }
        let judged = process::output(
            Command::new("systemd-analyze").args(["security", "--no-pager", "--offline=true"]).arg(&path),
        )?;
        let exposure =
            exposure(&judged).with_context(|| format!("no exposure level of {unit} in:\n{judged}"))?;
        if exposure >= EXPOSURE {
            bail!("{unit} is exposed by {exposure}, and should be by less than {EXPOSURE}:\n{judged}");
        }
        println!("{unit}: in order, exposure {exposure}");
    }
    Ok(())
}

/// `→ Overall exposure level for bangui.service: 1.2 OK`
fn exposure(judged: &str) -> Option<f64> {
    let line = judged.lines().find(|line| line.contains("Overall exposure level"))?;
    line.rsplit_once(": ")?.1.split_whitespace().next()?.parse().ok()
}

fn scripts() -> Result<()> {
    let folder = workspace::root().join("packaging");
    let mut scripts = vec![folder.join("fail2ban-access")];
    scripts.extend(deb::SCRIPTS.map(|name| folder.join("debian").join(name)));
    process::run(Command::new("shellcheck").args(["--shell=sh", "--"]).args(&scripts))
        .context("shellcheck's judgement of the packages' scripts")
}

fn packages(release: &Release) -> Result<()> {
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let mut items = contents::all(release)?;
    // To pack a binary with all that a debugger wants would take minutes.
    for item in items.iter_mut().filter(|item| item.tar == Some("bangui")) {
        item.content = contents::Content::Bytes(b"in place of the binary".to_vec());
    }
    let package = deb::write(release, &items, dir.path(), deb::Packing::Quick)?;
    let listed = process::output(Command::new("dpkg-deb").arg("--contents").arg(&package))?;
    let found: BTreeMap<&str, &str> = listed.lines().filter_map(file_of).collect();
    let expected = items.iter().filter_map(|item| item.deb.map(|path| (path, item.mode)));
    for (path, mode) in expected.clone() {
        let wanted = if mode == 0o755 { "-rwxr-xr-x root/root" } else { "-rw-r--r-- root/root" };
        match found.get(path) {
            Some(kind) if *kind == wanted => {}
            other => bail!("{path} should be in the package as {wanted}, and is {other:?}:\n{listed}"),
        }
    }
    if found.len() != expected.count() || listed.contains("rwxrwx") {
        bail!("the package holds something else, or something that others may write:\n{listed}");
    }
    let field = |name| process::output(Command::new("dpkg-deb").arg("--field").arg(&package).arg(name));
    let (name, version) = (field("Package")?, field("Version")?);
    if (name.trim(), version.trim()) != ("bangui", format!("{}-1", release.version).as_str()) {
        bail!("the package calls itself {name} {version}");
    }
    let control = dir.path().join("control");
    process::run(Command::new("dpkg-deb").arg("--control").arg(&package).arg(&control))?;
    if fs::read_to_string(control.join("conffiles"))? != format!("/{}\n", contents::CONFFILE) {
        bail!("the settings file is not the one conffile of the package");
    }

    let first = fs::read(tarball::write(release, &items, dir.path())?)?;
    let again = fs::read(tarball::write(release, &items, dir.path())?)?;
    if first != again {
        bail!("the same tarball, packed twice, has other bytes");
    }
    println!("the package and the tarball hold what they should.");
    Ok(())
}

/// Path, and mode and owner, of a line that is no folder's.
fn file_of(line: &str) -> Option<(&str, &str)> {
    let owner_ends = line.match_indices(' ').nth(1)?.0;
    let path = line.rsplit_once(" ./")?.1;
    (!line.starts_with('d')).then_some((path, line.get(..owner_ends)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tools_words_are_understood() {
        let judged = "NAME  DESC\n\n\u{2192} Overall exposure level for bangui.service: 1.2 OK \u{1f642}\n";
        assert_eq!(exposure(judged), Some(1.2));
        assert_eq!(exposure("nothing"), None);
        let line = "-rwxr-xr-x root/root      1234 2026-01-01 00:00 ./usr/bin/bangui";
        assert_eq!(file_of(line), Some(("usr/bin/bangui", "-rwxr-xr-x root/root")));
        assert_eq!(file_of("drwxr-xr-x root/root         0 2026-01-01 00:00 ./usr/"), None);
    }
}
