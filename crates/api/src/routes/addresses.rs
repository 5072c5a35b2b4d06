//! Addresses: everything about one.

use actix_web::web;

use crate::wire::address::AddressResponse;
use crate::wire::field::Fields;
use crate::{ApiError, ApiState, HttpFailure};

/// Everything about one address or network
///
/// Where it is, what it did in each jail, what is in force, and what its neighbours did. Of a network everything is told that
/// lies within it. An address that was never banned has 0 bans, and the place
/// that the sources of places tell; what is not known is null.
#[utoipa::path(
    get, path = "/api/addresses/{ip}", tag = "history", operation_id = "getAddress",
    params(("ip" = String, Path, description = "An address or network in any spelling", example = "203.0.113.7")),
    responses((status = 200, description = "Its story", body = AddressResponse))
)]
pub(crate) async fn address(
    state: web::Data<ApiState>,
    ip: web::Path<String>,
) -> Result<web::Json<AddressResponse>, ApiError> {
    let mut fields = Fields::default();
    let target = fields.target(Some(&ip));
    fields.finish()?;
    let target = target.ok_or_else(|| HttpFailure::PathMalformed("it names no address".to_owned()))?;
    let story = state.services.history.address(&target).await?;
    Ok(web::Json(state.services.places.located(story).into()))
}
