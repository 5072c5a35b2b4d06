//! The first user.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::wire::session::{LoginResponse, SetupRequest, SetupState};
use crate::{ApiError, ApiState, Problem};

/// Whether the server waits for its first user
#[utoipa::path(
    get, path = "/api/setup", tag = "session", operation_id = "getSetup", security(()),
    responses((status = 200, description = "Whether it does", body = SetupState))
)]
pub(crate) async fn state(state: web::Data<ApiState>) -> Result<web::Json<SetupState>, ApiError> {
    let needed = state.services.accounts.setup_needed().await?;
    Ok(web::Json(SetupState { needed }))
}

/// Makes the first user and logs in
///
/// Needs the one-time token that the server wrote to its log at its last start.
#[utoipa::path(
    post, path = "/api/setup", tag = "session", operation_id = "setUp", security(()),
    request_body = SetupRequest,
    responses(
        (status = 201, description = "Made, and logged in by the cookie", body = LoginResponse),
        (status = 403, description = "setup_token_invalid, foreign_origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "setup_done: there is a user already", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "login_throttled: too many wrong tokens; see Retry-After", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn set_up(
    state: web::Data<ApiState>,
    request: HttpRequest,
    body: web::Json<SetupRequest>,
) -> Result<HttpResponse, ApiError> {
    let client = state.settings.trusted_proxies.client(&request);
    let accounts = &state.services.accounts;
    let login = accounts.setup(&body.token, &body.username, &body.password, &client).await?;
    let cookie = state.session_cookie(&login, &request);
    Ok(HttpResponse::Created().cookie(cookie).json(LoginResponse::from(&login.session)))
}
