//! The OpenAPI document: the entries of the routes, and what all of them have in common.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Schema, Server};
use utoipa::{Modify, OpenApi};

use crate::error::PROBLEM_JSON;
use crate::export::ExportFormat;
use crate::routes::Paths;
use crate::wire::history::TimelineBy;
use crate::{ApiError, ApiState, COOKIE, Problem};

const SCHEME: &str = "session";
/// The tag of operations that need no database, or tell themselves how it is.
const HEALTH: &str = "health";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "BanGUI",
        description = "The control plane for fail2ban. Times are RFC 3339 in UTC, durations are whole seconds, \
            pages are {items, next}. Errors are problem+json (RFC 9457) with a stable code.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(),
    ),
    components(schemas(Problem, ExportFormat, TimelineBy)),
    tags(
        (name = "health", description = "For monitors; without a session"),
        (name = "session", description = "The first user, logging in and out, one's own sessions and password"),
        (name = "system", description = "The process, fail2ban, and the scheduler lock"),
        (name = "jobs", description = "Background jobs"),
        (name = "jails", description = "Jails and their settings"),
        (name = "bans", description = "What is banned now"),
        (name = "allowlist", description = "What must never be banned"),
        (name = "events", description = "What has happened and what happens"),
        (name = "history", description = "What has happened, counted and compared"),
        (name = "notifications", description = "Being told: channels, rules, and what was sent"),
    ),
)]
struct Document;

/// The OpenAPI document of this API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(Paths::openapi());
    InCommon.modify(&mut document);
    document
}

/// This document
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "system", operation_id = "getOpenApi",
    responses((status = 200, description = "The OpenAPI document", content_type = "application/json"))
)]
pub(crate) async fn document(state: web::Data<ApiState>) -> Result<HttpResponse, ApiError> {
    let mut document = openapi();
    let base = &state.settings.base_path;
    if !base.is_empty() {
        document.servers = Some(vec![Server::new(base)]);
    }
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).json(document))
}

/// The session cookie, what is required of answers, and the errors that every operation of its sort may answer with.
struct InCommon;

impl Modify for InCommon {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKeyValue::with_description(COOKIE, "Set by a login or the set-up");
        let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        document.components.get_or_insert_default().add_security_scheme(SCHEME, scheme);
        for (name, schema) in document.components.iter_mut().flat_map(|components| &mut components.schemas) {
            if let (false, RefOr::T(schema)) = (name.ends_with("Request"), schema) {
                require_all(schema);
            }
        }
        for item in document.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.delete].into_iter().flatten() {
                complete(operation, false);
            }
            for operation in [&mut item.post, &mut item.put].into_iter().flatten() {
                complete(operation, true);
            }
            for operation in [&mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
                add(operation, "403", "foreign_origin: a page of another site sent this");
            }
        }
    }
}

/// Answers leave nothing out: what may be missing is null.
fn require_all(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => object.required = object.properties.keys().cloned().collect(),
        Schema::AllOf(parts) => {
            for part in &mut parts.items {
                if let RefOr::T(part) = part {
                    require_all(part);
                }
            }
        }
        _ => {}
    }
}

fn complete(operation: &mut Operation, has_body: bool) {
    if operation.security.is_none() {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
        add(operation, "401", "session_required: log in first");
    }
    if operation.tags.iter().flatten().all(|tag| tag != HEALTH) {
        add(operation, "503", "database_unavailable: try again after Retry-After");
        add(operation, "421", "host_unknown: the name is not in http.hosts");
    }
    if has_body && operation.request_body.is_some() {
        add(operation, "400", "invalid, body_malformed");
        add(operation, "408", "body_too_slow");
        add(operation, "413", "body_too_large");
        add(operation, "415", "content_type_unsupported, content_encoding_unsupported");
    }
    if operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty()) {
        add(operation, "400", "invalid, query_malformed, path_malformed");
    }
    add(operation, "500", "internal, database_failed: the server's log has the reason");
}

fn add(operation: &mut Operation, status: &str, description: &str) {
    let problem = || -> Response {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        ResponseBuilder::new().description(description).content(PROBLEM_JSON, content).build()
    };
    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem()));
}
