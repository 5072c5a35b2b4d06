//! The log: where lines go, what they look like, and the filter that decides which there are, which can be changed while
//! the process runs. Knows nothing of what is logged.

mod filter;
mod line;

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bangui_domain::model::LogState;
use bangui_domain::ports::{Clock, LogControl};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, reload};

use crate::exit::{ExitCode, Fatal};
use crate::settings::{Log, LogFormat};

/// Whether what is logged are JSON objects; unset before there is a log.
static JSON: OnceLock<bool> = OnceLock::new();

/// For whom a command logs, if the settings leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The one who has typed the command and waits for its end.
    Person,
    /// Whoever watches over a process that runs on.
    Collector,
}

/// The filter of the log, while the process runs.
#[derive(Clone)]
pub(crate) struct LogFilter {
    handle: reload::Handle<Targets, Registry>,
    clock: Arc<dyn Clock>,
    changed: Arc<Mutex<Changed>>,
}

struct Changed {
    state: LogState,
    /// Grows with every change, so that the end of an earlier one's time is told from that of the present one.
    number: u64,
}

/// Begins to log to standard error. Panics are logged as well.
pub(crate) fn start(settings: &Log, reader: Reader, clock: Arc<dyn Clock>) -> Result<LogFilter, Fatal> {
    let wrong = |problem| Fatal::new(ExitCode::Config, format!("log.filter: {problem}"));
    let (filter, handle) = reload::Layer::new(filter::parse(&settings.filter).map_err(wrong)?);
    let json = match settings.format {
        LogFormat::Text => false,
        LogFormat::Json => true,
        LogFormat::Auto => reader == Reader::Collector && !std::io::stderr().is_terminal(),
    };
    let lines = layer(json, std::io::stderr().is_terminal(), std::io::stderr);
    let registry = tracing_subscriber::registry().with(filter).with(lines);
    registry.try_init().map_err(|error| Fatal::new(ExitCode::Internal, error.to_string()))?;
    JSON.get_or_init(|| json);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let trace = std::backtrace::Backtrace::capture();
        let trace = (trace.status() == std::backtrace::BacktraceStatus::Captured).then_some(trace);
        let trace = trace.as_ref().map(tracing::field::display);
        tracing::error!(
            place,
            trace,
            "panicked: {}",
            panic.payload_as_str().unwrap_or("for an unknown reason")
        );
    }));
    let state =
        LogState { filter: settings.filter.clone(), configured: settings.filter.clone(), until: None };
    Ok(LogFilter { handle, clock, changed: Arc::new(Mutex::new(Changed { state, number: 0 })) })
}

/// Tells what ended the process: to a log of JSON as one more object, else as text.
pub(crate) fn last_words(fatal: &Fatal) {
    if JSON.get().copied().unwrap_or(false) {
        tracing::error!(exit_code = fatal.code.number(), "{fatal}");
    } else {
        eprintln!("bangui: {fatal}");
    }
}

/// What is wrong with a filter, and what would be right.
pub(crate) fn problem(filter: &str) -> Option<String> {
    filter::parse(filter).err()
}

type Filtered = tracing_subscriber::layer::Layered<reload::Layer<Targets, Registry>, Registry>;

/// Writes lines to `writer`.
fn layer<W>(
    json: bool,
    colours: bool,
    writer: W,
) -> Box<dyn tracing_subscriber::Layer<Filtered> + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    if json {
        lines.json().with_current_span(false).boxed()
    } else {
        lines.with_ansi(colours).fmt_fields(line::fields()).boxed()
    }
}

impl LogFilter {
    fn changed(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, and puts the filter of the settings back unless it was changed again meanwhile.
    async fn revert(self, number: u64, duration: Duration) {
        tokio::time::sleep(duration).await;
        let mut changed = self.changed();
        if changed.number != number {
            return;
        }
        let configured = changed.state.configured.clone();
        match self.replace(&configured) {
            Ok(()) => {
                changed.state = LogState { filter: configured.clone(), configured, until: None };
                tracing::info!("the log filter is the configured one again");
            }
            Err(problem) => tracing::error!("the configured log filter did not come back: {problem}"),
        }
    }

    fn replace(&self, filter: &str) -> Result<(), String> {
        self.handle.reload(filter::parse(filter)?).map_err(|error| error.to_string())
    }
}

impl LogControl for LogFilter {
    fn state(&self) -> LogState {
        self.changed().state.clone()
    }

    fn problem(&self, filter: &str) -> Option<String> {
        problem(filter)
    }

    fn apply(&self, filter: &str, duration: Option<Duration>) -> Result<LogState, String> {
        let mut changed = self.changed();
        tracing::warn!(filter, seconds = duration.map(|time| time.as_secs()), "the log filter changes");
        self.replace(filter)?;
        changed.number += 1;
        filter.clone_into(&mut changed.state.filter);
        changed.state.until = duration.map(|duration| {
            self.clock.now().plus_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
        });
        if let Some(duration) = duration {
            drop(tokio::spawn(self.clone().revert(changed.number, duration)));
        }
        Ok(changed.state.clone())
    }
}
