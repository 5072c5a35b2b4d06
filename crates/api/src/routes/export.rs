//! The export's route: the history as a file of any size.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bangui_domain::model::{EventQuery, Limit};

use crate::export::Export;
use crate::wire::history::ExportParams;
use crate::{ApiError, ApiState};

/// The history as a file of any size
///
/// All events of the period, newest first, as CSV (RFC 4180, UTF-8, with a header) or as NDJSON (an Event on each line).
/// In CSV, a text that a spreadsheet would take for a formula has an apostrophe before it. A file that could not be
/// written to its end is not ended: the connection is cut, and clients report that.
#[utoipa::path(
    get, path = "/api/history/export", tag = "history", operation_id = "exportHistory",
    params(ExportParams),
    responses((status = 200, description = "The file", content(
        (String = "text/csv"),
        (crate::wire::event::Event = "application/x-ndjson"),
    )))
)]
pub(crate) async fn export(
    state: web::Data<ApiState>,
    params: web::Query<ExportParams>,
) -> Result<HttpResponse, ApiError> {
    let (question, format) = params.question()?;
    let asked = question.settle(&state.services.history).await?;
    let name = format!(
        "bangui-{}-{}.{}",
        day(&asked.zone.rfc3339(asked.period.since)),
        day(&asked.zone.rfc3339(asked.period.until)),
        format.extension()
    );
    let limit = Limit::new(Limit::MAX).unwrap_or(Limit::DEFAULT);
    let query = EventQuery {
        filter: asked.filter,
        since: Some(asked.period.since),
        until: Some(asked.period.until),
        limit,
        after: None,
        newer: false,
    };
    let export = Export::begin(state.into_inner(), query, format).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.content_type()))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(export.into_stream()))
}

/// The day of a time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or_default()
}
