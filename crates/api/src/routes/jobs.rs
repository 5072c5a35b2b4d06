//! Background jobs: what they did, and starting one out of turn.

use actix_web::{HttpResponse, web};

use crate::wire::job::{JobList, JobRunView};
use crate::{ApiError, ApiState, Authenticated, Problem};

/// All background jobs
///
/// With schedule, next run and last runs; every replica gives the same answer. A job on a cron schedule is queued and
/// shows its runs. One that runs every few moments is counted, and shows its last run and the last that failed.
#[utoipa::path(
    get, path = "/api/jobs", tag = "jobs", operation_id = "listJobs",
    responses(
        (status = 200, description = "The jobs, on one page", body = JobList),
        (status = 503, description = "database_unavailable", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(state: web::Data<ApiState>) -> Result<web::Json<JobList>, ApiError> {
    Ok(web::Json(state.services.jobs.list().await?.into()))
}

/// Runs a job now
///
/// Queues a run, which the process that holds the scheduler lock begins within seconds. While such a run waits, asking
/// again gives the same one.
#[utoipa::path(
    post, path = "/api/jobs/{job}/run", tag = "jobs", operation_id = "runJob",
    params(("job" = String, Path, description = "The job's name", example = "prune_sessions")),
    responses(
        (status = 202, description = "Queued", body = JobRunView),
        (status = 404, description = "job_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "database_unavailable", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn run(
    state: web::Data<ApiState>,
    who: Authenticated,
    job: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let run = state.services.jobs.run_now(&job, &who.caller()).await?;
    Ok(HttpResponse::Accepted().json(JobRunView::from(run)))
}
