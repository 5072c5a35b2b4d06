//! The door: refuses what other sites' pages send, and whoever has no session, before a route is even looked
//! up. What is not on the list of public routes needs a session, routes that do not exist included.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, web};
use bangui_domain::ServiceError;

use crate::origin::is_foreign;
use crate::{ApiError, ApiState, routes};

/// Lets a request in, or answers it.
pub(crate) async fn gate(
    state: web::Data<ApiState>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if is_foreign(request.request(), &state.settings.trusted_proxies) {
        return Ok(request.error_response(ApiError::from(ServiceError::ForeignOrigin)));
    }
    if !routes::is_public(request.path()) {
        match state.authenticate(request.request()).await {
            Ok(known) => {
                request.extensions_mut().insert(known);
            }
            Err(error) => return Ok(request.error_response(error)),
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
