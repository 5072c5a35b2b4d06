//! A user's own sessions, and their own password.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::wire::session::{EndedResponse, PasswordRequest, SessionList};
use crate::{ApiError, ApiState, Authenticated, Problem};

/// One's own sessions
///
/// Those that have not ended, the last used first; a hundred at most.
#[utoipa::path(
    get, path = "/api/sessions", tag = "session", operation_id = "listSessions",
    responses((status = 200, description = "The sessions, on one page", body = SessionList))
)]
pub(crate) async fn list(
    state: web::Data<ApiState>,
    who: Authenticated,
) -> Result<web::Json<SessionList>, ApiError> {
    let entries = state.services.accounts.own_sessions(&who.session).await?;
    Ok(web::Json(SessionList::new(entries, &who.session)))
}

/// Ends one of one's own sessions
#[utoipa::path(
    delete, path = "/api/sessions/{id}", tag = "session", operation_id = "endSession",
    params(("id" = String, Path, description = "The session's id, from the list", example = "0f007385b6f9d4b7")),
    responses(
        (status = 204, description = "Ended; if it was the asking one, its cookie is taken back"),
        (status = 404, description = "session_not_found", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end(
    state: web::Data<ApiState>,
    request: HttpRequest,
    who: Authenticated,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    state.services.accounts.end_session(&who.session, &id, &who.client).await?;
    let mut answer = HttpResponse::NoContent();
    if *id == who.session.token.public_id() {
        answer.cookie(state.ended_cookie(&request));
    }
    Ok(answer.finish())
}

/// Ends all of one's own sessions but the asking one
#[utoipa::path(
    delete, path = "/api/sessions", tag = "session", operation_id = "endOtherSessions",
    responses((status = 200, description = "How many have ended", body = EndedResponse))
)]
pub(crate) async fn end_others(
    state: web::Data<ApiState>,
    who: Authenticated,
) -> Result<web::Json<EndedResponse>, ApiError> {
    let ended = state.services.accounts.end_other_sessions(&who.session, &who.client).await?;
    Ok(web::Json(EndedResponse { ended }))
}

/// Replaces one's own password
///
/// Ends all of one's other sessions. A wrong current password counts as a failed login.
#[utoipa::path(
    post, path = "/api/auth/password", tag = "session", operation_id = "changePassword",
    request_body = PasswordRequest,
    responses(
        (status = 200, description = "Replaced; how many other sessions have ended", body = EndedResponse),
        (status = 403, description = "password_wrong: not the current password; foreign_origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "login_throttled: too many wrong passwords; see Retry-After", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_password(
    state: web::Data<ApiState>,
    who: Authenticated,
    body: web::Json<PasswordRequest>,
) -> Result<web::Json<EndedResponse>, ApiError> {
    let accounts = &state.services.accounts;
    let (current, new) = (&body.current_password, &body.new_password);
    let ended = accounts.change_password(&who.session, current, new, &who.client).await?;
    Ok(web::Json(EndedResponse { ended }))
}
