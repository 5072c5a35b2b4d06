//! A long-running child (a server, a database) whose output goes to a log file, and which is
//! ended with its whole process group when it is dropped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::{process, stop};

const POLL: Duration = Duration::from_millis(50);
/// How exactly the end of a child is noticed.
const END_POLL: Duration = Duration::from_millis(5);
const TAIL_LINES: usize = 30;

/// A running child.
pub(crate) struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
    signal: Signal,
}

impl Service {
    /// Starts `command` with both outputs appended to `log`; `signal` is what ends it politely.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        log: &Path,
        signal: Signal,
    ) -> Result<Self> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("open {name}'s log {}", log.display()))?;
        let second = file.try_clone().with_context(|| format!("open {name}'s log twice"))?;
        let child = process::start(command.stdout(Stdio::from(file)).stderr(Stdio::from(second)))?;
        Ok(Self { name, child, log: log.to_path_buf(), signal })
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// An error, with the end of its log, when the child is no longer running.
    pub(crate) fn require_running(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait().with_context(|| format!("look after {}", self.name))? {
            bail!("{} stopped by itself ({status}); the end of its log:\n{}", self.name, self.log_tail());
        }
        Ok(())
    }

    /// Waits until `ready` says so, the child dies, a stop is asked for, or `limit` is over.
    pub(crate) fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let start = Instant::now();
        loop {
            self.require_running()?;
            if ready() {
                return Ok(());
            }
            if start.elapsed() > limit {
                let seconds = limit.as_secs();
                bail!(
                    "{} is not ready after {seconds} s; the end of its log:\n{}",
                    self.name,
                    self.log_tail()
                );
            }
            if stop::wait(POLL) {
                bail!("stopped by a signal");
            }
        }
    }

    /// Sends a signal to the child.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(&self.child), signal)
            .with_context(|| format!("send {signal:?} to {} (process {})", self.name, self.child.id()))
    }

    /// Waits until the child has ended, which something else made it do.
    pub(crate) fn wait_for_end(&mut self, limit: Duration) -> Result<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().with_context(|| format!("wait for {}", self.name))? {
                return Ok(status);
            }
            if start.elapsed() > limit {
                let (seconds, log) = (limit.as_secs(), self.log_tail());
                bail!("{} still runs after {seconds} s; the end of its log:\n{log}", self.name);
            }
            if stop::wait(END_POLL) {
                bail!("stopped by a signal");
            }
        }
    }

    /// All of the log.
    pub(crate) fn log(&self) -> Result<String> {
        let bytes = std::fs::read(&self.log).with_context(|| format!("read {}", self.log.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The last lines of the log.
    pub(crate) fn log_tail(&self) -> String {
        match std::fs::read(&self.log) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let lines: Vec<&str> = text.lines().collect();
                lines.get(lines.len().saturating_sub(TAIL_LINES)..).unwrap_or_default().join("\n")
            }
            Err(error) => format!("({}: {error})", self.log.display()),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = process::end(&mut self.child, self.signal) {
            eprintln!("could not end {} (process {}): {error:#}", self.name, self.child.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procfs;

    fn shell(script: &str, log: &Path) -> Service {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Service::start("a shell", command, log, Signal::TERM).unwrap()
    }

    #[test]
    fn dropping_ends_what_the_child_started_even_if_it_ignores_signals() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let mut service = shell("trap '' TERM; sleep 600 & echo $!; wait", &log);
        let child = || std::fs::read_to_string(&log).unwrap().trim().parse::<u32>().ok();
        service.wait_until(Duration::from_secs(30), || child().is_some()).unwrap();
        let grandchild = child().unwrap();
        assert!(procfs::runs(grandchild));
        drop(service);
        // The kernel ends it a moment after the signal.
        for _ in 0..200 {
            if !procfs::runs(grandchild) {
                return;
            }
            std::thread::sleep(POLL);
        }
        panic!("process {grandchild} is still there");
    }

    #[test]
    fn a_child_that_ends_by_itself_is_reported_with_its_last_words() {
        let dir = tempfile::tempdir().unwrap();
        let mut service = shell("echo no room left; exit 7", &dir.path().join("log"));
        let error = service.wait_until(Duration::from_secs(30), || false).unwrap_err().to_string();
        assert!(error.contains("no room left") && error.contains('7'), "{error}");
    }

    #[test]
    fn the_end_after_a_signal_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let mut service = shell("trap 'exit 3' TERM; echo up; while :; do sleep 0.01; done", &log);
        let up = || std::fs::read_to_string(&log).unwrap().contains("up");
        service.wait_until(Duration::from_secs(30), up).unwrap();
        service.signal(Signal::TERM).unwrap();
        assert_eq!(service.wait_for_end(Duration::from_secs(30)).unwrap().code(), Some(3));
    }
}
