//! `GET /metrics` in Prometheus' text format 0.0.4: what is counted as it happens, and what is known anyhow, gathered at
//! each scrape. A scrape asks fail2ban nothing, and the database no more than `GET /api/health/ready` does. Every label
//! has a bounded set of values.

mod fail2ban;
mod family;
mod http;
mod own;
mod process;
mod route;
mod token;

use bangui_domain::ServiceError;
use prometheus::core::Collector;
use prometheus::{Registry, TextEncoder};

use crate::ApiState;

pub use http::measure;
pub use prometheus::Error as MetricsError;
pub use route::configure_metrics;
pub(crate) use route::mount;
pub use token::MetricsToken;

use http::HttpMeter;

/// Jails that have series of their own, in the order of their names.
const MOST_JAILS: usize = 500;
/// Problems that are told, those of the server first.
const MOST_PROBLEMS: usize = 500;

/// Everything that this process counts as it happens.
pub struct Metrics {
    registry: Registry,
    http: HttpMeter,
}

impl Metrics {
    /// Shows what the API counts, and what `others` count.
    pub fn new(others: Vec<Box<dyn Collector>>) -> Result<Self, prometheus::Error> {
        let (registry, http) = (Registry::new(), HttpMeter::new()?);
        for collector in others.into_iter().chain(http.collectors()) {
            registry.register(collector)?;
        }
        Ok(Self { registry, http })
    }
}

/// The answer to a scrape.
async fn render(state: &ApiState) -> Result<String, ServiceError> {
    let info = state.services.system.system().await;
    let mut families = state.services.metrics.registry.gather();
    families.extend(process::families(&info));
    let dropped = fail2ban::add(&state.services.watch, &info.version, &mut families);
    own::add(state, &info, dropped, &mut families);
    families.sort_by(|a, b| a.name().cmp(b.name()));
    TextEncoder::new()
        .encode_to_string(&families)
        .map_err(|error| ServiceError::Internal(format!("the metrics cannot be written: {error}")))
}
