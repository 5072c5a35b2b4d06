//! The web pages: installs what npm's lock file names and builds the sources, where they are
//! newer than what was built from them.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::needs::{self, Need};
use crate::{process, workspace};

/// What the built pages are made from, beside the folder `src`.
const SOURCES: [&str; 6] = ["src", "build", "public", "index.html", "package-lock.json", "vite.config.ts"];

/// Builds the pages into `crates/web-ui/dist`, if they are older than their sources or `force` is set.
///
/// # Errors
/// When Node.js is missing or too old, or npm fails.
pub(crate) fn build(force: bool) -> Result<()> {
    needs::require(&[Need::Node])?;
    install()?;
    let built = modified(&workspace::dist().join("index.html"));
    let sources = SOURCES.iter().filter_map(|name| newest(&workspace::ui().join(name))).max();
    if !force && built.is_some() && built >= sources {
        println!("The web pages are up to date.");
        return Ok(());
    }
    println!("Building the web pages.");
    process::run(&mut npm(["run", "build"])).context("build the web pages")
}

/// Installs the packages of the lock file, if `node_modules` is older.
pub(crate) fn install() -> Result<()> {
    let ui = workspace::ui();
    let lock = modified(&ui.join("package-lock.json")).with_context(|| {
        format!("{} has no package-lock.json: `npm install` there makes one", ui.display())
    })?;
    // npm writes this file last, so a broken-off install is not taken for a whole one.
    if modified(&ui.join("node_modules/.package-lock.json")).is_some_and(|installed| installed >= lock) {
        return Ok(());
    }
    println!("Installing the npm packages of the web pages.");
    process::run(&mut npm(["ci"])).context("install the npm packages")
}

/// An npm command in the pages' folder.
pub(crate) fn npm<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(workspace::ui()).args(args);
    command
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

/// The newest time of a file, or of any file below a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let below = path
        .read_dir()
        .ok()
        .and_then(|entries| entries.filter_map(|entry| newest(&entry.ok()?.path())).max());
    below.max(modified(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, create_dir_all};
    use std::time::Duration;

    #[test]
    fn the_newest_file_of_a_tree_counts() {
        let dir = tempfile::tempdir().unwrap();
        create_dir_all(dir.path().join("src/deep")).unwrap();
        let file = File::create(dir.path().join("src/deep/page.tsx")).unwrap();
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        file.set_modified(later).unwrap();
        assert_eq!(newest(&dir.path().join("src")), Some(later));
        assert_eq!(newest(&dir.path().join("missing")), None);
    }
}
