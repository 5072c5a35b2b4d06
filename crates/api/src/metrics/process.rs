//! The process as the kernel sees it, by the names that every Prometheus client has. What `/proc` does not tell here is
//! left out.

use procfs::process::{LimitValue, Process};
use procfs::{page_size, ticks_per_second};
use prometheus::proto::MetricFamily;

use super::family::{Family, number, signed};
use crate::SystemInfo;

/// Reads it.
pub(super) fn families(info: &SystemInfo) -> Vec<MetricFamily> {
    let mut families = Vec::new();
    let mut gauge = |name, help, value: f64| Family::gauge(name, help).with(&[], value).add_to(&mut families);
    gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970.",
        signed(info.started_at.as_millis()) / 1000.0,
    );
    let Ok(this) = Process::myself() else { return families };
    if let Ok(count) = this.fd_count() {
        let open = number(u64::try_from(count).unwrap_or(u64::MAX));
        gauge("process_open_fds", "Open file descriptors.", open);
    }
    if let Ok(limits) = this.limits()
        && let LimitValue::Value(most) = limits.max_open_files.soft_limit
    {
        gauge("process_max_fds", "The most file descriptors that may be open.", number(most));
    }
    if let Ok(stat) = this.stat() {
        let resident = number(stat.rss) * number(page_size());
        gauge("process_resident_memory_bytes", "Memory in use, in bytes.", resident);
        gauge("process_virtual_memory_bytes", "Memory that is addressed, in bytes.", number(stat.vsize));
        gauge("process_threads", "Threads.", signed(stat.num_threads));
        let seconds = number(stat.utime.saturating_add(stat.stime)) / number(ticks_per_second());
        Family::counter("process_cpu_seconds_total", "CPU time of user and system, in seconds.")
            .with(&[], seconds)
            .add_to(&mut families);
    }
    families
}
