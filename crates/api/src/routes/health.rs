//! What monitors ask for, without a session. Answered from memory, but for the database's one statement.

use actix_web::{HttpResponse, web};

use crate::ApiState;
use crate::wire::health::{Health, Liveness, Readiness, Status};

fn answer(status: Status, body: impl serde::Serialize) -> HttpResponse {
    match status {
        Status::Ok => HttpResponse::Ok().json(body),
        Status::Unavailable => HttpResponse::ServiceUnavailable().json(body),
    }
}

/// The health of BanGUI together with fail2ban
///
/// As last probed, by this process or by the one that holds the scheduler lock: no request reaches fail2ban.
#[utoipa::path(
    get, path = "/api/health", tag = "health", operation_id = "getHealth", security(()),
    responses(
        (status = 200, description = "fail2ban is online, and what it bans is recorded", body = Health),
        (status = 503, description = "fail2ban is offline, hangs, has not answered yet, or no poll of it succeeds", body = Health),
    )
)]
pub(crate) async fn health(state: web::Data<ApiState>) -> HttpResponse {
    let health = Health::from(state.services.watch.runtime());
    answer(health.status, health)
}

/// Whether the process answers
#[utoipa::path(
    get, path = "/api/health/live", tag = "health", operation_id = "getLiveness", security(()),
    responses((status = 200, description = "It does", body = Liveness))
)]
pub(crate) async fn live() -> HttpResponse {
    answer(Status::Ok, Liveness { status: Status::Ok })
}

/// Whether the process can do its work
#[utoipa::path(
    get, path = "/api/health/ready", tag = "health", operation_id = "getReadiness", security(()),
    responses(
        (status = 200, description = "The database answers, the scheduler lock is in order, and the process goes on", body = Readiness),
        (status = 503, description = "The database does not answer, the scheduler lock is lost, or the process is about to end", body = Readiness),
    )
)]
pub(crate) async fn ready(state: web::Data<ApiState>) -> HttpResponse {
    let readiness = Readiness::from(&state.services.system.system().await);
    answer(readiness.status, readiness)
}
