//! The signals that end the process, received from its first moment on.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{ExitCode, Fatal};

/// SIGTERM and SIGINT.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Receives them from now on; nothing else ends the process by them any more.
    pub(crate) fn new() -> Result<Self, Fatal> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Fatal::new(ExitCode::Internal, format!("Signals cannot be received: {error}."))
            })
        };
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// The name of the next one.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }

    /// What `work` answers, or `None` if a signal comes first, which drops it.
    pub(crate) async fn unless<T>(
        &mut self,
        work: impl Future<Output = Result<T, Fatal>>,
    ) -> Result<Option<T>, Fatal> {
        tokio::select! {
            done = work => done.map(Some),
            name = self.next() => {
                tracing::info!("{name} received during the start: ended");
                Ok(None)
            }
        }
    }
}
