//! The REST API: routes, their request and response types and OpenAPI document, the mapping of errors to
//! problem+json, sessions at the door, the live stream, and metrics. Knows services and the ports they are made of; knows
//! no database, no job and no socket of fail2ban.

mod app;
mod auth;
mod buckets;
mod client;
mod error;
mod export;
mod hosts;
mod metrics;
mod middleware;
mod openapi;
mod origin;
mod routes;
mod state;
mod stream;
mod system;
mod wire;
mod zone;

pub use app::configure;
pub use auth::{Authenticated, COOKIE};
pub use client::{Encrypted, Proxies};
pub use error::{ApiError, FieldProblem, HttpFailure, Problem};
pub use hosts::{HostName, HostNameError, Hosts};
pub use metrics::{Metrics, MetricsError, MetricsToken, configure_metrics, measure};
pub use middleware::{UNDER_ANY_NAME, guard, requests};
pub use openapi::openapi;
pub use routes::{ROUTES, Route};
pub use state::{ApiServices, ApiSettings, ApiState, SecureCookies};
pub use system::{DatabaseKind, SchedulerRole, SystemInfo, SystemView};
