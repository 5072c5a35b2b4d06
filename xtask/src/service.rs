//! A long-running child (a server, a database) whose output goes to a log file, and which is
//! ended with its whole process group when it is dropped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::{process, stop};

const POLL: Duration = Duration::from_millis(50);
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
