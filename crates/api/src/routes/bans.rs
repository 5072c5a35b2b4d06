//! Bans: listed, made, lifted.

use actix_web::{HttpResponse, web};

use crate::wire::ban::{
    BanPage, BannedResponse, BansParams, CreateBanRequest, UnbanParams, UnbannedResponse,
};
use crate::{ApiError, ApiState, Authenticated, Problem};

/// What is banned now
#[utoipa::path(
    get, path = "/api/bans", tag = "bans", operation_id = "listBans",
    params(BansParams),
    responses(
        (status = 200, description = "A page of bans", body = BanPage),
        (status = 400, description = "invalid, cursor_invalid, query_malformed", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    state: web::Data<ApiState>,
    params: web::Query<BansParams>,
) -> Result<web::Json<BanPage>, ApiError> {
    let query = params.query()?;
    let page = state.services.bans.find(&query).await?;
    Ok(web::Json(BanPage::new(page, query.sort)))
}

/// Bans an address or network in one jail
///
/// Answers with what fail2ban lists afterwards.
#[utoipa::path(
    post, path = "/api/bans", tag = "bans", operation_id = "createBan",
    request_body = CreateBanRequest,
    responses(
        (status = 201, description = "Banned", body = BannedResponse),
        (status = 200, description = "It was banned already", body = BannedResponse),
        (status = 404, description = "jail_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "ban_own_address, ban_loopback, ban_ignored, ban_network_too_wide: needs `force`; \
                address_allowed"),
        (status = 502, description = "not_confirmed, fail2ban_refused, outcome_unknown", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "fail2ban_offline, database_unavailable", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    state: web::Data<ApiState>,
    who: Authenticated,
    body: web::Json<CreateBanRequest>,
) -> Result<HttpResponse, ApiError> {
    let order = body.order()?;
    let outcome = state.services.bans.ban(&who.caller(), order).await?;
    let mut answer = if outcome.newly_banned { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(BannedResponse::from(outcome)))
}

/// Lifts the bans of an address, network or other entry
///
/// In every jail, or in one. Answers with what fail2ban lists afterwards.
#[utoipa::path(
    delete, path = "/api/bans/{ip}", tag = "bans", operation_id = "deleteBan",
    params(
        ("ip" = String, Path, example = "203.0.113.7",
            description = "What is banned: an address or network in any spelling, or fail2ban's own text"),
        UnbanParams,
    ),
    responses(
        (status = 200, description = "Lifted", body = UnbannedResponse),
        (status = 404, description = "ban_not_found, jail_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 502, description = "not_confirmed, fail2ban_refused, outcome_unknown", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "fail2ban_offline, database_unavailable", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remove(
    state: web::Data<ApiState>,
    who: Authenticated,
    ip: web::Path<String>,
    params: web::Query<UnbanParams>,
) -> Result<web::Json<UnbannedResponse>, ApiError> {
    let order = params.order(ip.into_inner())?;
    let outcome = state.services.bans.unban(&who.caller(), order).await?;
    Ok(web::Json(outcome.into()))
}
