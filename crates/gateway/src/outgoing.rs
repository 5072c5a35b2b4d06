//! The one way out over HTTP, for addresses that users write down: a server must not be made to reach into its own
//! network for whoever may set a webhook or a list. Knows no notification and no list.

mod address;
mod error;
mod exchange;
mod names;
mod own;
mod place;
mod roots;
pub(crate) mod tls;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use rustls::pki_types::CertificateDer;

pub use error::OutgoingError;
pub use exchange::{OutgoingRequest, OutgoingResponse};
pub use names::{Names, SystemNames};

use names::Guarded;
pub(crate) use own::source_for;

/// How long making a connection may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// What BanGUI calls itself.
const USER_AGENT: &str = concat!("BanGUI/", env!("CARGO_PKG_VERSION"));

/// What the operator allows.
#[derive(Debug, Clone, Default)]
pub struct OutgoingSettings {
    /// Networks that may be reached although they are not public.
    pub allow_networks: Vec<IpNet>,
    /// Whether addresses may begin with `http://`.
    pub allow_http: bool,
    /// Certificate authorities that are believed besides the machine's, in a PEM file.
    pub ca_file: Option<PathBuf>,
    /// The ports at which mail servers may be asked.
    pub mail_ports: Vec<u16>,
    /// This machine's full name, by which it calls itself to mail servers; they are told its address without one.
    pub host_name: Option<String>,
}

/// An HTTP client that reaches public addresses alone, and those that the operator allows. An address is judged when the
/// connection is made to it, so that a name cannot mean another one by then. Follows no redirect by itself, asks no
/// proxy, keeps no cookie and no connection.
#[derive(Clone)]
pub struct Outgoing {
    client: Client,
    guarded: Guarded,
    allow_http: bool,
    mail_ports: Arc<[u16]>,
    host_name: Option<Arc<str>>,
    roots: Arc<[CertificateDer<'static>]>,
}

impl Outgoing {
    /// Reads the certificate authorities and builds the client. `names` looks names up.
    pub fn new(settings: &OutgoingSettings, names: Arc<dyn Names>) -> Result<Self, OutgoingError> {
        let roots = roots::load(settings.ca_file.as_deref())?;
        let guarded = Guarded::new(names, settings.allow_networks.clone());
        let client = Client::builder()
            .tls_backend_preconfigured(roots::client_config(&roots)?)
            .dns_resolver(Arc::new(guarded.clone()))
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| OutgoingError::Setup(bangui_domain::chain(&error)))?;
        Ok(Self {
            client,
            guarded,
            allow_http: settings.allow_http,
            mail_ports: settings.mail_ports.as_slice().into(),
            host_name: settings.host_name.as_deref().map(Arc::from),
            roots: roots.into(),
        })
    }

    /// Says whether an address may be used, after looking its name up: what a form says at once. That it can be used now
    /// does not mean that it can later, and sending judges anew.
    pub async fn check_now(&self, url: &str) -> Result<(), OutgoingError> {
        let url = self.parse(url)?;
        match url.host_str() {
            Some(host) => self.resolve(host).await.map(drop),
            None => Err(OutgoingError::NoHost),
        }
    }

    /// Sends a request and waits for the head of its answer. A status that tells of a failure is an answer.
    pub async fn send(&self, request: OutgoingRequest) -> Result<OutgoingResponse, OutgoingError> {
        exchange::send(self, request).await
    }

    /// The addresses to connect to for a mail server, which are judged as any others: a name, or an address. Whoever connects
    /// has to use one of these and not the name. Only ports of mail are allowed: with any port, answers and their times would
    /// tell which services there are on a network.
    pub async fn mail_server(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, OutgoingError> {
        if !self.mail_ports.contains(&port) {
            let ports: Vec<String> = self.mail_ports.iter().map(u16::to_string).collect();
            return Err(OutgoingError::Port(port, ports.join(", ")));
        }
        let addresses = self.resolve(host).await?;
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }

    /// This machine's full name, where it has one.
    pub fn host_name(&self) -> Option<&str> {
        self.host_name.as_deref()
    }

    /// The certificate authorities that are believed, for protocols other than HTTP.
    pub fn roots(&self) -> &[CertificateDer<'static>] {
        &self.roots
    }

    fn parse(&self, url: &str) -> Result<Url, OutgoingError> {
        place::parse(url, self.allow_http, self.guarded.allowed())
    }

    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, OutgoingError> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) => address::judge(host, address, self.guarded.allowed()).map(|()| vec![address]),
            Err(_) => self.guarded.lookup(host).await,
        }
    }
}
