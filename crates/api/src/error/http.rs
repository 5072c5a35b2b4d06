//! Failures of HTTP itself, before any use case: routes, methods, bodies, and limits of this process.

use actix_web::http::StatusCode;
use thiserror::Error;

/// A request that no use case has seen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HttpFailure {
    /// No such route.
    #[error("there is no {0}: the OpenAPI document at /api/openapi.json lists what there is")]
    RouteNotFound(String),
    /// The route has other methods.
    #[error("this route answers to {allow} only")]
    MethodNotAllowed {
        /// Its methods.
        allow: String,
    },
    /// The body is no JSON, or not of the shape that the route takes.
    #[error("the body cannot be read: {0}")]
    BodyMalformed(String),
    /// The body is longer than any request needs.
    #[error("the body is longer than {limit} bytes")]
    BodyTooLarge {
        /// The most that is read.
        limit: usize,
    },
    /// The body comes more slowly than any line is, or not at all.
    #[error("the body came too slowly: send it at once, and at 1 KiB a second at least")]
    BodyTooSlow,
    /// The body is compressed.
    #[error("the body must not be compressed: send it as it is, without the header Content-Encoding")]
    ContentEncodingUnsupported,
    /// The path and the query are longer than any request needs.
    #[error("path and query are longer than {limit} bytes")]
    UriTooLong {
        /// The most that is taken.
        limit: usize,
    },
    /// The request was sent to a name that is not known to be this server's.
    #[error(
        "this server is not known to be called {0}: if that is its name, add it to the setting http.hosts \
         (BANGUI_HTTP__HOSTS); otherwise open it by its address, or as localhost on its own machine"
    )]
    HostUnknown(String),
    /// The body is of another type.
    #[error("the body has to be JSON: send it with the header Content-Type: application/json")]
    ContentTypeUnsupported,
    /// A query string that cannot be read, or with parameters that the route does not have.
    #[error("the query cannot be read: {0}")]
    QueryMalformed(String),
    /// A path that cannot be read.
    #[error("the path cannot be read: {0}")]
    PathMalformed(String),
    /// Anything else about the request that could not be understood.
    #[error("the request cannot be understood")]
    RequestMalformed,
    /// fail2ban has not been asked yet.
    #[error("fail2ban has not answered yet: BanGUI is just starting")]
    Fail2banStarting,
    /// All streams are taken.
    #[error("this server serves {limit} live streams at one time and all of them are taken")]
    StreamsExhausted {
        /// How many there are.
        limit: usize,
    },
    /// The session has all the streams that one may have.
    #[error(
        "this session has {limit} live streams open, and no more are served to one: close a page that is open elsewhere"
    )]
    SessionStreamsExhausted {
        /// How many a session may have.
        limit: usize,
    },
    /// Metrics are not served on this address.
    #[error(
        "metrics are not served here: set metrics.token (BANGUI_METRICS__TOKEN) to serve them here to whoever has that \
         token, or metrics.listen (BANGUI_METRICS__LISTEN) to serve them on an address of their own"
    )]
    MetricsOff,
    /// The token for metrics is missing or wrong.
    #[error("metrics need the token that metrics.token names: send it as Authorization: Bearer TOKEN")]
    MetricsTokenRequired,
}

impl HttpFailure {
    /// The stable code that clients match on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RouteNotFound(_) => "route_not_found",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::BodyMalformed(_) => "body_malformed",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::ContentTypeUnsupported => "content_type_unsupported",
            Self::BodyTooSlow => "body_too_slow",
            Self::ContentEncodingUnsupported => "content_encoding_unsupported",
            Self::UriTooLong { .. } => "uri_too_long",
            Self::HostUnknown(_) => "host_unknown",
            Self::QueryMalformed(_) => "query_malformed",
            Self::PathMalformed(_) => "path_malformed",
            Self::RequestMalformed => "request_malformed",
            Self::Fail2banStarting => "fail2ban_starting",
            Self::StreamsExhausted { .. } => "streams_exhausted",
            Self::SessionStreamsExhausted { .. } => "session_streams_exhausted",
            Self::MetricsOff => "metrics_off",
            Self::MetricsTokenRequired => "metrics_token_required",
        }
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::RouteNotFound(_) | Self::MetricsOff => StatusCode::NOT_FOUND,
            Self::MetricsTokenRequired => StatusCode::UNAUTHORIZED,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyMalformed(_)
            | Self::QueryMalformed(_)
            | Self::PathMalformed(_)
            | Self::RequestMalformed => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UriTooLong { .. } => StatusCode::URI_TOO_LONG,
            Self::HostUnknown(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::SessionStreamsExhausted { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::ContentTypeUnsupported | Self::ContentEncodingUnsupported => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::Fail2banStarting | Self::StreamsExhausted { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
