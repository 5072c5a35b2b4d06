//! The body of every error: RFC 9457 with a stable code, the request's id, and the fields that were wrong.

use actix_web::HttpResponse;
use actix_web::http::header;
use bangui_domain::ServiceError;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiError, HttpFailure};

/// The content type of errors.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// An error (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:bangui:error:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:bangui:error:jail_not_found")]
    pub type_: String,
    /// The status in words.
    #[schema(example = "Not Found")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// The stable code that programs match on; all of them are in docs/errors.md.
    #[schema(example = "jail_not_found")]
    pub code: String,
    /// What happened, to what, why, and what to do.
    #[schema(example = "fail2ban has no jail sshd2")]
    pub detail: String,
    /// The request's id, as in the header `x-request-id` and in the server's log.
    pub request_id: String,
    /// What is wrong with which field of the request; often empty.
    pub fields: Vec<FieldProblem>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its name.
    pub field: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Problem {
    /// The body for `error`.
    pub fn new(error: &ApiError, request_id: &str) -> Self {
        let status = error.status();
        let fields = match error {
            ApiError::Service(ServiceError::Invalid(fields)) => fields.as_slice(),
            _ => &[],
        };
        Self {
            type_: format!("urn:bangui:error:{}", error.code()),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: error.code().to_owned(),
            detail: error.detail(),
            request_id: request_id.to_owned(),
            fields: fields
                .iter()
                .map(|field| FieldProblem { field: field.field.to_owned(), message: field.message.clone() })
                .collect(),
        }
    }

    /// The whole answer for `error`.
    pub(crate) fn response(error: &ApiError, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(error.status());
        if let Some(secs) = error.retry_after_secs() {
            response.insert_header((header::RETRY_AFTER, secs.to_string()));
        }
        if let ApiError::Http(HttpFailure::MethodNotAllowed { allow }) = error {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        if let ApiError::Http(HttpFailure::MetricsTokenRequired) = error {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"metrics\""));
        }
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON)).json(Self::new(error, request_id))
    }
}
