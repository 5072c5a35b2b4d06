//! What every handler works with: the services, a few settings, and the token that ends the live streams.

use std::sync::Arc;

use bangui_domain::service::{
    AllowService, BanService, EventService, HistoryService, JailService, JobService, LogService,
    Notifications, PlaceService, Watch,
};
use bangui_session_cache::Accounts;
use tokio_util::sync::CancellationToken;

use crate::stream::Slots;
use crate::{Hosts, Metrics, MetricsToken, Proxies, SystemView};

/// When the session cookie is marked `Secure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecureCookies {
    /// When a trusted proxy says that the request came over TLS.
    #[default]
    Auto,
    /// On every answer.
    Always,
    /// On none.
    Never,
}

/// What an operator may set about the API.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// The proxies whose `X-Forwarded-…` headers count.
    pub trusted_proxies: Proxies,
    /// When the session cookie is marked `Secure`.
    pub secure_cookies: SecureCookies,
    /// The path that browsers see before `/api`, such as `/bangui`; empty where there is none. Whoever mounts the API
    /// takes it off the requests' paths.
    pub base_path: String,
    /// The names of this server, by which alone it is served.
    pub hosts: Hosts,
    /// Live streams that this process serves at one time; a further one is answered with 503.
    pub max_streams: usize,
    /// Live streams that one session may have open in this process; a further one is answered with 429.
    pub max_streams_of_session: usize,
    /// What opens `/metrics`; without it, it is not served beside the API.
    pub metrics_token: Option<MetricsToken>,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: Proxies::default(),
            secure_cookies: SecureCookies::default(),
            base_path: String::new(),
            hosts: Hosts::default(),
            max_streams: 256,
            max_streams_of_session: 8,
            metrics_token: None,
        }
    }
}

/// The services behind the routes.
pub struct ApiServices {
    /// The run-time state of fail2ban.
    pub watch: Arc<Watch>,
    /// Bans.
    pub bans: Arc<BanService>,
    /// What must never be banned.
    pub allowlist: Arc<AllowService>,
    /// Jails.
    pub jails: Arc<JailService>,
    /// Places.
    pub places: Arc<PlaceService>,
    /// Background jobs.
    pub jobs: Arc<JobService>,
    /// The history, event by event.
    pub events: Arc<EventService>,
    /// The history, counted and compared.
    pub history: Arc<HistoryService>,
    /// Channels, rules, and the log of deliveries.
    pub notifications: Arc<Notifications>,
    /// Users and sessions.
    pub accounts: Arc<Accounts>,
    /// What this process logs.
    pub log: Arc<LogService>,
    /// The process.
    pub system: Arc<dyn SystemView>,
    /// What is counted.
    pub metrics: Metrics,
}

/// What every handler works with.
pub struct ApiState {
    pub(crate) services: ApiServices,
    pub(crate) settings: ApiSettings,
    pub(crate) shutdown: CancellationToken,
    pub(crate) streams: Slots,
}

impl ApiState {
    /// Over `services`. Cancel `shutdown` before the HTTP server is stopped: live streams end by it, and the
    /// server would wait for them otherwise.
    pub fn new(services: ApiServices, settings: ApiSettings, shutdown: CancellationToken) -> Self {
        let streams = Slots::new(settings.max_streams, settings.max_streams_of_session);
        Self { services, settings, shutdown, streams }
    }
}
