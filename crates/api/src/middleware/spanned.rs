//! The body of an answer, made within the span of its request: a live stream is written long after the answer has begun.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use tracing::Span;

/// A body and its span.
pub(super) struct Spanned {
    body: BoxBody,
    span: Span,
}

impl Spanned {
    /// Has `body` made within `span`.
    pub(super) fn new(body: BoxBody, span: Span) -> Self {
        Self { body, span }
    }
}

impl MessageBody for Spanned {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let span = self.span.clone();
        span.in_scope(|| Pin::new(&mut self.body).poll_next(context))
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        let Self { body, span } = self;
        body.try_into_bytes().map_err(|body| Self { body, span })
    }
}
