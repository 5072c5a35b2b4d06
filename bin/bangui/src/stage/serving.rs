//! Stage 6: jobs run and requests are answered, until a signal ends it in order: whoever asks is told to go elsewhere, no
//! new connections, streams end, requests and jobs finish, the lock is given back. All of it takes less than 15 s. A second
//! signal ends it at once.

mod below;

use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServerHandle, Service, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::from_fn;
use bangui_api::UNDER_ANY_NAME;
use bangui_domain::chain;
use bangui_jobs::{Background, LeaseKeeper};

use super::listener::Listener;
use super::wired::Ending;
use super::{Wired, scraping};
use crate::exit::{ExitCode, Fatal};
use crate::signals::Signals;
use crate::supervisor;
use crate::tls;

/// Where there are other replicas: how long this one still takes requests after it has said that it ends, so that proxies
/// notice and nobody's connection is refused.
const LAME: Duration = Duration::from_secs(2);
/// How long requests may take to finish when the server stops, in seconds.
const DRAIN_SECS: u64 = 10;
/// How long jobs may take to finish at the same time, and the lock to be given back.
const JOBS_END: Duration = Duration::from_secs(9);

/// A running server.
pub(crate) struct Serving {
    server: Server,
    handle: ServerHandle,
    metrics: Option<ServerHandle>,
    background: Background,
    lease: Arc<LeaseKeeper>,
    ending: Ending,
    has_replicas: bool,
}

impl Serving {
    /// Starts jobs and server.
    pub(crate) fn start(wired: Wired) -> Result<Self, Fatal> {
        let Wired {
            listeners,
            metrics_listeners,
            threads,
            base_path,
            served,
            api,
            jobs,
            queue,
            lease,
            ending,
            has_replicas,
        } = wired;
        // One certificate for all; this ends with the process.
        if let Some(certificate) = listeners.iter().find_map(Listener::certificate) {
            drop(tokio::spawn(tls::follow(certificate)));
        }
        let announced = ending.announced.clone();
        let scraped = api.clone();
        let app = move || {
            let (announced, base) = (announced.clone(), base_path.clone());
            let (guarded, measured, state) = (api.clone(), api.clone(), api.clone());
            App::new()
                .wrap(from_fn(move |request, next| {
                    bangui_api::guard(guarded.clone(), UNDER_ANY_NAME, request, next)
                }))
                .wrap(from_fn(move |request, next| bangui_api::measure(measured.clone(), request, next)))
                .wrap_fn(move |mut request, service| {
                    below::take_off(&mut request, base.as_str());
                    let (answer, announced) = (service.call(request), announced.clone());
                    async move { answer.await.map(|answer| closing(answer, announced.is_cancelled())) }
                })
                .wrap(from_fn(move |request, next| bangui_api::requests(state.clone(), request, next)))
                .wrap(from_fn(bangui_edge::track))
                .configure(|config| bangui_api::configure(config, api.clone()))
                .configure(|config| bangui_web_ui::configure(config, base_path.as_str()))
        };
        let mut server = bangui_edge::server(threads, served.door.accepted(), DRAIN_SECS);
        for listener in listeners {
            let address = listener.address();
            let unusable = |error| Fatal::new(ExitCode::Io, format!("{address} cannot be used: {error}."));
            let socket =
                listener.into_socket().map_err(|error| Fatal::new(ExitCode::Internal, chain(&error)))?;
            server = served.listen(server, socket, app.clone()).map_err(unusable)?;
            tracing::info!("serving on {address}");
        }
        let server = server.run();
        let metrics = scraping::start(metrics_listeners, scraped, &served)?;
        let background = Background::start(&jobs, queue, &lease)
            .map_err(|error| Fatal::new(ExitCode::Internal, chain(&error)))?;
        Ok(Self { handle: server.handle(), server, metrics, background, lease, ending, has_replicas })
    }

    /// Serves until a signal, then stops in order.
    pub(crate) async fn until_stopped(self, mut signals: Signals) -> Result<(), Fatal> {
        let Self { server, handle, metrics, background, lease, ending, has_replicas } = self;
        let mut serving = tokio::spawn(server);
        let outcome = tokio::select! {
            name = signals.next() => {
                tracing::info!("{name} received: stopping");
                Ok(())
            }
            ousted = lease.ousted() => {
                tracing::error!("{ousted}");
                Err(Fatal::new(ExitCode::TryAgain, ousted.to_string()))
            }
            result = &mut serving => {
                background.stop().await;
                let why = match result {
                    Ok(Ok(())) => "it ended by itself".to_owned(),
                    Ok(Err(error)) => error.to_string(),
                    Err(error) => error.to_string(),
                };
                return Err(Fatal::new(ExitCode::Internal, format!("The web server has stopped: {why}.")));
            }
        };
        let orderly = async {
            supervisor::stopping();
            ending.announced.cancel();
            if has_replicas {
                tokio::time::sleep(LAME).await;
            }
            ending.begun.cancel();
            let jobs = async {
                if tokio::time::timeout(JOBS_END, background.stop()).await.is_err() {
                    tracing::warn!("jobs did not end in {} s and were dropped", JOBS_END.as_secs());
                }
            };
            tokio::join!(handle.stop(true), jobs);
            // Scraped to the end.
            if let Some(metrics) = metrics {
                metrics.stop(true).await;
            }
        };
        tokio::select! {
            () = orderly => {
                tracing::info!("stopped");
                outcome
            }
            name = signals.next() => {
                Err(Fatal::new(ExitCode::Failed, format!("{name} received again: ended at once.")))
            }
        }
    }
}

/// An answer as it is, or one that asks for a new connection, which then comes to a process that goes on.
fn closing<B: MessageBody>(mut answer: ServiceResponse<B>, ends: bool) -> ServiceResponse<B> {
    if ends {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    answer
}
