//! The listeners that serve `/metrics` and nothing else, beside those of the pages.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use bangui_api::ApiState;

use crate::exit::{ExitCode, Fatal};

/// How long a scrape may take to finish when the server stops, in seconds.
const DRAIN_SECS: u64 = 1;

/// Serves until the handle stops it; `None` if there is nothing to listen on.
pub(super) fn start(listeners: Vec<TcpListener>, api: Data<ApiState>) -> Result<Option<ServerHandle>, Fatal> {
    if listeners.is_empty() {
        return Ok(None);
    }
    let mut server = HttpServer::new(move || {
        App::new().configure(|config| bangui_api::configure_metrics(config, api.clone()))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(DRAIN_SECS);
    for listener in listeners {
        let address = listener.local_addr();
        server = server.listen(listener).map_err(|error| {
            Fatal::new(ExitCode::Io, format!("The listener for metrics cannot be used: {error}."))
        })?;
        if let Ok(address) = address {
            tracing::info!("serving metrics on http://{address}/metrics");
        }
    }
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!("metrics are served no more on their own address: {error}");
        }
    });
    Ok(Some(handle))
}
