//! What the API answers, with what tests ask of it.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header::HeaderMap};
use actix_web::test;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(super) async fn read(response: ServiceResponse<BoxBody>) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = test::read_body(response).await;
        let json = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Self { status, headers, json }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status, and gives the body.
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.json);
        self.json
    }

    /// Asserts a complete problem with this status and code, and gives it.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.json["code"].as_str()), (status, Some(code)), "{}", self.json);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json["type"], format!("urn:bangui:error:{code}"));
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["request_id"], self.header("x-request-id"));
        assert!(!self.json["detail"].as_str().unwrap().is_empty());
        assert!(self.json["fields"].is_array());
        let retry = self.header("retry-after").parse::<u32>().is_ok();
        assert_eq!(retry, [429, 503].contains(&status), "Retry-After is for 429 and 503");
        self.json
    }

    /// Asserts a 400 about exactly one field, and gives its message.
    #[track_caller]
    pub(crate) fn bad_field(self, field: &str) -> String {
        let problem = self.problem(400, "invalid");
        let fields = problem["fields"].as_array().unwrap();
        assert_eq!(fields.len(), 1, "{problem}");
        assert_eq!(problem["fields"][0]["field"], field);
        problem["fields"][0]["message"].as_str().unwrap().to_owned()
    }
}
