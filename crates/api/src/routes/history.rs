//! Questions about the history that count, and what led to a ban.

use actix_web::web;
use bangui_domain::model::EventId;

use crate::buckets::Bucket;
use crate::wire::history::{
    CompletionsParams, HistoryCompletions, HistoryOffenders, HistoryTimeline, HistoryTop, HistoryTotals,
    MatchesResponse, OffendersParams, TimelineParams, TopParams, TotalsParams,
};
use crate::{ApiError, ApiState, Problem};

/// The most series of a timeline; the rest is in its `others`.
const MOST_SERIES: usize = 8;

/// Sums of a period, beside the period before and what is usual
#[utoipa::path(
    get, path = "/api/history/totals", tag = "history", operation_id = "getHistoryTotals",
    params(TotalsParams),
    responses((status = 200, description = "The sums", body = HistoryTotals))
)]
pub(crate) async fn totals(
    state: web::Data<ApiState>,
    params: web::Query<TotalsParams>,
) -> Result<web::Json<HistoryTotals>, ApiError> {
    let history = &state.services.history;
    let asked = params.question()?.settle(history).await?;
    let compared = history.totals(&asked.filter, asked.period).await?;
    Ok(web::Json(compared.into()))
}

/// Bans over time
///
/// The period is cut into about 120 stretches at most. Days, weeks and months begin where they do in the time zone.
#[utoipa::path(
    get, path = "/api/history/timeline", tag = "history", operation_id = "getHistoryTimeline",
    params(TimelineParams),
    responses((status = 200, description = "Counts for each stretch", body = HistoryTimeline))
)]
pub(crate) async fn timeline(
    state: web::Data<ApiState>,
    params: web::Query<TimelineParams>,
) -> Result<web::Json<HistoryTimeline>, ApiError> {
    let history = &state.services.history;
    let (question, by) = params.question()?;
    let asked = question.settle(history).await?;
    let bucket = Bucket::fitting(asked.period);
    let bounds = bucket.bounds(asked.period, &asked.zone);
    let answer = history.timeline(&asked.filter, &bounds, by.into(), MOST_SERIES).await?;
    Ok(web::Json(HistoryTimeline::new(asked.period, &asked.zone, bucket, &bounds, answer)))
}

/// The groups with the most bans
#[utoipa::path(
    get, path = "/api/history/top", tag = "history", operation_id = "getHistoryTop",
    params(TopParams),
    responses((status = 200, description = "The largest groups", body = HistoryTop))
)]
pub(crate) async fn top(
    state: web::Data<ApiState>,
    params: web::Query<TopParams>,
) -> Result<web::Json<HistoryTop>, ApiError> {
    let history = &state.services.history;
    let (question, by, limit) = params.question()?;
    let asked = question.settle(history).await?;
    let ranking = history.top(&asked.filter, asked.period, by.into(), limit).await?;
    Ok(web::Json(HistoryTop::new(asked.period, by, ranking)))
}

/// Addresses that were banned more than once, with how their bans grew
#[utoipa::path(
    get, path = "/api/history/offenders", tag = "history", operation_id = "getHistoryOffenders",
    params(OffendersParams),
    responses((status = 200, description = "Those with the most bans", body = HistoryOffenders))
)]
pub(crate) async fn offenders(
    state: web::Data<ApiState>,
    params: web::Query<OffendersParams>,
) -> Result<web::Json<HistoryOffenders>, ApiError> {
    let history = &state.services.history;
    let (question, limit) = params.question()?;
    let asked = question.settle(history).await?;
    let offenders = history.offenders(&asked.filter, asked.period, limit).await?;
    Ok(web::Json(HistoryOffenders::new(asked.period, offenders)))
}

/// What could be meant by a question that is being typed
#[utoipa::path(
    get, path = "/api/history/completions", tag = "history", operation_id = "getHistoryCompletions",
    params(CompletionsParams),
    responses((status = 200, description = "Names or values", body = HistoryCompletions))
)]
pub(crate) async fn completions(
    state: web::Data<ApiState>,
    params: web::Query<CompletionsParams>,
) -> Result<web::Json<HistoryCompletions>, ApiError> {
    let (text, at) = params.typing()?;
    let suggestions = state.services.history.suggest(text, at).await?;
    Ok(web::Json(suggestions.into()))
}

/// The log lines that led to a ban
#[utoipa::path(
    get, path = "/api/bans/{ban}/matches", tag = "history", operation_id = "getBanMatches",
    params(("ban" = i64, Path, description = "The `ban` of an event", example = 4711)),
    responses(
        (status = 200, description = "The lines", body = MatchesResponse),
        (status = 404, description = "matches_not_found", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn matches(
    state: web::Data<ApiState>,
    ban: web::Path<i64>,
) -> Result<web::Json<MatchesResponse>, ApiError> {
    let matches = state.services.history.matches(EventId(ban.into_inner())).await?;
    Ok(web::Json(matches.into()))
}
