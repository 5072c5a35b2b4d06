//! Notifications: channels, rules, and the log of deliveries.

use actix_web::{HttpResponse, web};
use bangui_domain::model::notify::{ChannelId, RuleId};

use crate::wire::notification::channel::{Channel, ChannelList, ChannelTestResponse, PreviewResponse};
use crate::wire::notification::delivery::{DeliveriesParams, DeliveryPage};
use crate::wire::notification::order::{ChannelRequest, PreviewRequest};
use crate::wire::notification::rule::{Rule, RuleList, RuleRequest};
use crate::{ApiError, ApiState, Authenticated, Problem};

/// All channels
///
/// Addresses, tokens and passwords are not told: whoever made a channel knows them.
#[utoipa::path(
    get, path = "/api/notifications/channels", tag = "notifications", operation_id = "listChannels",
    responses((status = 200, description = "The channels, on one page", body = ChannelList))
)]
pub(crate) async fn channels(state: web::Data<ApiState>) -> Result<web::Json<ChannelList>, ApiError> {
    Ok(web::Json(state.services.notifications.channels().await?.into()))
}

/// Makes a channel
///
/// Its address is looked up and has to be a public one, unless the settings allow others.
#[utoipa::path(
    post, path = "/api/notifications/channels", tag = "notifications", operation_id = "createChannel",
    request_body = ChannelRequest,
    responses(
        (status = 201, description = "The channel", body = Channel),
        (status = 409, description = "name_taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_channel(
    state: web::Data<ApiState>,
    who: Authenticated,
    body: web::Json<ChannelRequest>,
) -> Result<HttpResponse, ApiError> {
    let order = body.into_inner().order()?;
    let made = state.services.notifications.save_channel(None, order, &who.caller()).await?;
    Ok(HttpResponse::Created().json(Channel::from(made)))
}

/// Changes a channel
///
/// Messages that wait are sent as the channel is then.
#[utoipa::path(
    put, path = "/api/notifications/channels/{id}", tag = "notifications", operation_id = "changeChannel",
    params(("id" = i64, Path, description = "The channel's number")),
    request_body = ChannelRequest,
    responses(
        (status = 200, description = "The channel", body = Channel),
        (status = 404, description = "channel_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "name_taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_channel(
    state: web::Data<ApiState>,
    who: Authenticated,
    id: web::Path<i64>,
    body: web::Json<ChannelRequest>,
) -> Result<web::Json<Channel>, ApiError> {
    let (id, order) = (ChannelId(*id), body.into_inner().order()?);
    let changed = state.services.notifications.save_channel(Some(id), order, &who.caller()).await?;
    Ok(web::Json(changed.into()))
}

/// Deletes a channel that no rule uses
#[utoipa::path(
    delete, path = "/api/notifications/channels/{id}", tag = "notifications", operation_id = "deleteChannel",
    params(("id" = i64, Path, description = "The channel's number")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "channel_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "channel_in_use", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_channel(
    state: web::Data<ApiState>,
    who: Authenticated,
    id: web::Path<i64>,
) -> Result<HttpResponse, ApiError> {
    state.services.notifications.delete_channel(ChannelId(*id), &who.caller()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sends a test through a channel
///
/// At once, and answers what the receiver says. A receiver that says no, or nothing, is an answer too.
#[utoipa::path(
    post, path = "/api/notifications/channels/{id}/test", tag = "notifications", operation_id = "testChannel",
    params(("id" = i64, Path, description = "The channel's number")),
    responses(
        (status = 200, description = "What came of it", body = ChannelTestResponse),
        (status = 404, description = "channel_not_found", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn test_channel(
    state: web::Data<ApiState>,
    who: Authenticated,
    id: web::Path<i64>,
) -> Result<web::Json<ChannelTestResponse>, ApiError> {
    let result = state.services.notifications.test(ChannelId(*id), &who.caller()).await?;
    Ok(web::Json(result.into()))
}

/// What a channel would send
///
/// Made of an example, for a channel that need not be saved. Nothing is sent.
#[utoipa::path(
    post, path = "/api/notifications/preview", tag = "notifications", operation_id = "previewChannel",
    request_body = PreviewRequest,
    responses((status = 200, description = "The body", body = PreviewResponse))
)]
pub(crate) async fn preview(
    state: web::Data<ApiState>,
    body: web::Json<PreviewRequest>,
) -> Result<web::Json<PreviewResponse>, ApiError> {
    let preview = state.services.notifications.preview(body.into_inner().order()?).await?;
    Ok(web::Json(preview.into()))
}

/// All rules
#[utoipa::path(
    get, path = "/api/notifications/rules", tag = "notifications", operation_id = "listRules",
    responses((status = 200, description = "The rules, on one page", body = RuleList))
)]
pub(crate) async fn rules(state: web::Data<ApiState>) -> Result<web::Json<RuleList>, ApiError> {
    Ok(web::Json(state.services.notifications.rules().await?.into()))
}

/// Makes a rule
///
/// It waits for what happens from now on.
#[utoipa::path(
    post, path = "/api/notifications/rules", tag = "notifications", operation_id = "createRule",
    request_body = RuleRequest,
    responses(
        (status = 201, description = "The rule", body = Rule),
        (status = 409, description = "name_taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_rule(
    state: web::Data<ApiState>,
    who: Authenticated,
    body: web::Json<RuleRequest>,
) -> Result<HttpResponse, ApiError> {
    let spec = body.into_inner().spec()?;
    let made = state.services.notifications.save_rule(None, spec, &who.caller()).await?;
    Ok(HttpResponse::Created().json(Rule::from(made)))
}

/// Changes a rule
///
/// What it has gathered stays if it waits for the same thing as before, and is forgotten otherwise.
#[utoipa::path(
    put, path = "/api/notifications/rules/{id}", tag = "notifications", operation_id = "changeRule",
    params(("id" = i64, Path, description = "The rule's number")),
    request_body = RuleRequest,
    responses(
        (status = 200, description = "The rule", body = Rule),
        (status = 404, description = "rule_not_found", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "name_taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_rule(
    state: web::Data<ApiState>,
    who: Authenticated,
    id: web::Path<i64>,
    body: web::Json<RuleRequest>,
) -> Result<web::Json<Rule>, ApiError> {
    let (id, spec) = (RuleId(*id), body.into_inner().spec()?);
    let changed = state.services.notifications.save_rule(Some(id), spec, &who.caller()).await?;
    Ok(web::Json(changed.into()))
}

/// Deletes a rule
///
/// What it has gathered is not sent; messages that wait are.
#[utoipa::path(
    delete, path = "/api/notifications/rules/{id}", tag = "notifications", operation_id = "deleteRule",
    params(("id" = i64, Path, description = "The rule's number")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "rule_not_found", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_rule(
    state: web::Data<ApiState>,
    who: Authenticated,
    id: web::Path<i64>,
) -> Result<HttpResponse, ApiError> {
    state.services.notifications.delete_rule(RuleId(*id), &who.caller()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Messages of the last 30 days, newest first
#[utoipa::path(
    get, path = "/api/notifications/deliveries", tag = "notifications", operation_id = "listDeliveries",
    params(DeliveriesParams),
    responses(
        (status = 200, description = "A page of the log", body = DeliveryPage),
        (status = 400, description = "invalid, cursor_invalid, query_malformed", body = Problem,
            content_type = "application/problem+json"),
    )
)]
pub(crate) async fn deliveries(
    state: web::Data<ApiState>,
    params: web::Query<DeliveriesParams>,
) -> Result<web::Json<DeliveryPage>, ApiError> {
    let (query, order) = params.query()?;
    let page = state.services.notifications.deliveries(&query).await?;
    Ok(web::Json(DeliveryPage::new(page, &order)))
}
