//! The listeners that serve `/metrics` and nothing else, beside those of the pages.

use std::net::TcpListener;

use actix_web::App;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use bangui_api::ApiState;
use bangui_edge::{Served, Socket};

use crate::exit::{ExitCode, Fatal};

/// How long a scrape may take to finish when the server stops, in seconds.
const DRAIN_SECS: u64 = 1;

/// Serves until the handle stops it; `None` if there is nothing to listen on.
///
/// Nothing is served under a name that is not the server's: there is no token here that a page of another site would lack.
pub(super) fn start(
    listeners: Vec<TcpListener>,
    api: Data<ApiState>,
    served: &Served,
) -> Result<Option<ServerHandle>, Fatal> {
    if listeners.is_empty() {
        return Ok(None);
    }
    let app = move || {
        let (guarded, noted) = (api.clone(), api.clone());
        App::new()
            .wrap(from_fn(move |request, next| bangui_api::guard(guarded.clone(), &[], request, next)))
            .wrap(from_fn(move |request, next| bangui_api::requests(noted.clone(), request, next)))
            .wrap(from_fn(bangui_edge::track))
            .configure(|config| bangui_api::configure_metrics(config, api.clone()))
    };
    let mut builder = bangui_edge::server(1, served.door.accepted(), DRAIN_SECS);
    for listener in listeners {
        let address = listener.local_addr();
        builder = served.listen(builder, Socket::Tcp(listener), app.clone()).map_err(|error| {
            Fatal::new(ExitCode::Io, format!("The listener for metrics cannot be used: {error}."))
        })?;
        if let Ok(address) = address {
            tracing::info!("serving metrics on http://{address}/metrics");
        }
    }
    let running = builder.run();
    let handle = running.handle();
    tokio::spawn(async move {
        if let Err(error) = running.await {
            tracing::error!("metrics are served no more on their own address: {error}");
        }
    });
    Ok(Some(handle))
}
