//! Every failure of the API: a business failure or one of HTTP itself, one mapping to a status, one body. What
//! caused it goes to the log and never into the body.

mod http;
mod problem;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use bangui_domain::{ErrorKind, ServiceError, chain};
use thiserror::Error;

pub use http::HttpFailure;
pub(crate) use problem::PROBLEM_JSON;
pub use problem::{FieldProblem, Problem};

/// Seconds after which something that is out of reach may be back.
const TRY_AGAIN_SECS: u32 = 5;

/// A request that was not carried out.
#[derive(Debug, Error)]
pub enum ApiError {
    /// The use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The request did not get as far as a use case.
    #[error(transparent)]
    Http(#[from] HttpFailure),
}

impl ApiError {
    /// The stable code that clients match on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Service(error) => error.code(),
            Self::Http(failure) => failure.code(),
        }
    }

    /// The status: the one place where kinds of failures become statuses.
    pub const fn status(&self) -> StatusCode {
        let kind = match self {
            Self::Service(error) => error.kind(),
            Self::Http(failure) => return failure.status(),
        };
        match kind {
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            ErrorKind::Forbidden => StatusCode::FORBIDDEN,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When another try makes sense, in seconds; for every 429 and 503.
    pub const fn retry_after_secs(&self) -> Option<u32> {
        match self {
            Self::Service(ServiceError::LoginThrottled { retry_after_secs }) => Some(*retry_after_secs),
            _ if matches!(self.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => {
                Some(TRY_AGAIN_SECS)
            }
            _ => None,
        }
    }

    /// What the caller is told. A failure inside is described by the log alone.
    pub fn detail(&self) -> String {
        if self.status() == StatusCode::INTERNAL_SERVER_ERROR {
            return "something inside BanGUI failed: its log has the reason under this request id".to_owned();
        }
        self.to_string()
    }

    /// The failure and everything that caused it, for the log.
    pub fn chain(&self) -> String {
        chain(self)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// The bare status: the body needs the request's id and is written by the outermost middleware.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}
