//! Files and directories: the data, secrets, fail2ban's configuration. Looks at owners, modes, sizes and room.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use super::{Finding, readable};
use crate::settings::Settings;
use crate::settings::load::secrets_in;
use crate::settings::secrets;

const MIB: u64 = 1 << 20;
/// Less room than this is soon used up, and less than that is used up.
const LITTLE_ROOM: u64 = 256 * MIB;
const NO_ROOM: u64 = 16 * MIB;
/// A log of SQLite that has grown so large is not being folded in.
const LARGE_WAL: u64 = 64 * MIB;

/// Looks at all files that `settings`, read from `config`, name.
pub(super) fn check(settings: &Settings, config: Option<&Path>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Ok(Some(database)) = bangui_persistence::sqlite_file(settings.database.url.expose()) {
        found.extend(data(&database));
        found.extend(database.parent().map(room));
    }
    found.push(secrets(settings, config));
    found.push(configuration(&settings.fail2ban.config_dir));
    found
}

/// The database's files: they belong together, to one user.
fn data(database: &Path) -> Vec<Finding> {
    const CHECK: &str = "data files";
    let Ok(own) = fs::metadata(database) else { return Vec::new() };
    let with = |path: &Path, suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let beside = |suffix: &str| with(database, suffix);
    let queue = crate::stage::queue_file(database);
    let others = [beside("-wal"), beside("-shm"), with(&queue, "-wal"), with(&queue, "-shm"), queue];
    let strange: Vec<String> = others
        .iter()
        .filter(|path| fs::metadata(path).is_ok_and(|other| other.uid() != own.uid()))
        .map(|path| path.display().to_string())
        .collect();
    let mut found = Vec::new();
    if !strange.is_empty() {
        found.push(Finding::failure(
            CHECK,
            format!("{} belong(s) to another user than {} (uid {})", strange.join(", "), database.display(), own.uid()),
            format!("Give them to one user: chown {} them. Run bangui's commands as the server's user, not as root.", own.uid()),
        ));
    }
    // SQLite makes files beside the database, which root may do anywhere.
    let directory = database.parent().and_then(|directory| Some((directory, fs::metadata(directory).ok()?)));
    if let Some((directory, of)) = directory
        && own.uid() != 0
        && of.uid() != own.uid()
        && of.mode() & 0o022 == 0
    {
        found.push(Finding::failure(
            CHECK,
            format!(
                "{} belongs to uid {}, and uid {}, to whom the database in it belongs, may not write there",
                directory.display(),
                of.uid(),
                own.uid()
            ),
            format!("chown {} {}", own.uid(), directory.display()),
        ));
    }
    let open: Vec<String> = std::iter::once(database)
        .chain(others.iter().map(PathBuf::as_path))
        .filter(|path| fs::metadata(path).is_ok_and(|file| open_to_all(&file)))
        .map(|path| path.display().to_string())
        .collect();
    if !open.is_empty() {
        let open = open.join(" ");
        found.push(Finding::warning(
            CHECK,
            format!("{open} can be read by everybody on this machine"),
            format!("chmod o-rwx {open}; the next start of the server does it"),
        ));
    }
    let wal = fs::metadata(beside("-wal")).map_or(0, |wal| wal.len());
    if wal > LARGE_WAL {
        found.push(Finding::warning(
            CHECK,
            format!("the database's log {} has grown to {} MiB", beside("-wal").display(), wal / MIB),
            "A reader that never ends keeps SQLite from folding it in: see what else has the file open, and restart BanGUI.",
        ));
    }
    if found.is_empty() {
        let size = own.len() / MIB;
        found.push(Finding::ok(
            CHECK,
            format!("{} ({size} MiB) and its files belong to uid {}", database.display(), own.uid()),
        ));
    }
    found
}

fn room(directory: &Path) -> Finding {
    const CHECK: &str = "disk";
    let place = directory.display();
    let left = match rustix::fs::statvfs(directory) {
        Ok(system) => system.f_bavail.saturating_mul(system.f_frsize),
        Err(error) => return Finding::skipped(CHECK, format!("the room in {place} is not told: {error}")),
    };
    let what = format!("{} MiB are left in {place}", left / MIB);
    let advice = "Make room: when the disk is full, BanGUI records nothing and takes no orders until there is room again.";
    if left < NO_ROOM {
        Finding::failure(CHECK, what, advice)
    } else if left < LITTLE_ROOM {
        Finding::warning(CHECK, what, advice)
    } else {
        Finding::ok(CHECK, what)
    }
}

/// Files with secrets: those that the settings name, and the settings file where secrets stand in it.
fn secrets(settings: &Settings, config: Option<&Path>) -> Finding {
    const CHECK: &str = "secrets";
    let mut files = secrets::files(settings);
    files.retain(|path| !secrets::is_mounted(path));
    let (file, held) = secrets_in(config);
    if !held.is_empty() {
        files.push(file);
    }
    let open: Vec<String> = files
        .iter()
        .filter(|path| fs::metadata(path).is_ok_and(|found| open_to_all(&found)))
        .map(|path| path.display().to_string())
        .collect();
    if open.is_empty() {
        return Finding::ok(CHECK, "no file with a secret can be read by everybody");
    }
    let open = open.join(" ");
    Finding::warning(
        CHECK,
        format!("everybody on this machine can read {open}"),
        format!("chmod o-rwx {open}"),
    )
}

fn open_to_all(file: &Metadata) -> bool {
    file.mode() & 0o004 != 0
}

/// Nothing edits the configuration yet, so that reading it is enough.
fn configuration(directory: &Path) -> Finding {
    const CHECK: &str = "configuration";
    let place = directory.display();
    match fs::metadata(directory) {
        Err(error) => {
            return Finding::skipped(
                CHECK,
                format!(
                    "{place} (fail2ban.config_dir) is not to be seen here ({error}); nothing needs it yet"
                ),
            );
        }
        Ok(found) if !found.is_dir() => {
            let advice = "Set fail2ban.config_dir (BANGUI_FAIL2BAN__CONFIG_DIR) to fail2ban's configuration directory.";
            return Finding::warning(CHECK, format!("{place} is not a directory"), advice);
        }
        Ok(_) => {}
    }
    if let Err(error) = readable(directory) {
        let advice = "Let this user read the directory; nothing needs it yet.";
        return Finding::warning(CHECK, format!("{place} cannot be read: {error}"), advice);
    }
    let how = match rustix::fs::access(directory, Access::WRITE_OK) {
        Ok(()) => "can be read and written",
        Err(_) => "can be read, and not written, which is enough: BanGUI changes no configuration",
    };
    Finding::ok(CHECK, format!("{place} {how}"))
}
