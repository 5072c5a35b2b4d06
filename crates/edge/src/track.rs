//! Tells a connection when one of its requests is served, and bounds how long the body of it may take.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures::Stream;

use crate::BODY;
use crate::alarm::Alarm;
use crate::connection::Connection;
use crate::pace::Pace;

/// Wraps a whole application. It has to be outermost, so that it sees every request first and every answer to its end.
pub async fn track(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(connection) = request.conn_data::<Arc<Connection>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let request_ends = Request::begin(&connection);
    let payload = request.take_payload();
    if !matches!(payload, Payload::None) {
        let timed =
            Timed { payload, connection: Arc::clone(&connection), pace: None, alarm: Alarm::default() };
        request.set_payload(Payload::Stream { payload: Box::pin(timed) });
    }
    let answer = next.call(request).await?;
    Ok(answer.map_body(|head, body| {
        let endless = head.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        BoxBody::new(Answer { body: body.boxed(), endless, request: request_ends })
    }))
}

/// A request that is served, until it is dropped with its answer.
struct Request(Arc<Connection>);

impl Request {
    fn begin(connection: &Arc<Connection>) -> Self {
        connection.begin_request();
        Self(Arc::clone(connection))
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.await_head();
    }
}

/// The body of an answer.
struct Answer {
    body: BoxBody,
    /// It ends when the client sends no more: nearly always it has gone, which shows no sooner than by the next event.
    endless: bool,
    request: Request,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.endless && self.request.0.is_silent() {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.body).poll_next(context)
    }
}

/// The body of a request, which ends with [`ErrorKind::TimedOut`] when it comes too slowly.
struct Timed {
    payload: Payload,
    connection: Arc<Connection>,
    /// From when it is first waited for.
    pace: Option<Pace>,
    alarm: Alarm,
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let pace = this.pace.get_or_insert_with(|| Pace::new(BODY));
        match Pin::new(&mut this.payload).poll_next(context) {
            Poll::Pending => {
                this.connection.await_body(true);
                if this.alarm.rings(pace.deadline(), context) {
                    let slow = io::Error::new(ErrorKind::TimedOut, "the body comes too slowly");
                    return Poll::Ready(Some(Err(PayloadError::Io(slow))));
                }
                Poll::Pending
            }
            Poll::Ready(part) => {
                this.connection.await_body(false);
                if let Some(Ok(bytes)) = &part {
                    pace.advance(bytes.len());
                }
                Poll::Ready(part)
            }
        }
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.connection.await_body(false);
    }
}
