//! Every file that BanGUI makes, and who may read it: under the most open umask there is.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use bangui_test_support::places::{PlacesFile, nested, system};
use bangui_test_support::receiver::{Answer, Receiver};
use rustix::process::Signal;

use crate::lab::{attack, fail2ban};
use crate::server::{Server, Setup, eventually};

/// Starts a program with an umask that takes nothing away.
const OPEN: [&str; 3] = ["sh", "-c", "umask 000; exec \"$0\" \"$@\""];

/// The mode of every file below a directory, by its path from there.
fn modes(directory: &Path) -> BTreeMap<String, u32> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).expect("a directory").flatten() {
            let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
            if kind.is_dir() {
                waiting.push(path);
                continue;
            }
            // One that is gone by now was of SQLite, for a moment.
            let Ok(metadata) = entry.metadata() else { continue };
            let name = path.strip_prefix(directory).expect("below it").display().to_string();
            found.insert(name, metadata.permissions().mode() & 0o777);
        }
    }
    found
}

fn provider() -> Receiver {
    Receiver::answering(|_, request| {
        let file = if request.path.contains("country") {
            PlacesFile::new("DBIP-Country-Lite", 1_793_000_000).with("5.0.1.0/24", nested("BE"))
        } else {
            PlacesFile::new("DBIP-ASN-Lite", 1_793_000_000).with("5.0.0.0/16", system(64_500, "Example"))
        };
        Answer::new(200, file.bytes())
    })
    .expect("a server")
}

fn run(directory: &Path, arguments: &[&str]) {
    let url = format!("sqlite://{}", directory.join("bangui.db").display());
    let mut command = std::process::Command::new("sh");
    command.args(&OPEN[1..]).arg(env!("CARGO_BIN_EXE_bangui")).args(arguments);
    let output = command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("BANGUI_DATABASE__URL", url)
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_file_that_is_made_is_for_its_user_alone() {
    let (fail2ban, provider) = (fail2ban(), provider());
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.through = OPEN.map(str::to_owned).to_vec();
    setup.settings = vec![
        ("BANGUI_GEO__DOWNLOAD", "true".to_owned()),
        ("BANGUI_GEO__DOWNLOAD_URL", provider.url("/{file}-{month}.mmdb")),
        ("BANGUI_OUTGOING__ALLOW_NETWORKS", "127.0.0.0/8".to_owned()),
        ("BANGUI_OUTGOING__ALLOW_HTTP", "true".to_owned()),
    ];
    let mut server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    attack(&fail2ban, "sshd", "192.0.2.7");
    let home = server.dir.path().to_owned();
    let has = |end: &str| modes(&home).keys().any(|name| name.ends_with(end));
    eventually("the ban to be recorded", || {
        (!server.items("/api/events?ip=192.0.2.7").is_empty()).then_some(())
    });
    eventually("both files of places", || (has("asn-lite.mmdb") && has("asn-lite.json")).then_some(()));
    run(&home, &["backup", &home.join("archive.gz").display().to_string()]);
    // Killed, it leaves everything behind.
    server.signal(Signal::KILL);
    server.wait();
    let other = home.join("restored");
    std::fs::create_dir(&other).expect("a directory");
    run(&other, &["restore", &home.join("archive.gz").display().to_string()]);
    let (from, to) = (home.join("bangui.db"), home.join("copied.db"));
    let urls = [from, to].map(|path| format!("sqlite://{}", path.display()));
    run(&home, &["copy", "--from", &urls[0], "--to", &urls[1]]);

    let found = modes(&home);
    let ends = [
        "bangui.db",
        "bangui.db-wal",
        "bangui.db-shm",
        "bangui-jobs.db",
        "bangui-jobs.db-wal",
        "archive.gz",
        "asn-lite.mmdb",
        "country-lite.mmdb",
        "asn-lite.json",
        "restored/bangui.db",
        "copied.db",
    ];
    for end in ends {
        assert!(found.keys().any(|name| name.ends_with(end)), "{end} in {found:#?}");
    }
    // The log is the test's own, and the shell has opened it.
    let open: Vec<_> = found.iter().filter(|(name, mode)| *name != "log" && **mode != 0o600).collect();
    assert!(
        open.is_empty(),
        "{:?} in {found:#?}",
        open.iter().map(|(name, mode)| format!("{name} {mode:o}")).collect::<Vec<_>>()
    );
}

#[test]
fn files_of_earlier_versions_are_closed_at_the_start() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let database = directory.path().join("bangui.db");
    let start = || {
        let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
        setup.settings.push(("BANGUI_DATABASE__URL", format!("sqlite://{}", database.display())));
        Server::start(&setup)
    };
    let mut server = start();
    server.signal(Signal::KILL);
    server.wait();
    let names: Vec<String> = modes(directory.path()).into_keys().collect();
    assert!(
        names.contains(&"bangui-jobs.db".to_owned()) && names.contains(&"bangui.db-wal".to_owned()),
        "{names:?}"
    );
    for name in &names {
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(directory.path().join(name), open).expect("a mode");
    }
    let server = start();
    for (name, mode) in modes(directory.path()) {
        assert_eq!(mode & 0o007, 0, "{name} {mode:o}");
    }
    assert!(server.log().contains("was open to everybody"), "{}", server.log());
}
