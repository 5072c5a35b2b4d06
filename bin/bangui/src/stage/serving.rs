//! Stage 6: jobs run and requests are answered, until a signal ends it in order: no new connections, streams
//! end, requests finish, jobs finish, the lock is given back. A second signal ends it at once.

use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer};
use bangui_jobs::Background;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Wired;
use crate::exit::{ExitCode, Fatal};
use bangui_domain::chain;

/// How long requests may take to finish when the server stops, in seconds.
const DRAIN_SECS: u64 = 10;
/// How long jobs may take to finish after that.
const JOBS_END: Duration = Duration::from_secs(6);

/// A running server.
pub(crate) struct Serving {
    server: Server,
    handle: ServerHandle,
    background: Background,
    streams_end: CancellationToken,
}

impl Serving {
    /// Starts jobs and server.
    pub(crate) fn start(wired: Wired) -> Result<Self, Fatal> {
        let Wired { listeners, threads, api, jobs, queue, lease, streams_end } = wired;
        let mut server = HttpServer::new(move || {
            App::new()
                .configure(|config| bangui_api::configure(config, api.clone()))
                .configure(bangui_web_ui::configure)
        })
        .workers(threads)
        .disable_signals()
        .shutdown_timeout(DRAIN_SECS);
        for listener in listeners {
            let address = listener.local_addr();
            server = server.listen(listener).map_err(|error| {
                Fatal::new(ExitCode::Io, format!("The listener cannot be used: {error}."))
            })?;
            if let Ok(address) = address {
                tracing::info!("serving on http://{address}");
            }
        }
        let server = server.run();
        let background = Background::start(&jobs, queue, &lease)
            .map_err(|error| Fatal::new(ExitCode::Internal, chain(&error)))?;
        Ok(Self { handle: server.handle(), server, background, streams_end })
    }

    /// Serves until SIGTERM or SIGINT, then stops in order.
    pub(crate) async fn until_stopped(self) -> Result<(), Fatal> {
        let Self { server, handle, background, streams_end } = self;
        let mut signals = Signals::new()?;
        let mut serving = tokio::spawn(server);
        let ended = tokio::select! {
            name = signals.next() => {
                tracing::info!("{name} received: stopping");
                None
            }
            result = &mut serving => Some(result),
        };
        if let Some(result) = ended {
            background.stop().await;
            let why = match result {
                Ok(Ok(())) => "it ended by itself".to_owned(),
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            };
            return Err(Fatal::new(ExitCode::Internal, format!("The web server has stopped: {why}.")));
        }
        let orderly = async {
            streams_end.cancel();
            handle.stop(true).await;
            if tokio::time::timeout(JOBS_END, background.stop()).await.is_err() {
                tracing::warn!("jobs did not end in {} s and were dropped", JOBS_END.as_secs());
            }
        };
        tokio::select! {
            () = orderly => {
                tracing::info!("stopped");
                Ok(())
            }
            name = signals.next() => {
                Err(Fatal::new(ExitCode::Failed, format!("{name} received again: ended at once.")))
            }
        }
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, Fatal> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Fatal::new(ExitCode::Internal, format!("Signals cannot be received: {error}."))
            })
        };
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
