//! The outermost layer of the API: writes errors as problem+json, says for the log why, and sets the headers that
//! every answer of the API has.

use actix_web::HttpMessage as _;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use bangui_domain::ServiceError;

use super::requests::{Failure, RequestId};
use crate::{ApiError, HttpFailure, Problem};

/// Wraps the whole API.
pub(crate) async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut answer = next.call(request).await?.map_into_boxed_body();
    if let Some(error) = answer.response().error() {
        let error = error.as_error::<ApiError>().map_or_else(|| foreign(error), Seen::Ours);
        let error = error.get();
        let problem = Problem::response(error, RequestId::of(answer.request()).as_str());
        let failure = Failure { code: error.code(), text: error.chain() };
        answer.request().extensions_mut().insert(failure);
        answer = answer.into_response(problem);
    }
    dress(answer.headers_mut());
    Ok(answer)
}

/// Sets the headers that every answer of the API has.
pub(super) fn dress(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
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
