//! The live stream's route: takes one of the slots, and hands over to the stream.

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::stream::Live;
use crate::wire::event::StreamParams;
use crate::wire::stream::StreamData;
use crate::{ApiError, ApiState, Authenticated, Problem};

/// What happens, as it happens (server-sent events)
///
/// Events `ban` and `unban` carry an Event and its number as id; `online` and `offline` carry the state of fail2ban
/// and come first; `jails` carries the counters of all jails whenever they moved. A comment every 15 seconds keeps
/// proxies from cutting the line. A stream that connects again gets everything recorded since the last id that it
/// has seen.
#[utoipa::path(
    get, path = "/api/events/stream", tag = "events", operation_id = "streamEvents",
    params(
        StreamParams,
        ("Last-Event-ID" = Option<i64>, Header, description = "The id of the last event seen"),
    ),
    responses(
        (status = 200, description = "A stream without end; this is the shape of each message's data",
            body = StreamData, content_type = "text/event-stream"),
        (status = 429, description = "session_streams_exhausted: the session has 8 open", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "streams_exhausted, database_unavailable", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn stream(
    state: web::Data<ApiState>,
    request: HttpRequest,
    who: Authenticated,
    params: web::Query<StreamParams>,
) -> Result<HttpResponse, ApiError> {
    let header = request.headers().get("last-event-id").and_then(|id| id.to_str().ok());
    let last_seen = params.last_seen(header.filter(|id| !id.is_empty()))?;
    let slot = state.streams.take(&who.session.token)?;
    let live = Live::open(state.into_inner(), who.session.token, slot, last_seen).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        // Compression would hold messages back until a block is full.
        .insert_header(ContentEncoding::Identity)
        .insert_header(("x-accel-buffering", "no"))
        .streaming(live.into_stream()))
}
