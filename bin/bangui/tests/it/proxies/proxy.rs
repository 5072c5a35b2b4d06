//! A proxy as a process, with a recipe of the book whose places are those of the test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::server::{eventually, free_port};
use crate::tls::{Pair, curl, try_fetch};

/// A running proxy.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Pair,
    child: Child,
    dir: TempDir,
}

/// Where a recipe's proxy is, and what its program reads.
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Pair,
    pub(crate) dir: PathBuf,
}

impl Place {
    /// A recipe with the test's certificate, and `upstream` in place of BanGUI's usual address.
    pub(crate) fn recipe(&self, name: &str, upstream: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/proxies").join(name);
        let text = std::fs::read_to_string(path).expect("a recipe");
        let text = text.replace("http://127.0.0.1:8686", &format!("http://{upstream}"));
        text.replace("127.0.0.1:8686", upstream)
            .replace("/etc/ssl/host.example.pem", &self.tls.certificate.display().to_string())
            .replace("/etc/ssl/host.example.key", &self.tls.key.display().to_string())
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.join(name);
        std::fs::write(&path, text).expect("written");
        path
    }
}

impl Proxy {
    /// Starts what `command` makes of a place, and waits until `/bangui/api/health/live` is answered through it.
    pub(crate) fn start(command: impl FnOnce(&Place) -> Command) -> Self {
        let dir = TempDir::new().expect("a directory");
        let place =
            Place { address: free_port(), tls: Pair::write(dir.path()), dir: dir.path().to_path_buf() };
        let log = std::fs::File::create(dir.path().join("log")).expect("a log");
        let mut command = command(&place);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        command.env("HOME", dir.path()).env("XDG_DATA_HOME", dir.path()).env("XDG_CONFIG_HOME", dir.path());
        let child = command.spawn().expect("the proxy starts");
        let mut proxy = Self { address: place.address, tls: place.tls, child, dir };
        eventually("the proxy to answer", || {
            if let Some(status) = proxy.child.try_wait().expect("a child") {
                panic!("the proxy ended with {status}: {}", proxy.log());
            }
            let mut ask = curl(&proxy.tls.certificate);
            ask.arg(proxy.url("/bangui/api/health/live"));
            try_fetch(ask).filter(|got| got.status == 200)
        });
        proxy
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).expect("a log")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // In order, or nginx's worker would live on.
        let pid = rustix::process::Pid::from_child(&self.child);
        if rustix::process::kill_process(pid, rustix::process::Signal::TERM).is_ok() {
            eventually("the proxy to end", || self.child.try_wait().expect("a child"));
        }
        if std::thread::panicking() {
            eprintln!("--- log of the proxy ---\n{}", self.log());
        }
    }
}
