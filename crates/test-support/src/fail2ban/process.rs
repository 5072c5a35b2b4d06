//! The server process, and a watchdog that ends it when the process that started it dies without clean-up. Knows
//! no configuration.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::error::LabError;

/// A running server with its watchdog. Dropping it kills both and waits for them.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    watchdog: Child,
}

impl Server {
    /// Starts `fail2ban-server` in the foreground, in its own process group, so that a Ctrl-C on the terminal
    /// reaches the program under test first. `remove` is what the watchdog deletes if the caller dies.
    pub(super) fn start(
        args: &[OsString],
        env: &[(String, String)],
        output: &Path,
        remove: Option<&Path>,
    ) -> Result<Self, LabError> {
        let file = File::create(output)
            .map_err(|source| LabError::io(format!("making {}", output.display()), source))?;
        let second = file.try_clone().map_err(|source| LabError::io("sharing the output file", source))?;
        let mut child = Command::new("fail2ban-server")
            .args(args)
            .envs(env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(second)
            .process_group(0)
            .spawn()
            .map_err(|source| LabError::spawn("fail2ban-server", source))?;
        match watch(child.id(), remove) {
            Ok(watchdog) => Ok(Self { child, watchdog }),
            Err(source) => {
                end(&mut child);
                Err(LabError::spawn("sh", source))
            }
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The exit status, where the server has ended.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for the server to end by itself; says whether it did.
    pub(super) fn wait(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < limit {
            if self.ended().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The watchdog goes first: once the server is reaped, its number may belong to another process.
        end(&mut self.watchdog);
        end(&mut self.child);
    }
}

/// The watchdog reads a pipe whose other end only this process holds: the read returns when this process is gone.
fn watch(server: u32, remove: Option<&Path>) -> io::Result<Child> {
    let script = r#"read -r _; kill -9 "$1"; if [ -n "$2" ]; then rm -rf -- "$2"; fi"#;
    Command::new("sh")
        .args(["-c", script, "fail2ban-lab-watchdog"])
        .arg(server.to_string())
        .arg(remove.unwrap_or(Path::new("")))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

/// Kills and reaps. Both calls fail only for a process that has already been reaped, which is what is wanted.
fn end(child: &mut Child) {
    drop(child.kill());
    // `wait` would close the pipe first and wake the watchdog; it is already dead by then.
    drop(child.wait());
}
