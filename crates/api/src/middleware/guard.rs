//! What no request may be, whatever it asks for: sent to a name that is not this server's, with a body that is packed or
//! declared too long, or with an address of endless length. Judged by the head alone, before anything is unpacked,
//! parsed or looked up. Knows no route.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};

use super::envelope::dress;
use super::requests::{Failure, RequestId};
use crate::app::BODY_LIMIT;
use crate::{ApiError, ApiState, HttpFailure, Problem};

/// The longest path and query, in bytes.
const URI_LIMIT: usize = 8 * 1024;
/// What is shown of a name that is not this server's, in characters.
const HOST_CHARS: usize = 100;

/// Paths that are answered under any name, beside the API and the pages. Those of health tell strangers the same, and no
/// browser sends the token of `/metrics`; monitors and containers ask by names of their own.
pub const UNDER_ANY_NAME: &[&str] = &["/api/health", "/api/health/live", "/api/health/ready", "/metrics"];

/// Lets a request in, or answers it. `open` are the paths that are answered under any name.
pub async fn guard(
    state: web::Data<ApiState>,
    open: &'static [&'static str],
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match judge(&state, open, request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(failure) => {
            let answer = refuse(request.request(), failure);
            Ok(request.into_response(answer))
        }
    }
}

fn judge(state: &ApiState, open: &[&str], request: &HttpRequest) -> Result<(), HttpFailure> {
    if request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > URI_LIMIT) {
        return Err(HttpFailure::UriTooLong { limit: URI_LIMIT });
    }
    if !open.contains(&request.path()) {
        let settings = &state.settings;
        if let Some(stranger) =
            settings.trusted_proxies.hosts(request).find(|host| !settings.hosts.know(host))
        {
            let shown = String::from_utf8_lossy(stranger).chars().take(HOST_CHARS).collect();
            return Err(HttpFailure::HostUnknown(shown));
        }
    }
    if is_packed(request.headers()) {
        return Err(HttpFailure::ContentEncodingUnsupported);
    }
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > BODY_LIMIT) {
        return Err(HttpFailure::BodyTooLarge { limit: BODY_LIMIT });
    }
    Ok(())
}

/// Whether the body is said to be compressed, or in any other form than its own.
fn is_packed(headers: &HeaderMap) -> bool {
    let mut codings = headers
        .get_all(header::CONTENT_ENCODING)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii);
    codings.any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}

/// Programs get a problem, and people who look for a page a line of text.
fn refuse(request: &HttpRequest, failure: HttpFailure) -> HttpResponse {
    let error = ApiError::from(failure);
    let path = request.path();
    let for_programs = path == "/api" || path.starts_with("/api/") || path == "/metrics";
    let mut answer = if for_programs {
        Problem::response(&error, RequestId::of(request).as_str())
    } else {
        HttpResponse::build(error.status())
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")))
            .body(format!("{}\n", error.detail()))
    };
    dress(answer.headers_mut());
    request.extensions_mut().insert(Failure { code: error.code(), text: error.chain() });
    answer
}
