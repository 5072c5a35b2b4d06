//! A disk that is full, under a running server, and one that is read-only when it starts. They are mounted in a namespace
//! of the server's own.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bangui_test_support::db::SqliteFile;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::checks::{each_banned_once, jobs_in_order, role, takes_nothing};
use crate::server::{Server, Setup, eventually, namespace};
use crate::storm::{Storm, patient};

/// A server whose database lies on a disk of its own.
struct Disk {
    server: Server,
    mount: TempDir,
}

impl Disk {
    fn start(socket: &Path) -> Self {
        let mount = TempDir::new().expect("a directory");
        let mut setup = Setup::with_socket(socket);
        setup
            .settings
            .push(("BANGUI_DATABASE__URL", format!("sqlite://{}/bangui.db", mount.path().display())));
        setup.through = namespace();
        let script =
            format!("mount -t tmpfs -o size=12m tmpfs {} && exec \"$0\" \"$@\"", mount.path().display());
        setup.through.extend(["sh".to_owned(), "-c".to_owned(), script]);
        Self { server: Server::start_and_login(&setup), mount }
    }

    /// A file on the disk, seen from outside.
    fn file(&self, name: &str) -> PathBuf {
        let inside = self.mount.path().strip_prefix("/").expect("a full path");
        Path::new("/proc").join(self.server.pid().to_string()).join("root").join(inside).join(name)
    }

    /// Takes what room there is.
    fn fill(&self) -> u64 {
        let mut file = File::create(self.file("fill")).expect("a file");
        let mut written = 0;
        // In ever smaller pieces, to the last byte.
        for size in [65_536, 4_096, 1] {
            let piece = vec![0; size];
            loop {
                match file.write(&piece) {
                    Ok(0) => break,
                    Ok(bytes) => written += u64::try_from(bytes).expect("few"),
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        written
    }

    /// SQLite finds no damage, and every ban once.
    fn whole(&self) {
        let mut file = SqliteFile::open(&self.file("bangui.db"));
        let damage = "SELECT count(*) AS count FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
        assert_eq!(file.count(damage), 0);
    }
}

#[test]
fn a_full_disk_is_survived() {
    let fail2ban = Arc::new(patient());
    let disk = Disk::start(&fail2ban.socket());
    let server = &disk.server;
    server.wait_for_health(200);
    let storm = Storm::begin(&fail2ban, Duration::from_millis(150));
    std::thread::sleep(Duration::from_secs(2));
    let taken = disk.fill();
    takes_nothing(server);
    assert!(server.log().contains("disk is full"), "{}", server.log());

    std::fs::remove_file(disk.file("fill")).expect("room again");
    eventually("the server to schedule again", || (role(server).as_deref() == Some("leader")).then_some(()));
    let addresses = storm.end();
    each_banned_once(server, &addresses);
    server.wait_for_health(200);
    let (status, body) = server.call("POST", "/api/jobs/prune_sessions/run", None);
    assert_eq!(status, 202, "{body}");
    let runs = jobs_in_order(server);
    disk.whole();
    println!("a full disk ({taken} bytes taken): {} bans, each once; {runs} runs of jobs", addresses.len());
}

#[test]
fn a_database_on_a_read_only_disk_is_named_and_left_as_it_is() {
    let home = TempDir::new().expect("a directory");
    let place = format!("sqlite://{}/bangui.db", home.path().display());
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    setup.settings.push(("BANGUI_DATABASE__URL", place));
    let mut first = Server::start(&setup);
    first.signal(Signal::TERM);
    assert_eq!(first.wait(), 0);
    let before = std::fs::read(home.path().join("bangui.db")).expect("a database");

    let dir = home.path().display();
    let script = format!("mount --bind {dir} {dir} && mount -o remount,bind,ro {dir} && exec \"$0\" \"$@\"");
    setup.through = namespace();
    setup.through.extend(["sh".to_owned(), "-c".to_owned(), script]);
    let mut server = Server::spawn(&setup);
    let code = server.wait();
    let log = server.log();
    assert_eq!(code, 78, "{log}");
    assert!(log.contains(&dir.to_string()) && log.contains("cannot be written"), "{log}");
    assert_eq!(std::fs::read(home.path().join("bangui.db")).expect("a database"), before);
    println!("a read-only disk: refused with 78 and named, the file unchanged");
}
