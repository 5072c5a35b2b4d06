//! Jails.

use actix_web::web;
use bangui_domain::ServiceError;
use bangui_domain::model::Fail2banState;

use crate::wire::field::Fields;
use crate::wire::jail::{JailDetailResponse, JailList};
use crate::{ApiError, ApiState, HttpFailure, Problem};

/// All jails with their counters
///
/// As last counted, also while fail2ban is offline; what they watch is known while it is online.
#[utoipa::path(
    get, path = "/api/jails", tag = "jails", operation_id = "listJails",
    responses(
        (status = 200, description = "The jails by name, on one page", body = JailList),
        (status = 503, description = "fail2ban_offline, fail2ban_starting: it has never been counted yet",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(state: web::Data<ApiState>) -> Result<web::Json<JailList>, ApiError> {
    let now = state.services.watch.state();
    let seen = state.services.jails.list().ok_or_else(|| match &*now {
        Fail2banState::Offline { outage, .. } => ServiceError::Fail2banOffline(outage.clone()).into(),
        Fail2banState::Starting | Fail2banState::Online { .. } => {
            ApiError::from(HttpFailure::Fail2banStarting)
        }
    })?;
    Ok(web::Json(JailList::new(&seen, &now, &state.services.watch.problems())))
}

/// One jail with its settings
///
/// Asked of fail2ban now.
#[utoipa::path(
    get, path = "/api/jails/{jail}", tag = "jails", operation_id = "getJail",
    params(("jail" = String, Path, description = "The jail's name", example = "sshd")),
    responses(
        (status = 200, description = "Counters, sources and settings", body = JailDetailResponse),
        (status = 404, description = "jail_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 502, description = "fail2ban_refused", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "fail2ban_offline", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn detail(
    state: web::Data<ApiState>,
    jail: web::Path<String>,
) -> Result<web::Json<JailDetailResponse>, ApiError> {
    let mut fields = Fields::default();
    let name = fields.jail(Some(&jail));
    fields.finish()?;
    let name = name.ok_or_else(|| HttpFailure::PathMalformed("it names no jail".to_owned()))?;
    let detail = state.services.jails.detail(&name).await?;
    let (seen, problems) = (state.services.watch.state(), state.services.watch.problems());
    let now = state.services.jails.now();
    Ok(web::Json(JailDetailResponse::new(detail, seen.log_of(&name), &problems, now)))
}
