//! What every request of the application has, the pages' included: an id that the answer's header and all lines logged
//! on its way carry, and one line in the log, whether it is answered or its client hangs up. What changes something is carried
//! out to its end, so that what it did is also noted. Knows no route.

use std::net::IpAddr;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, web};
use tracing::Instrument as _;

use super::spanned::Spanned;
use crate::{ApiState, Authenticated, Proxies};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over from a proxy.
const ID_CHARS: usize = 64;
/// What is logged of a path at most, in characters.
const PATH_CHARS: usize = 200;

/// The id of a request.
#[derive(Debug, Clone)]
pub(super) struct RequestId(String);

impl RequestId {
    /// The id that a request was given.
    pub(super) fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(|| Self("none".to_owned()))
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that a trusted proxy sends along, so that its log and ours name the same request, or a new one.
    fn take(request: &HttpRequest, proxies: &Proxies) -> Self {
        let given = request.headers().get(REQUEST_ID).filter(|_| proxies.trusts_peer(request));
        let given = given.and_then(|id| id.to_str().ok()).filter(|id| {
            (1..=ID_CHARS).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        });
        Self(given.map_or_else(new_id, str::to_owned))
    }
}

/// Why a request was answered with an error: left with the request by whoever writes the answer.
#[derive(Debug)]
pub(super) struct Failure {
    /// The error's stable code.
    pub(super) code: &'static str,
    /// The error with its sources.
    pub(super) text: String,
}

/// Wraps the whole application but for `bangui_edge::track`, which has to be outermost.
pub async fn requests(
    state: web::Data<ApiState>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let proxies = &state.settings.trusted_proxies;
    let id = RequestId::take(request.request(), proxies);
    let mut seen = Seen {
        method: request.method().clone(),
        path: request.path().chars().take(PATH_CHARS).collect(),
        address: proxies.address(request.request()),
        is_login: is_login(&request),
        begun: Instant::now(),
        logged: false,
    };
    request.extensions_mut().insert(id.clone());
    // Of the highest level, so that no filter takes the id from the lines that it lets pass.
    let span = tracing::error_span!("request", request_id = id.as_str());
    let changes = !only_looks(request.method());
    let answering = async move {
        let answer = next.call(request).await?.map_into_boxed_body();
        seen.log(&answer);
        Ok::<_, actix_web::Error>(answer)
    }
    .instrument(span.clone());
    // A client that hangs up ends this future, but not a task.
    let mut answer = if changes {
        actix_web::rt::spawn(answering).await.map_err(ErrorInternalServerError)??
    } else {
        answering.await?
    };
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(answer.map_body(|_, body| Spanned::new(body, span).boxed()))
}

/// A request before it is answered.
struct Seen {
    method: Method,
    path: String,
    address: Option<IpAddr>,
    is_login: bool,
    begun: Instant,
    logged: bool,
}

/// Writes the line of a request at one level; all lines have the same fields. Those about logins have a target of their own,
/// which no filter of the log silences.
macro_rules! line {
    ($level:ident, $seen:ident, $status:ident, $user:ident, $failure:ident, $message:literal) => {
        if $seen.is_login {
            line!(@ "bangui_api::access::login", $level, $seen, $status, $user, $failure, $message)
        } else {
            line!(@ "bangui_api::access", $level, $seen, $status, $user, $failure, $message)
        }
    };
    (@ $target:literal, $level:ident, $seen:ident, $status:ident, $user:ident, $failure:ident, $message:literal) => {
        tracing::$level!(
            target: $target,
            method = %$seen.method,
            path = %$seen.path,
            status = $status,
            ms = u64::try_from($seen.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            address = $seen.address.map(tracing::field::display),
            user = $user,
            code = $failure.map(|failure| failure.code),
            error = $failure.map(|failure| failure.text.as_str()),
            $message
        )
    };
}

impl Seen {
    /// Failures of the server stand out, changes are told, and what only looks is for those who ask for it.
    fn log(&mut self, answer: &ServiceResponse<BoxBody>) {
        self.logged = true;
        let (code, extensions) = (answer.status(), answer.request().extensions());
        let user = extensions.get::<Authenticated>().map(|who| who.session.user.name.as_str());
        let failure = extensions.get::<Failure>();
        let status = Some(code.as_u16());
        if failure.is_some() && code == StatusCode::INTERNAL_SERVER_ERROR {
            line!(error, self, status, user, failure, "request failed");
        } else if failure.is_some() && code.is_server_error() {
            line!(warn, self, status, user, failure, "request not served");
        } else if only_looks(&self.method) {
            line!(debug, self, status, user, failure, "request");
        } else {
            line!(info, self, status, user, failure, "request");
        }
    }
}

impl Drop for Seen {
    /// Nobody is there to be answered: the client has hung up, or the server stops before it is done.
    fn drop(&mut self) {
        if self.logged {
            return;
        }
        let (status, user, failure) = (None::<u16>, None::<&str>, None::<&Failure>);
        if only_looks(&self.method) {
            line!(debug, self, status, user, failure, "request given up before it was answered");
        } else {
            line!(info, self, status, user, failure, "request given up before it was answered");
        }
    }
}

fn only_looks(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Whether a request begins, changes or ends a login. Judged by the path as routes see it, with its escapes decoded: a client
/// could write `/api/%61uth/login` otherwise to keep its line out of the log.
fn is_login(request: &ServiceRequest) -> bool {
    let path = request.match_info().as_str();
    !only_looks(request.method())
        && ["/api/auth/", "/api/setup", "/api/sessions"].iter().any(|part| path.contains(part))
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
