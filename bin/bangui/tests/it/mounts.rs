//! A server that sees fail2ban through a mount, as in a container: in a mount namespace of its own.

use std::path::PathBuf;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use tempfile::TempDir;

use crate::server::{Server, Setup};

/// A fail2ban in a directory, and another directory in which a server sees it, or its socket.
pub(crate) struct Mounted {
    fail2ban: Option<Fail2ban>,
    place: TempDir,
    what: Option<String>,
}

impl Mounted {
    /// fail2ban's whole directory is mounted.
    pub(crate) fn directory() -> Self {
        Self::new(false)
    }

    /// The socket's file is mounted.
    pub(crate) fn file() -> Self {
        Self::new(true)
    }

    fn new(file: bool) -> Self {
        let place = TempDir::new().expect("a directory");
        std::fs::create_dir(place.path().join("seen")).expect("a directory");
        let mut mounted = Self { fail2ban: None, place, what: None };
        mounted.start();
        if file {
            let name = mounted.socket_name();
            std::fs::write(mounted.place.path().join("seen").join(&name), "").expect("a file to mount over");
            mounted.what = Some(name);
        }
        mounted
    }

    fn start(&mut self) {
        let fail2ban = Fail2ban::builder()
            .env("TZ", "UTC")
            .dir(self.origin())
            .jail(JailSpec::new("sshd", Filter::Sshd))
            .start()
            .expect("fail2ban starts");
        self.fail2ban = Some(fail2ban);
    }

    fn origin(&self) -> PathBuf {
        self.place.path().join("run")
    }

    fn socket_name(&self) -> String {
        let socket = self.fail2ban.as_ref().expect("it runs").socket();
        socket.file_name().expect("a name").to_string_lossy().into_owned()
    }

    /// A server that sees the mount, and nobody else does.
    pub(crate) fn setup(&self) -> Setup {
        let seen = self.place.path().join("seen");
        let mut setup = Setup::with_socket(&seen.join(self.socket_name()));
        let inside = self.what.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
        let script = format!(
            "mount --bind {}{inside} {}{inside} && exec \"$0\" \"$@\"",
            self.origin().display(),
            seen.display()
        );
        setup.through = ["unshare", "--mount", "sh", "-c", &script].map(str::to_owned).to_vec();
        setup
    }

    /// What systemd does when Debian's unit restarts: the directory goes with the old fail2ban, and comes anew with the next.
    pub(crate) fn made_anew(&mut self) {
        self.fail2ban.take().expect("it runs").stop().expect("it stops");
        std::fs::remove_dir_all(self.origin()).expect("systemd deletes it");
        self.start();
    }

    /// fail2ban has ended, and its directory is still there, with nothing in it.
    pub(crate) fn emptied(&mut self) {
        self.fail2ban.take().expect("it runs").stop().expect("it stops");
        for entry in std::fs::read_dir(self.origin())
            .expect("a directory")
            .map(|entry| entry.expect("an entry").path())
        {
            let gone =
                if entry.is_dir() { std::fs::remove_dir_all(&entry) } else { std::fs::remove_file(&entry) };
            gone.expect("gone");
        }
    }

    /// What lets a program see what `server` sees.
    pub(crate) fn beside(server: &Server) -> Vec<String> {
        ["nsenter", "--mount", "--target", &server.pid().to_string()].map(str::to_owned).to_vec()
    }

    /// fail2ban starts anew in the same directory.
    pub(crate) fn restarted(&mut self) {
        let fail2ban = self.fail2ban.as_mut().expect("it runs");
        fail2ban.stop().expect("it stops");
        fail2ban.start_again().expect("it starts");
    }
}
