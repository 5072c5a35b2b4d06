//! The operating system's lock beside a SQLite database: tells at once that the process which held the scheduler lock is
//! gone. The kernel releases such a lock when its process ends, however it ends. Knows no table; the scheduler lock's row
//! stays the truth wherever this file says nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// File systems that one kernel has to itself, by the number that `statfs` gives them. On any other, such as NFS, a lock may
/// be free here while a process on another host holds it.
const LOCAL: [u64; 12] = [
    0xEF53,      // ext2, ext3, ext4
    0x5846_5342, // XFS
    0x9123_683E, // Btrfs
    0x2FC1_2FC1, // ZFS
    0xF2F5_2010, // F2FS
    0xCA45_1A4E, // bcachefs
    0x3153_464A, // JFS
    0x3434,      // NILFS2
    0xF15F,      // eCryptfs
    0x794C_7630, // overlayfs
    0x0102_1994, // tmpfs
    0x8584_58F6, // ramfs
];

/// Longer than the id of any holder.
const MOST_BYTES: u64 = 256;

/// The lock file of one database. It names the last process that held it, and is never deleted.
#[derive(Debug)]
pub(crate) struct LockFile {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    warned: bool,
}

/// The lock in the hands of this process.
#[derive(Debug)]
struct Held {
    file: File,
    /// The holder that the file names.
    named: String,
    /// Whether that is this process.
    ours: bool,
    /// Whether no other kernel can have the file open.
    local: bool,
}

impl LockFile {
    /// The one beside `database`: `bangui.db-lock` for `bangui.db`. Nothing is opened or made yet.
    pub(crate) fn beside(database: &Path) -> Self {
        // Two ways to one file have to lead to one lock.
        let real = std::fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
        let mut path = real.into_os_string();
        path.push("-lock");
        Self { path: PathBuf::from(path), state: Mutex::default() }
    }

    /// Takes the lock if no process has it, and names `holder` in it.
    pub(crate) fn claim(&self, holder: &str) {
        self.with_lock(|held| held.name(holder));
    }

    /// Whether the process called `holder` is surely gone: it held this lock last, and the kernel has released it.
    pub(crate) fn tells_gone(&self, holder: &str) -> bool {
        let gone = |held: &mut Held| Ok(held.local && !held.ours && held.named == holder);
        let gone = self.with_lock(gone).unwrap_or(false);
        if !gone {
            // Whoever holds the row may still take the lock, and has to find it free.
            self.state.lock().unwrap_or_else(PoisonError::into_inner).held.take_if(|held| !held.ours);
        }
        gone
    }

    /// Gives the lock back.
    pub(crate) fn release(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).held = None;
    }

    /// Does `what` with the lock, if this process has it or can have it now. A file system without locks, or a file that
    /// cannot be opened, is said once: the row of the scheduler lock then decides alone.
    fn with_lock<T>(&self, what: impl FnOnce(&mut Held) -> io::Result<T>) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let done = (|| {
            if state.held.is_none() {
                state.held = Held::take(&self.path)?;
            }
            state.held.as_mut().map(what).transpose()
        })();
        match done {
            Ok(done) => done,
            Err(error) => {
                if !std::mem::replace(&mut state.warned, true) {
                    tracing::warn!(
                        "{} cannot be locked, so that a start after a crash takes 15 s longer. Give it to the user that runs \
                         BanGUI, on a file system with locks: {error}",
                        self.path.display()
                    );
                }
                None
            }
        }
    }
}

impl Held {
    /// Takes the lock; `None` if another process has it.
    fn take(path: &Path) -> io::Result<Option<Self>> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let kind = rustix::fs::fstatfs(&file)?.f_type;
        let local = u64::try_from(kind).is_ok_and(|kind| LOCAL.contains(&kind));
        let mut named = String::new();
        // Whatever else is in it names nobody.
        if (&mut file).take(MOST_BYTES).read_to_string(&mut named).is_err() {
            named.clear();
        }
        Ok(Some(Self { file, named, ours: false, local }))
    }

    fn name(&mut self, holder: &str) -> io::Result<()> {
        if self.ours && self.named == holder {
            return Ok(());
        }
        // Until the new name is whole the file names nobody, and the row decides.
        self.named.clear();
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(holder.as_bytes())?;
        // Or a power cut leaves the file empty.
        self.file.sync_all()?;
        holder.clone_into(&mut self.named);
        self.ours = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// Two lock files on one database stand for two processes: the kernel tells apart who opened a file, not which process.
    fn pair(dir: &Path) -> (LockFile, LockFile) {
        let database = dir.join("bangui.db");
        std::fs::write(&database, "").unwrap();
        let other = dir.join("other.db");
        symlink(&database, &other).unwrap();
        (LockFile::beside(&database), LockFile::beside(&other))
    }

    #[test]
    fn a_holder_is_gone_once_its_lock_is_free_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = pair(dir.path());
        first.claim("first");
        assert!(!first.tells_gone("first"), "it is this process");
        assert!(!second.tells_gone("first"), "it holds the lock");
        drop(first);
        assert!(second.tells_gone("first"));
        assert!(second.tells_gone("first"), "until it is claimed");
        second.claim("second");
        assert!(!second.tells_gone("first") && !second.tells_gone("second"));
        let mode = std::fs::metadata(dir.path().join("bangui.db-lock")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_free_lock_tells_nothing_of_a_holder_that_never_had_it() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = pair(dir.path());
        first.claim("first");
        // Takes the row over from one that was stopped, and cannot take the lock from it.
        second.claim("second");
        drop(first);
        let third = LockFile::beside(&dir.path().join("bangui.db"));
        assert!(!third.tells_gone("second"), "the row decides");
        assert!(third.tells_gone("first"));
    }

    #[test]
    fn who_asks_in_vain_does_not_keep_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = pair(dir.path());
        assert!(!second.tells_gone("first"), "it has not come to its lock yet");
        first.claim("first");
        drop(second);
        let third = LockFile::beside(&dir.path().join("bangui.db"));
        assert!(!third.tells_gone("first"), "it holds the lock");
        drop(first);
        assert!(third.tells_gone("first"));
    }

    #[test]
    fn what_cannot_be_opened_or_read_tells_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("bangui.db");
        std::fs::write(&database, "").unwrap();
        std::fs::write(dir.path().join("bangui.db-lock"), b"fi\xffrst").unwrap();
        let lock = LockFile::beside(&database);
        assert!(!lock.tells_gone("first") && !lock.tells_gone("fi"));
        lock.claim("second");
        assert_eq!(std::fs::read(dir.path().join("bangui.db-lock")).unwrap(), b"second");

        std::fs::create_dir(dir.path().join("c.db-lock")).unwrap();
        let unusable = LockFile::beside(&dir.path().join("c.db"));
        unusable.claim("third");
        assert!(!unusable.tells_gone("third"));
    }
}
