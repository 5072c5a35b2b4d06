//! Where places come from, and how many addresses are looked up.

use actix_web::web;

use crate::wire::places::PlacesResponse;
use crate::{ApiError, ApiState, Problem};

/// Where places come from
///
/// The sources of the replica which the request reached, the most trusted first, and how many of all addresses that were
/// ever banned are looked up in them. After a new file they are all looked up again.
#[utoipa::path(
    get, path = "/api/places", tag = "system", operation_id = "getPlaces",
    responses(
        (status = 200, description = "As of now", body = PlacesResponse),
        (status = 503, description = "database_unavailable", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn places(state: web::Data<ApiState>) -> Result<web::Json<PlacesResponse>, ApiError> {
    let places = &state.services.places;
    let progress = places.progress().await?;
    Ok(web::Json(PlacesResponse::new(places.sources(), progress)))
}
