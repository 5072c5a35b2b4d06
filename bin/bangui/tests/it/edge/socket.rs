//! A Unix socket is there with its permissions, or not at all.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::unix::fs::PermissionsExt as _;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tempfile::TempDir;

use super::setup;
use crate::server::{Server, free_port};

/// What the kernel tells of one name in a directory.
fn happened(watch: &rustix::fd::OwnedFd, name: &CStr) -> Vec<ReadFlags> {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(watch, &mut buffer);
    let mut found = Vec::new();
    loop {
        match reader.next() {
            Ok(event) if event.file_name() == Some(name) => found.push(event.events()),
            Ok(_) => {}
            Err(Errno::AGAIN) => return found,
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_socket_comes_to_its_place_with_its_permissions() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("bangui.sock");
    let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).expect("inotify");
    let wanted = WatchFlags::CREATE | WatchFlags::ATTRIB | WatchFlags::MOVED_TO | WatchFlags::DELETE;
    inotify::add_watch(&watch, dir.path(), wanted).expect("a watch");
    let address = free_port();
    let mut setup = setup(&[("BANGUI_HTTP__SOCKET_MODE", "600")]);
    setup.address = Some(address);
    setup.settings.push(("BANGUI_HTTP__LISTEN", format!("{address},unix:{}", path.display())));
    let mut server = Server::start(&setup);
    let events = happened(&watch, c"bangui.sock");
    assert_eq!(events, [ReadFlags::MOVED_TO], "it is made and changed elsewhere");
    let mode = std::fs::metadata(&path).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // One that a dead process has left is replaced in one step.
    server.signal(rustix::process::Signal::KILL);
    server.wait();
    let _again = Server::start(&setup);
    assert_eq!(happened(&watch, c"bangui.sock"), [ReadFlags::MOVED_TO]);
    let left: Vec<_> = std::fs::read_dir(dir.path()).expect("the directory").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
