//! Counts connections: how many are open, and how many had to go because there were too many.

use prometheus::core::Collector;
use prometheus::{IntCounterVec, IntGauge, Opts};

/// Counts for all listeners together. Clones count together.
#[derive(Debug, Clone)]
pub struct ConnectionMeter {
    open: IntGauge,
    dropped: IntCounterVec,
}

impl ConnectionMeter {
    /// Nothing counted yet.
    pub fn new() -> Result<Self, prometheus::Error> {
        let open = IntGauge::new("bangui_http_connections", "Connections that are open.")?;
        let dropped = IntCounterVec::new(
            Opts::new(
                "bangui_http_connections_dropped_total",
                "Connections that were too many: ended to make room, or refused since there was none.",
            ),
            &["kind"],
        )?;
        for kind in [Dropped::Ended, Dropped::Refused] {
            dropped.with_label_values(&[kind.as_str()]);
        }
        Ok(Self { open, dropped })
    }

    /// What is counted, for the registry that shows it.
    pub fn collectors(&self) -> Vec<Box<dyn Collector>> {
        vec![Box::new(self.open.clone()), Box::new(self.dropped.clone())]
    }

    /// So many connections are open.
    pub(crate) fn set_open(&self, open: usize) {
        self.open.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    /// One connection was too many.
    pub(crate) fn count(&self, dropped: Dropped) {
        self.dropped.with_label_values(&[dropped.as_str()]).inc();
    }
}

/// What became of a connection that was too many.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dropped {
    /// It kept the server waiting, and has made room.
    Ended,
    /// It was a newcomer, and there was no room to be made.
    Refused,
}

impl Dropped {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Refused => "refused",
        }
    }
}
