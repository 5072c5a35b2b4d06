//! Logging in and out, and who is logged in.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::wire::session::{LoginRequest, LoginResponse, MeResponse};
use crate::{ApiError, ApiState, Authenticated, Problem};

/// Logs in
#[utoipa::path(
    post, path = "/api/auth/login", tag = "session", operation_id = "logIn", security(()),
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Logged in by the cookie", body = LoginResponse),
        (status = 401, description = "credentials_invalid: the name or the password is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "login_throttled: too many failed logins; see Retry-After", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn login(
    state: web::Data<ApiState>,
    request: HttpRequest,
    body: web::Json<LoginRequest>,
) -> Result<HttpResponse, ApiError> {
    let client = state.settings.trusted_proxies.client(&request);
    let login = state.services.accounts.login(&body.username, &body.password, &client).await?;
    let cookie = state.session_cookie(&login, &request);
    Ok(HttpResponse::Ok().cookie(cookie).json(LoginResponse::from(&login.session)))
}

/// Ends the session
#[utoipa::path(
    post, path = "/api/auth/logout", tag = "session", operation_id = "logOut",
    responses((status = 204, description = "Ended; the cookie is taken back"))
)]
pub(crate) async fn logout(
    state: web::Data<ApiState>,
    request: HttpRequest,
    who: Authenticated,
) -> Result<HttpResponse, ApiError> {
    state.services.accounts.logout(&who.session, &who.client).await?;
    Ok(HttpResponse::NoContent().cookie(state.ended_cookie(&request)).finish())
}

/// Who is logged in
#[utoipa::path(
    get, path = "/api/auth/me", tag = "session", operation_id = "getMe",
    responses((status = 200, description = "The session of this request", body = MeResponse))
)]
pub(crate) async fn me(who: Authenticated) -> web::Json<MeResponse> {
    web::Json(MeResponse::from(&who.session))
}
