//! The process and what it works with.

use actix_web::web;

use crate::ApiState;
use crate::wire::system::SystemResponse;

/// This process, fail2ban, and the scheduler lock
#[utoipa::path(
    get, path = "/api/system", tag = "system", operation_id = "getSystem",
    responses((status = 200, description = "As of now; fail2ban as last probed", body = SystemResponse))
)]
pub(crate) async fn system(state: web::Data<ApiState>) -> web::Json<SystemResponse> {
    let info = state.services.system.system().await;
    let watch = &state.services.watch;
    web::Json(SystemResponse::new(info, &watch.state(), &watch.problems(), watch.catch_up()))
}
