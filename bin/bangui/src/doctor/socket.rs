//! fail2ban's socket as a file: whether it is there, is the right one, and may be used. Connects to nothing.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use bangui_domain::model::OutageCode;
use bangui_gateway::SocketMount;
use rustix::fs::Access;

use super::Finding;
use super::process::Identity;

const CHECK: &str = "socket";
const DROP_IN: &str = "a drop-in for its unit with RuntimeDirectoryPreserve=yes";

/// Looks at the socket and what it lies in.
pub(super) fn check(socket: &Path) -> Vec<Finding> {
    let mount = SocketMount::of(socket);
    if let Some(stale) = mount.complaint(socket) {
        return vec![Finding::failure(CHECK, stale, OutageCode::StaleMount.hint())];
    }
    let found = match fs::metadata(socket) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return vec![missing(socket, mount)],
        Err(error) => return vec![unreachable(socket, &error)],
    };
    let shown = socket.display();
    if !found.file_type().is_socket() {
        return vec![Finding::failure(
            CHECK,
            format!("{shown} is not a socket"),
            "Set fail2ban.socket to fail2ban's socket (`socket` in fail2ban.conf). Where a container mounts the socket's file, and \
             it was missing at that moment, the engine has made a directory of that name: mount the socket's directory.",
        )];
    }
    let rights = format!("mode {:04o}, owner {}:{}", found.mode() & 0o7777, found.uid(), found.gid());
    let mut findings = vec![match rustix::fs::access(socket, Access::READ_OK | Access::WRITE_OK) {
        Ok(()) => Finding::ok(CHECK, format!("{shown} may be used ({rights})")),
        Err(_) => denied(&format!("{shown} may not be used by {} ({rights})", Identity::own()), &found),
    }];
    if mount == SocketMount::File {
        findings.push(Finding::warning(
            "mount",
            format!("{shown} is mounted as a file, which goes stale when fail2ban starts anew"),
            "Mount its directory instead.",
        ));
    }
    findings
}

fn denied(what: &str, socket: &fs::Metadata) -> Finding {
    let (mode, gid) = (socket.mode(), socket.gid());
    let advice = if mode & 0o060 == 0o060 && !Identity::own().is_in(gid) {
        format!(
            "Put this process into group {gid}: group_add: [\"{gid}\"] in compose, SupplementaryGroups={gid} in a unit."
        )
    } else {
        "fail2ban makes its socket for root alone, at every start: have its unit give it to a group and put this process into \
         that group (docs/installing.md, \"Give it the socket\"), or run BanGUI as uid 0 without capabilities."
            .to_owned()
    };
    Finding::failure(CHECK, what, advice)
}

/// Why there is no socket: by what its directory holds.
fn missing(socket: &Path, mount: SocketMount) -> Finding {
    let directory = socket.parent().unwrap_or(Path::new("/"));
    let (shown, place) = (socket.display(), directory.display());
    let names = match fs::read_dir(directory) {
        Ok(entries) => entries
            .filter_map(Result::ok)
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .take(8)
            .collect::<Vec<_>>(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Finding::failure(
                CHECK,
                format!("there is no {shown}, and its directory {place} is missing as well"),
                "Start fail2ban (systemctl start fail2ban), or set fail2ban.socket (BANGUI_FAIL2BAN__SOCKET) to its socket. In \
                 a container, mount that directory.",
            );
        }
        Err(error) => return unreachable(directory, &error),
    };
    if names.is_empty() && mount == SocketMount::Directory {
        return Finding::failure(
            CHECK,
            format!(
                "{place} is mounted here and empty: fail2ban is off, or the mount shows a directory that is gone"
            ),
            format!(
                "Start fail2ban. If it runs, its unit has made the directory anew: restart this container, and keep the \
                 directory from now on with {DROP_IN} (docs/troubleshooting.md)."
            ),
        );
    }
    let holds = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    Finding::failure(
        CHECK,
        format!("there is no {shown}; its directory holds {holds}"),
        "Start fail2ban (systemctl start fail2ban), or set fail2ban.socket (BANGUI_FAIL2BAN__SOCKET) to where it has its \
         socket (`socket` in fail2ban.conf).",
    )
}

fn unreachable(path: &Path, error: &io::Error) -> Finding {
    Finding::failure(
        CHECK,
        format!("{} cannot be looked at by {}: {error}", path.display(), Identity::own()),
        "Give this user search permission (x) on each of the path's directories, through a group or by running as their owner.",
    )
}
