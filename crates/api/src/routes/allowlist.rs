//! The allowlist: shown, changed, and asked about an address.

use actix_web::{HttpResponse, web};
use bangui_domain::model::AllowId;

use crate::wire::allowlist::{AllowCheckParams, AllowCheckResponse, AllowList, AllowRequest, AllowResponse};
use crate::{ApiError, ApiState, Authenticated, Problem};

/// All entries
///
/// And what jails ignore by themselves.
#[utoipa::path(
    get, path = "/api/allowlist", tag = "allowlist", operation_id = "listAllowed",
    responses((status = 200, description = "The entries, on one page", body = AllowList))
)]
pub(crate) async fn list(state: web::Data<ApiState>) -> Result<web::Json<AllowList>, ApiError> {
    Ok(web::Json(state.services.allowlist.list().await?.into()))
}

/// Allows an address or network
///
/// fail2ban is told at once, and bans within it are lifted. A fail2ban that is out of reach is told when it is back.
#[utoipa::path(
    post, path = "/api/allowlist", tag = "allowlist", operation_id = "createAllowed",
    request_body = AllowRequest,
    responses(
        (status = 201, description = "The entry, and what came of it", body = AllowResponse),
        (status = 404, description = "jail_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "allowed_already", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    state: web::Data<ApiState>,
    who: Authenticated,
    body: web::Json<AllowRequest>,
) -> Result<HttpResponse, ApiError> {
    let order = body.order()?;
    let outcome = state.services.allowlist.allow(&who.caller(), order).await?;
    Ok(HttpResponse::Created().json(AllowResponse::from(outcome)))
}

/// Removes an entry
///
/// What a jail ignores by itself, it goes on ignoring.
#[utoipa::path(
    delete, path = "/api/allowlist/{id}", tag = "allowlist", operation_id = "deleteAllowed",
    params(("id" = i64, Path, description = "The entry's number")),
    responses(
        (status = 200, description = "It is gone", body = AllowResponse),
        (status = 404, description = "allow_entry_not_found", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remove(
    state: web::Data<ApiState>,
    who: Authenticated,
    id: web::Path<i64>,
) -> Result<web::Json<AllowResponse>, ApiError> {
    let outcome = state.services.allowlist.disallow(&who.caller(), AllowId(*id)).await?;
    Ok(web::Json(outcome.into()))
}

/// What allows an address or network
#[utoipa::path(
    get, path = "/api/allowlist/check", tag = "allowlist", operation_id = "checkAllowed",
    params(AllowCheckParams),
    responses((status = 200, description = "The entries and jails that do", body = AllowCheckResponse))
)]
pub(crate) async fn check(
    state: web::Data<ApiState>,
    params: web::Query<AllowCheckParams>,
) -> Result<web::Json<AllowCheckResponse>, ApiError> {
    let target = params.target()?;
    let found = state.services.allowlist.check(target).await?;
    Ok(web::Json(AllowCheckResponse::new(target, found)))
}
