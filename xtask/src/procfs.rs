//! What the kernel says of a process: whether it runs, how much memory it holds, and what it has used of the processors.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The kernel tells times to programs in hundredths of a second (USER_HZ), whatever it counts in itself.
const TICK_MILLIS: u64 = 10;

/// Whether the process exists and has not ended (a zombie has).
pub(crate) fn runs(pid: u32) -> bool {
    field(pid, "State").is_ok_and(|state| !state.starts_with(['Z', 'X']))
}

/// Resident memory in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    kib(pid, "VmRSS")
}

/// The most resident memory that the process ever had, in KiB.
pub(crate) fn peak_kib(pid: u32) -> Result<u64> {
    kib(pid, "VmHWM")
}

fn kib(pid: u32, name: &str) -> Result<u64> {
    let text = field(pid, name)?;
    let number = text.split_whitespace().next().unwrap_or_default();
    number.parse().with_context(|| format!("{name} of process {pid} reads {text:?}"))
}

/// Processor time of all its threads until now, by itself and in the kernel for it.
pub(crate) fn processor_time(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    // The second field is the program's name in brackets, which may hold anything.
    let (_, rest) = stat.rsplit_once(") ").with_context(|| format!("{path} has no name"))?;
    let ticks: Vec<u64> = rest.split(' ').skip(11).take(2).map_while(|field| field.parse().ok()).collect();
    let [user, kernel] = ticks[..] else { bail!("{path} does not tell the time: {stat}") };
    Ok(Duration::from_millis((user + kernel) * TICK_MILLIS))
}

fn field(pid: u32, name: &str) -> Result<String> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    Ok(value.with_context(|| format!("{path} has no {name}"))?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs_and_holds_memory() {
        assert!(runs(std::process::id()));
        assert!(resident_kib(std::process::id()).unwrap() > 100);
        assert!(peak_kib(std::process::id()).unwrap() > 100);
        assert!(!runs(u32::MAX));
    }

    #[test]
    fn processor_time_grows_with_work() {
        let me = std::process::id();
        let before = processor_time(me).unwrap();
        let mut sum = 0_u64;
        while processor_time(me).unwrap() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(processor_time(me).unwrap() > before);
    }
}
