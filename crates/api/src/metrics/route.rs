//! Where metrics are served: beside the API to whoever has the token, or on a listener of their own to whoever can
//! connect to it.

use std::future::ready;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};

use super::render;
use crate::middleware::envelope;
use crate::{ApiError, ApiState, HttpFailure};

const PATH: &str = "/metrics";
/// The format and its version. OpenMetrics has no place for `f2b_errors` beside `f2b_errors_total`.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Mounts `/metrics` beside the API.
pub(crate) fn mount(config: &mut ServiceConfig, state: Data<ApiState>) {
    config.service(resource(state, web::get().to(with_token)));
}

/// Mounts `/metrics`, without a token, and nothing else: for an application of its own.
pub fn configure_metrics(config: &mut ServiceConfig, state: Data<ApiState>) {
    config
        .service(resource(state, web::get().to(scrape)))
        .default_service(web::to(|| ready(HttpResponse::NotFound().body("Here is /metrics alone.\n"))));
}

fn resource(state: Data<ApiState>, get: Route) -> impl HttpServiceFactory + 'static {
    web::resource(PATH)
        .app_data(state)
        .route(get)
        .default_service(web::to(other_method))
        .wrap(Compress::default())
        .wrap(from_fn(envelope))
}

async fn with_token(state: Data<ApiState>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    match &state.settings.metrics_token {
        None => Err(HttpFailure::MetricsOff.into()),
        Some(token) if token.is_in(&request) => scrape(state).await,
        Some(_) => Err(HttpFailure::MetricsTokenRequired.into()),
    }
}

async fn scrape(state: Data<ApiState>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(render(&state).await?))
}

async fn other_method() -> Result<HttpResponse, ApiError> {
    Err(HttpFailure::MethodNotAllowed { allow: "GET".to_owned() }.into())
}
