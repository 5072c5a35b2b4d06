//! The outermost layer: gives each request an id, writes errors as problem+json, logs failures once, and sets the
//! headers that every answer of the API has.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use bangui_domain::ServiceError;

use crate::{ApiError, HttpFailure, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over from a proxy.
const ID_CHARS: usize = 64;

/// Wraps the whole API.
pub(crate) async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = request_id(request.headers());
    let mut answer = next.call(request).await?.map_into_boxed_body();
    if let Some(error) = answer.response().error() {
        let error = error.as_error::<ApiError>().map_or_else(|| foreign(error), Seen::Ours);
        let error = error.get();
        log(error, answer.request().method().as_str(), answer.request().path(), &id);
        let problem = Problem::response(error, &id);
        answer = answer.into_response(problem);
    }
    let headers = answer.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(answer)
}

/// An error of ours, or one that stands for an error of the web framework.
enum Seen<'a> {
    Ours(&'a ApiError),
    Stands(ApiError),
}

impl Seen<'_> {
    fn get(&self) -> &ApiError {
        match self {
            Self::Ours(error) => error,
            Self::Stands(error) => error,
        }
    }
}

fn foreign(error: &actix_web::Error) -> Seen<'static> {
    let status = error.as_response_error().status_code();
    Seen::Stands(if status.is_client_error() {
        HttpFailure::RequestMalformed.into()
    } else {
        ServiceError::Internal(error.to_string()).into()
    })
}

fn log(error: &ApiError, method: &str, path: &str, request_id: &str) {
    let (status, code) = (error.status(), error.code());
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(request_id, method, path, code, error = %error.chain(), "request failed");
    } else if status.is_server_error() {
        tracing::warn!(request_id, method, path, code, error = %error.chain(), "request not served");
    } else {
        tracing::debug!(request_id, method, path, code, error = %error.chain(), "request refused");
    }
}

/// The id that came along, so that a proxy's log and ours name the same request, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| {
        (1..=ID_CHARS).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    });
    given.map_or_else(new_id, str::to_owned)
}

fn new_id() -> String {
    match getrandom::u64() {
        Ok(random) => format!("{random:016x}"),
        Err(error) => {
            tracing::error!(%error, "the system's random numbers are not available: a request goes without id");
            "none".to_owned()
        }
    }
}
