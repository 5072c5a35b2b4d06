//! The token that opens `/metrics` where everybody can ask for it.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};
use subtle::ConstantTimeEq as _;

/// What a scraper has to send. Never printed.
#[derive(Clone)]
pub struct MetricsToken(String);

impl MetricsToken {
    /// The token as it was configured.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether a request brings it, as `Authorization: Bearer …`. Takes as long whichever part of it is wrong.
    pub(super) fn is_in(&self, request: &HttpRequest) -> bool {
        let given = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
        let Some((scheme, token)) = given.and_then(|value| value.split_at_checked("Bearer ".len())) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"Bearer ") && token.ct_eq(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsToken(***)")
    }
}
