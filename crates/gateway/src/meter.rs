//! Measures the commands that go to fail2ban: how long each took, and what failed on the way. The names of commands are
//! those given here in the source, so that there are few.

use std::time::Instant;

use fail2ban_client::Error;
use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};

/// Seconds: most answers come within one millisecond, and an action may take minutes.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0];

/// Counts for one fail2ban server. Clones count together.
#[derive(Clone)]
pub struct CommandMeter {
    durations: HistogramVec,
    errors: [IntCounterVec; 2],
}

impl CommandMeter {
    /// Nothing counted yet.
    pub fn new() -> Result<Self, prometheus::Error> {
        let durations = HistogramVec::new(
            HistogramOpts::new(
                "bangui_f2b_command_duration_seconds",
                "How long a command to fail2ban took, waiting for earlier ones included.",
            )
            .buckets(BUCKETS.to_vec()),
            &["command"],
        )?;
        let help = "Commands to fail2ban that failed: socket_conn where it could not be connected to, socket_req otherwise.";
        // Well-known dashboards ask for the first, rules of naming for the second.
        let counter = |name: &str| IntCounterVec::new(Opts::new(name, help), &["type"]);
        let errors = [counter("f2b_errors")?, counter("f2b_errors_total")?];
        for kind in [Fault::Connection, Fault::Request] {
            for counter in &errors {
                counter.with_label_values(&[kind.as_str()]);
            }
        }
        Ok(Self { durations, errors })
    }

    /// What is counted, for the registry that shows it.
    pub fn collectors(&self) -> Vec<Box<dyn Collector>> {
        let [errors, errors_total] = self.errors.clone();
        vec![Box::new(self.durations.clone()), Box::new(errors), Box::new(errors_total)]
    }

    /// Waits for a call and counts it under the name `command`. A call that is dropped counts as none.
    pub(crate) async fn time<T>(
        &self,
        command: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let asked = Instant::now();
        let answer = call.await;
        self.durations.with_label_values(&[command]).observe(asked.elapsed().as_secs_f64());
        if let Err(error) = &answer
            && let Some(fault) = Fault::of(error)
        {
            for counter in &self.errors {
                counter.with_label_values(&[fault.as_str()]).inc();
            }
        }
        answer
    }
}

/// Where a command failed, in the words of the well-known exporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Connection,
    Request,
}

impl Fault {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "socket_conn",
            Self::Request => "socket_req",
        }
    }

    /// `None` for an answer that only says that there is no such jail.
    const fn of(error: &Error) -> Option<Self> {
        match error {
            Error::UnknownJail { .. } => None,
            Error::SocketMissing { .. }
            | Error::PermissionDenied { .. }
            | Error::NotASocket { .. }
            | Error::NobodyListens { .. }
            | Error::Connect { .. } => Some(Self::Connection),
            _ => Some(Self::Request),
        }
    }
}
