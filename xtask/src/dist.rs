//! `cargo xtask dist`: what is given to those who do not build: one static binary, as a tarball and as a Debian package, with
//! what belongs to it. Everything that is packed is named in `contents`.

mod binary;
pub(crate) mod checks;
mod contents;
mod deb;
mod generated;
mod licences;
mod machine;
pub(crate) mod proof;
mod tarball;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::needs::{self, Need};
use crate::{process, web, workspace};
use contents::Item;

/// What to build.
#[derive(Args, Debug)]
pub(crate) struct DistArgs {
    /// The target: a musl one, so that the binary needs no library of the machine it runs on.
    #[arg(long, default_value = "x86_64-unknown-linux-musl")]
    target: String,
    /// Pack this binary, which was built for the target elsewhere, instead of building one.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// The revision of the Debian package: which packaging of the same version it is.
    #[arg(long, default_value_t = 1)]
    revision: u32,
    /// Install the Debian package on a machine in a directory, with real systemd and beside Debian's fail2ban, and prove that it
    /// works there. Needs root.
    #[arg(long)]
    prove: bool,
}

impl DistArgs {
    /// Packs a static binary for this machine's own processor, which is there already, and proves it.
    pub(crate) fn proving(binary: PathBuf) -> Self {
        let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
        Self { target, binary: Some(binary), revision: 1, prove: true }
    }
}

/// A binary and what packages are called after.
pub(crate) struct Release {
    /// The binary.
    pub(crate) binary: PathBuf,
    /// What it was built for.
    pub(crate) target: String,
    /// BanGUI's version.
    pub(crate) version: String,
    /// The revision of the Debian package.
    pub(crate) revision: u32,
    /// When the commit was made that is packed, in seconds since 1970: the time of all that is packed.
    pub(crate) time: u64,
}

/// Builds, packs and judges.
pub(crate) fn run(args: &DistArgs) -> Result<()> {
    needs::require(&[Need::Lintian])?;
    let binary = if let Some(binary) = &args.binary {
        binary.clone()
    } else {
        needs::require(&[Need::Musl])?;
        web::build(false)?;
        binary::build(&args.target)?
    };
    if args.target.contains("musl") {
        binary::require_static(&binary)?;
    }
    let release = Release::new(binary, &args.target, args.revision)?;
    let out = workspace::root().join("target/dist");
    fs::create_dir_all(&out).with_context(|| format!("make {}", out.display()))?;
    let items = contents::all(&release)?;
    let made =
        [tarball::write(&release, &items, &out)?, deb::write(&release, &items, &out, deb::Packing::Small)?];
    lint(&made[1])?;
    let names = made.iter().filter_map(|path| path.file_name());
    let sums = process::output(Command::new("sha256sum").current_dir(&out).arg("--").args(names))?;
    fs::write(out.join("SHA256SUMS"), &sums).context("write SHA256SUMS")?;
    print!("\n{}:\n{sums}", out.display());
    if args.prove {
        needs::require(&[Need::Machine])?;
        let dir = tempfile::tempdir().context("make a temporary directory")?;
        let next = Release { revision: release.revision + 1, ..release };
        let upgrade = deb::write(&next, &contents::all(&next)?, dir.path(), deb::Packing::Quick)?;
        proof::run(&made[1], &upgrade)?;
    }
    Ok(())
}

/// What Debian's own tool says of the package, but for what only counts for an upload to Debian's archive.
fn lint(package: &Path) -> Result<()> {
    let not_for_us = "bogus-mail-host,bogus-mail-host-in-debian-changelog,initial-upload-closes-no-bugs";
    let mut lintian = Command::new("lintian");
    lintian.args(["--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0"]);
    process::run(lintian.args(["--suppress-tags", not_for_us]).arg(package))
        .context("lintian's judgement of the package")
}

impl Release {
    /// Packages of `binary` with the version of the workspace.
    pub(crate) fn new(binary: PathBuf, target: &str, revision: u32) -> Result<Self> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { binary, target: target.to_owned(), version, revision, time: time_of_commit()? })
    }

    /// What the binary prints when it is asked for `arguments`.
    fn ask<const N: usize>(&self, arguments: [&str; N]) -> Result<String> {
        process::output(Command::new(&self.binary).args(arguments))
            .with_context(|| format!("ask {} for {}", self.binary.display(), arguments.join(" ")))
    }
}

/// A source archive has no history: then the time is that of the change log.
fn time_of_commit() -> Result<u64> {
    let mut git = Command::new("git");
    git.current_dir(workspace::root()).args(["log", "-1", "--format=%ct"]);
    if let Ok(text) = process::output(git.stderr(std::process::Stdio::null())) {
        return text.trim().parse().context("git's time of the last commit");
    }
    let changed = workspace::root().join("CHANGELOG.md").metadata()?.modified()?;
    Ok(changed.duration_since(std::time::UNIX_EPOCH)?.as_secs())
}

/// Lays files out below `root`, with the modes that they are to have.
fn lay_out<'a>(root: &Path, files: impl Iterator<Item = (&'a str, &'a Item)>) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for (name, item) in files {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        match &item.content {
            contents::Content::File(source) => {
                fs::copy(source, &path).with_context(|| format!("copy {}", source.display()))?;
            }
            contents::Content::Bytes(bytes) => {
                fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))?;
            }
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(item.mode))
            .with_context(|| format!("set the mode of {}", path.display()))?;
    }
    Ok(())
}
