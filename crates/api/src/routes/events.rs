//! The history.

use actix_web::web;

use crate::wire::event::{EventPage, EventsParams};
use crate::{ApiError, ApiState, Problem};

/// What has happened, newest first
#[utoipa::path(
    get, path = "/api/events", tag = "events", operation_id = "listEvents",
    params(EventsParams),
    responses(
        (status = 200, description = "A page of the history", body = EventPage),
        (status = 400, description = "invalid, cursor_invalid, query_malformed", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    state: web::Data<ApiState>,
    params: web::Query<EventsParams>,
) -> Result<web::Json<EventPage>, ApiError> {
    let query = params.query(state.services.history.now())?;
    let page = state.services.events.find(&query).await?;
    Ok(web::Json(EventPage::new(page, query.newer)))
}
