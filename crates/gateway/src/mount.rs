//! How the socket comes to be where it is looked for: in a container its directory is mounted, and a mount goes on showing
//! what was mounted when that has been deleted and made anew. Reads this process's own mount table, and decides nothing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The mounts of this process, one a line, the later ones above the earlier (proc(5)).
const TABLE: &str = "/proc/self/mountinfo";
/// What the kernel writes behind the path of a mounted directory or file that has been deleted.
const DELETED: &[u8] = b"//deleted";

/// How a socket comes to be where it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketMount {
    /// Neither the socket nor its directory is a mount of its own.
    Plain,
    /// Its directory is a mount of its own, and is still the one that was mounted.
    Directory,
    /// Its directory belongs to a mount whose origin has been deleted: nothing can appear in it any more.
    StaleDirectory,
    /// The socket file itself is mounted. It goes stale when fail2ban starts anew, since that makes another file.
    File,
    /// The socket file itself is mounted, and has been deleted since.
    StaleFile,
}

impl SocketMount {
    /// Looks how `socket` comes to be here. Where the system does not tell, it counts as not mounted.
    pub fn of(socket: &Path) -> Self {
        let Some(directory) = socket.parent() else { return Self::Plain };
        // Where /var/run is a link to /run, the table has what it leads to.
        let directory = fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let Ok(table) = fs::read(TABLE) else { return Self::Plain };
        let found = judge(&table, &directory, socket.file_name().unwrap_or_default());
        // Some file systems do not tell the table what has been deleted; a directory without links was.
        let unlinked = fs::metadata(&directory).is_ok_and(|found| found.nlink() == 0);
        if unlinked { Self::StaleDirectory } else { found }
    }

    /// What is wrong with a mount at `socket` that has gone stale, for people; `None` for one that has not.
    pub fn complaint(self, socket: &Path) -> Option<String> {
        let path = socket.display();
        match self {
            Self::StaleDirectory => Some(format!(
                "the directory of fail2ban's socket {path} is mounted here and has been deleted where it came from: \
                 fail2ban's unit deletes and makes it anew at every stop, and this container still sees the old one"
            )),
            Self::StaleFile => Some(format!(
                "fail2ban's socket {path} is mounted here as a file and has been deleted where it came from: fail2ban \
                 makes another at every start, and this container still sees the old one"
            )),
            Self::Plain | Self::Directory | Self::File => None,
        }
    }
}

/// Judges by a mount table.
fn judge(table: &[u8], directory: &Path, name: &OsStr) -> SocketMount {
    let socket = directory.join(name);
    let (mut file, mut around) = (None, None::<Mount>);
    for mount in table.split(|byte| *byte == b'\n').filter_map(Mount::read) {
        if mount.at == socket {
            file = Some(mount);
        } else if directory.starts_with(&mount.at)
            && around.as_ref().is_none_or(|best| mount.at.starts_with(&best.at))
        {
            around = Some(mount);
        }
    }
    match (file, around) {
        (_, Some(around)) if around.deleted => SocketMount::StaleDirectory,
        (Some(file), _) if file.deleted => SocketMount::StaleFile,
        (Some(_), _) => SocketMount::File,
        (None, Some(around)) if around.at == directory && directory != Path::new("/") => {
            SocketMount::Directory
        }
        (None, _) => SocketMount::Plain,
    }
}

/// One line of the table: what is mounted where.
struct Mount {
    at: PathBuf,
    deleted: bool,
}

impl Mount {
    fn read(line: &[u8]) -> Option<Self> {
        let mut fields = line.split(|byte| *byte == b' ').skip(3);
        let (root, at) = (fields.next()?, fields.next()?);
        Some(Self { at: PathBuf::from(unescaped(at)), deleted: root.ends_with(DELETED) })
    }
}

/// A path as the table writes it: blanks, line ends and backslashes as `\` and three octal digits.
fn unescaped(field: &[u8]) -> OsString {
    let mut path = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, behind)) = rest.split_first() {
        let code = (byte == b'\\').then(|| behind.get(..3)).flatten();
        let code = code.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        path.push(code.unwrap_or(byte));
        rest = if code.is_some() { behind.get(3..).unwrap_or_default() } else { behind };
    }
    OsString::from_vec(path)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    use super::{SocketMount, judge, unescaped};

    const ROOT: &str = "25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw";

    fn seen(lines: &[&str]) -> SocketMount {
        let table = [&[ROOT], lines].concat().join("\n");
        judge(table.as_bytes(), Path::new("/run/fail2ban"), OsStr::new("fail2ban.sock"))
    }

    #[test]
    fn the_innermost_mount_decides() {
        let run = "26 25 0:22 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,mode=755";
        let live = "40 26 0:22 /fail2ban /run/fail2ban ro - tmpfs tmpfs rw";
        let stale = "40 26 0:22 /fail2ban//deleted /run/fail2ban ro - tmpfs tmpfs rw";
        assert_eq!(seen(&[]), SocketMount::Plain);
        assert_eq!(seen(&[run]), SocketMount::Plain);
        assert_eq!(seen(&[run, live]), SocketMount::Directory);
        assert_eq!(seen(&[run, stale]), SocketMount::StaleDirectory);
        assert_eq!(seen(&[run, stale, live]), SocketMount::Directory, "mounted anew above the stale one");
        let elsewhere = "41 26 0:22 /x//deleted /run/fail2ban-old rw - tmpfs tmpfs rw";
        assert_eq!(seen(&[run, elsewhere]), SocketMount::Plain);
        let above = "26 25 0:22 /run//deleted /run rw - tmpfs tmpfs rw";
        assert_eq!(seen(&[above]), SocketMount::StaleDirectory);
    }

    #[test]
    fn a_mounted_socket_is_told_from_a_mounted_directory() {
        let file = "42 25 0:22 /fail2ban/fail2ban.sock /run/fail2ban/fail2ban.sock rw - tmpfs tmpfs rw";
        assert_eq!(seen(&[file]), SocketMount::File);
        assert_eq!(seen(&[&file.replace(".sock /run", ".sock//deleted /run")]), SocketMount::StaleFile);
    }

    #[test]
    fn what_the_table_escapes_is_read_back() {
        assert_eq!(unescaped(br"/a\040b\134c\"), r"/a b\c\");
        assert_eq!(unescaped(br"/a\9zz"), r"/a\9zz");
        assert_eq!(judge(b"garbage\n\n1 2", Path::new("/run"), OsStr::new("s")), SocketMount::Plain);
    }
}
