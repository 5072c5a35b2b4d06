//! The API as a part of the application: the same for the server and for tests.

use std::io;

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::middleware::from_fn;
use actix_web::web::{self, JsonConfig, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::middleware::{envelope, gate};
use crate::routes::{self, BASE};
use crate::{ApiError, ApiState, HttpFailure, metrics};

/// The most that is read of a request's body, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// Mounts the API under `/api`, and the metrics beside it.
pub fn configure(config: &mut ServiceConfig, state: web::Data<ApiState>) {
    metrics::mount(config, state.clone());
    let for_gate = state.clone();
    let scope = web::scope(BASE)
        .app_data(state)
        .app_data(JsonConfig::default().limit(BODY_LIMIT).error_handler(bad_body))
        .app_data(QueryConfig::default().error_handler(bad_query))
        .app_data(PathConfig::default().error_handler(|error, _| bad_path(&error)))
        .configure(routes::mount)
        .default_service(web::to(no_route))
        .wrap(from_fn(move |request, next| gate(for_gate.clone(), request, next)))
        .wrap(from_fn(envelope));
    config.service(scope);
}

async fn no_route(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(HttpFailure::RouteNotFound(request.path().chars().take(200).collect()).into())
}

fn bad_body(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let failure = match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            HttpFailure::BodyTooLarge { limit: BODY_LIMIT }
        }
        JsonPayloadError::Payload(PayloadError::Io(error)) if error.kind() == io::ErrorKind::TimedOut => {
            HttpFailure::BodyTooSlow
        }
        JsonPayloadError::ContentType => HttpFailure::ContentTypeUnsupported,
        JsonPayloadError::Deserialize(error) => HttpFailure::BodyMalformed(error.to_string()),
        other => HttpFailure::BodyMalformed(other.to_string()),
    };
    ApiError::from(failure).into()
}

fn bad_query(error: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    let detail = match error {
        QueryPayloadError::Deserialize(error) => error.to_string(),
        other => other.to_string(),
    };
    ApiError::from(HttpFailure::QueryMalformed(detail)).into()
}

fn bad_path(error: &PathError) -> actix_web::Error {
    ApiError::from(HttpFailure::PathMalformed(error.to_string())).into()
}
