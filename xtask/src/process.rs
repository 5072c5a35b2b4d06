//! Running a command to its end: with its output shown, captured, or read line by line.
//! Every child gets its own process group and no input, and is ended with all that it
//! started when a stop is asked for.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::stop;

const POLL: Duration = Duration::from_millis(20);
const LAST_WORDS: Duration = Duration::from_millis(500);
const GRACE: Duration = Duration::from_secs(5);

/// Runs with the output shown; fails unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let mut child = start(command)?;
    let status = wait(&mut child)?;
    require_success(command, status)
}

/// Runs and returns what it wrote to standard output; fails unless it exits with 0.
/// Standard error is shown unless `command` says otherwise.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let mut stdout = child.stdout.take().context("the child has no standard output")?;
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| bytes)
    });
    let status = wait(&mut child)?;
    let bytes = reader.join().ok().context("the reader of the child's output failed")??;
    require_success(command, status)?;
    String::from_utf8(bytes).with_context(|| format!("{} wrote bytes that are not UTF-8", show(command)))
}

/// Whether it starts and exits with 0; its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    start(quiet).and_then(|mut child| wait(&mut child)).is_ok_and(|status| status.success())
}

/// Runs, shows each line of both outputs and gives it to `each`; the caller judges the status.
pub(crate) fn lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, receiver) = mpsc::channel();
    let stdout = child.stdout.take().context("the child has no standard output")?;
    let stderr = child.stderr.take().context("the child has no standard error")?;
    forward(stdout, sender.clone());
    forward(stderr, sender);
    loop {
        match receiver.recv_timeout(LAST_WORDS) {
            Ok(line) => {
                println!("{line}");
                each(&line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            // A process that outlives the child may hold its outputs open for ever.
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if stop::requested() || child.try_wait().context("look after a child")?.is_some() {
                    break;
                }
            }
        }
    }
    wait(&mut child)
}

/// The command as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// Starts a child in its own process group, without input.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    stop::check()?;
    command.stdin(Stdio::null()).process_group(0);
    command.spawn().with_context(|| format!("start `{}`", show(command)))
}

/// Ends a child and its group: `signal`, then SIGKILL when the child stays beyond the grace time.
pub(crate) fn end(child: &mut Child, signal: Signal) -> Result<()> {
    let group =
        i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process id out of range")?;
    if child.try_wait().context("look after a child")?.is_none() {
        // The group can be gone by now; then there is nothing to end.
        let _gone = kill_process_group(group, signal);
        let mut waited = Duration::ZERO;
        while child.try_wait().context("wait for a child")?.is_none() {
            if waited >= GRACE {
                break;
            }
            std::thread::sleep(POLL);
            waited += POLL;
        }
    }
    // What the child left in its group, and the child itself if it stayed.
    let _gone = kill_process_group(group, Signal::KILL);
    child.wait().context("wait for a child")?;
    Ok(())
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().context("wait for a child")? {
            return Ok(status);
        }
        if stop::wait(POLL) {
            end(child, Signal::TERM)?;
            bail!("stopped by a signal");
        }
    }
}

fn require_success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed: {status}", show(command));
    }
    Ok(())
}

fn forward(source: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(source);
        let mut bytes = Vec::new();
        while let Ok(1..) = reader.read_until(b'\n', &mut bytes) {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            if sender.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c exit 3") && error.contains('3'), "{error}");
        assert!(run(&mut Command::new("no-such-program-of-ours")).is_err());
    }

    #[test]
    fn both_outputs_are_read_line_by_line() {
        let mut seen = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 4"]);
        let status = lines(&mut command, |line| seen.push(line.to_owned())).unwrap();
        seen.sort();
        assert_eq!((seen.join(" "), status.code()), ("err out".to_owned(), Some(4)));
    }

    #[test]
    fn a_process_that_outlives_the_child_does_not_hold_the_reader() {
        let mut first = String::new();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!"]);
        lines(&mut command, |line| first = line.to_owned()).unwrap();
        let left = Pid::from_raw(first.parse().unwrap()).unwrap();
        rustix::process::kill_process(left, Signal::KILL).unwrap();
    }

    #[test]
    fn output_is_captured() {
        assert_eq!(output(Command::new("echo").arg("hello")).unwrap(), "hello\n");
    }
}
