//! The table of routes: path, methods, handlers, and which are public. The one list from which the routes are
//! mounted, the OpenAPI document is made and the gate is built.

mod addresses;
mod allowlist;
mod auth;
mod bans;
mod events;
mod export;
mod health;
mod history;
mod jails;
mod jobs;
mod log;
mod notifications;
mod places;
mod sessions;
mod setup;
mod stream;
mod system;

use std::future::ready;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use crate::{ApiError, HttpFailure, openapi};

/// Where the API is mounted.
pub(crate) const BASE: &str = "/api";

/// One path of the API.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The path below `/api`, as a pattern.
    pub pattern: &'static str,
    /// Whether it can be used without a session.
    pub public: bool,
    /// Its methods, in lower case.
    pub methods: &'static [&'static str],
}

macro_rules! routes {
    ($($access:ident $pattern:literal: $($method:ident $area:ident::$handler:ident),+;)+) => {
        /// Every route of the API.
        pub const ROUTES: &[Route] = &[$(
            Route { pattern: $pattern, public: routes!(@$access), methods: &[$(stringify!($method)),+] },
        )+];

        /// Mounts every route.
        pub(crate) fn mount(config: &mut ServiceConfig) {
            $(
                let allow = [$(stringify!($method)),+].join(", ").to_uppercase();
                config.service(
                    web::resource($pattern)
                        $(.route(web::$method().to($area::$handler)))+
                        .default_service(web::to(move || ready(other_method(&allow)))),
                );
            )+
        }

        /// The OpenAPI entries of every route.
        #[derive(OpenApi)]
        #[openapi(paths($($($area::$handler,)+)+))]
        pub(crate) struct Paths;
    };
    (@public) => { true };
    (@session) => { false };
}

routes! {
    public  "/health": get health::health;
    public  "/health/live": get health::live;
    public  "/health/ready": get health::ready;
    public  "/setup": get setup::state, post setup::set_up;
    public  "/auth/login": post auth::login;
    session "/auth/logout": post auth::logout;
    session "/auth/me": get auth::me;
    session "/auth/password": post sessions::change_password;
    session "/sessions": get sessions::list, delete sessions::end_others;
    session "/sessions/{id}": delete sessions::end;
    session "/system": get system::system;
    session "/system/log": get log::show, put log::set, delete log::reset;
    session "/places": get places::places;
    session "/jails": get jails::list;
    session "/jails/{jail}": get jails::detail;
    session "/jobs": get jobs::list;
    session "/jobs/{job}/run": post jobs::run;
    session "/bans": get bans::list, post bans::create;
    session "/bans/{ban}/matches": get history::matches;
    session "/bans/{ip:.+}": delete bans::remove;
    session "/allowlist": get allowlist::list, post allowlist::create;
    session "/allowlist/check": get allowlist::check;
    session "/allowlist/{id}": delete allowlist::remove;
    session "/events": get events::list;
    session "/events/stream": get stream::stream;
    session "/history/totals": get history::totals;
    session "/history/timeline": get history::timeline;
    session "/history/top": get history::top;
    session "/history/offenders": get history::offenders;
    session "/history/completions": get history::completions;
    session "/history/export": get export::export;
    session "/addresses/{ip:.+}": get addresses::address;
    session "/notifications/channels": get notifications::channels, post notifications::create_channel;
    session "/notifications/channels/{id}": put notifications::change_channel, delete notifications::delete_channel;
    session "/notifications/channels/{id}/test": post notifications::test_channel;
    session "/notifications/preview": post notifications::preview;
    session "/notifications/rules": get notifications::rules, post notifications::create_rule;
    session "/notifications/rules/{id}": put notifications::change_rule, delete notifications::delete_rule;
    session "/notifications/deliveries": get notifications::deliveries;
    session "/openapi.json": get openapi::document;
}

/// Whether a request's path can be used without a session. Patterns of public routes have no parameters.
pub(crate) fn is_public(path: &str) -> bool {
    let Some(below) = path.strip_prefix(BASE) else { return false };
    ROUTES.iter().any(|route| route.public && route.pattern == below)
}

fn other_method(allow: &str) -> Result<HttpResponse, ApiError> {
    Err(HttpFailure::MethodNotAllowed { allow: allow.to_owned() }.into())
}
