//! The SQLite file of the queue: for its user alone from the moment that it is there. SQLite gives what it makes beside the file
//! the same mode.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// What a file's mode gives to those who are neither its user nor in its group.
const OTHERS: u32 = 0o007;

/// Makes the file if it is not there, and closes one to others that an earlier version has made.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => return made.map(drop),
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        close_to_others(&PathBuf::from(name));
    }
    Ok(())
}

/// By its path and not through a descriptor: to close one gives up the locks that this process has on the file.
fn close_to_others(path: &Path) {
    let Ok(found) = std::fs::metadata(path) else { return };
    let mode = found.permissions().mode() & 0o7777;
    if mode & OTHERS == 0 {
        return;
    }
    if let Err(error) = std::fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS)) {
        tracing::warn!("{} is open to everybody on this machine: chmod o-rwx it ({error})", path.display());
    }
}
