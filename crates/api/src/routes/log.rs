//! What this process logs, and changing it while it runs.

use actix_web::web;

use crate::wire::log::{LogRequest, LogResponse};
use crate::{ApiError, ApiState, Authenticated};

/// What this process logs
///
/// The answer is that of the replica which the request reached: each has a log and a filter of its own.
#[utoipa::path(
    get, path = "/api/system/log", tag = "system", operation_id = "getLog",
    responses((status = 200, description = "As of now", body = LogResponse))
)]
pub(crate) async fn show(state: web::Data<ApiState>) -> web::Json<LogResponse> {
    web::Json(state.services.log.state().into())
}

/// Changes what this process logs
///
/// For a time, a day at most; no other replica hears of it, and no restart remembers it. The audit trail does. Lines about
/// logins are written whatever the filter says.
#[utoipa::path(
    put, path = "/api/system/log", tag = "system", operation_id = "setLog",
    request_body = LogRequest,
    responses((status = 200, description = "What is logged now", body = LogResponse))
)]
pub(crate) async fn set(
    state: web::Data<ApiState>,
    who: Authenticated,
    body: web::Json<LogRequest>,
) -> Result<web::Json<LogResponse>, ApiError> {
    let changed = state.services.log.set(&body.filter, body.for_secs, &who.caller()).await?;
    Ok(web::Json(changed.into()))
}

/// Has this process log as its settings say
#[utoipa::path(
    delete, path = "/api/system/log", tag = "system", operation_id = "resetLog",
    responses((status = 200, description = "What is logged now", body = LogResponse))
)]
pub(crate) async fn reset(
    state: web::Data<ApiState>,
    who: Authenticated,
) -> Result<web::Json<LogResponse>, ApiError> {
    Ok(web::Json(state.services.log.reset(&who.caller()).await?.into()))
}
