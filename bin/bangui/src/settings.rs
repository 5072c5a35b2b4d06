//! Settings: what can be set, and what it is when nobody sets it. Reading them is in `load`, judging them in
//! `check`, and what they are by default in `defaults`. The table in docs/configuration.md is made from the comments here.

mod base_path;
pub(crate) mod check;
mod defaults;
mod list;
mod listen;
pub(crate) mod load;
mod nameless;
mod network;
pub(crate) mod secret;
pub(crate) mod secrets;
mod trusted;
pub(crate) mod warnings;
pub(crate) mod workers;

use std::net::SocketAddr;
use std::path::PathBuf;

use bangui_api::HostName;
use serde::{Deserialize, Serialize};

pub(crate) use base_path::BasePath;
pub(crate) use listen::{Listen, socket_mode};
pub(crate) use nameless::nameless;
pub(crate) use network::Network;
pub(crate) use secret::Secret;
pub(crate) use trusted::Trusted;
pub(crate) use workers::Workers;

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// How many server processes this deployment runs on the same database, from 1 to 256. Anything but 1 needs
    /// PostgreSQL. Default 1.
    pub(crate) workers: Workers,
    /// The web server.
    pub(crate) http: Http,
    /// Where BanGUI keeps its data.
    pub(crate) database: Database,
    /// The fail2ban server that is watched.
    pub fail2ban: Fail2ban,
    /// How much of the history is kept.
    pub(crate) history: History,
    /// Places of addresses.
    pub(crate) geo: Geo,
    /// What BanGUI asks of other servers, and sends to them.
    pub(crate) outgoing: Outgoing,
    /// Metrics for Prometheus.
    pub(crate) metrics: Metrics,
    /// Logins.
    pub(crate) session: Session,
    /// The first user.
    pub(crate) admin: Admin,
    /// What is written to the log.
    pub(crate) log: Log,
}

/// The web server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Http {
    /// Where to listen, separated by commas: `127.0.0.1:8686` for HTTP, `https://0.0.0.0:8443` for HTTPS,
    /// `unix:/run/bangui/bangui.sock` for HTTP on a Unix socket. Default `127.0.0.1:8686`.
    #[serde(deserialize_with = "list::list")]
    pub(crate) listen: Vec<Listen>,
    /// The permissions of Unix sockets in `http.listen`, in octal digits. Default `660`: for the user and the group that
    /// BanGUI runs as.
    pub(crate) socket_mode: String,
    /// The path under which everything is found, such as `/bangui`, for a proxy that shares its host with other
    /// applications. Default `/`.
    pub(crate) base_path: BasePath,
    /// The certificate for `https://`, with its chain, in a PEM file such as `/etc/bangui/tls.pem`. Read again when it
    /// changes.
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The private key of that certificate, in a PEM file such as `/etc/bangui/tls.key`.
    pub(crate) tls_key: Option<PathBuf>,
    /// Threads that serve requests; 0 takes one for each core, at most 4. Default 0.
    pub(crate) threads: usize,
    /// Reverse proxies whose X-Forwarded-* headers are believed: networks and addresses, and `unix` for whoever comes by
    /// a Unix socket, separated by commas. Default none.
    #[serde(deserialize_with = "list::list")]
    pub(crate) trusted_proxies: Vec<Trusted>,
    /// The names under which the server is reached, such as `ban.example`, separated by commas; behind a proxy, the
    /// proxy's. Addresses and `localhost` need not be named. A request for any other name is answered with 421, so that
    /// the page of another site cannot have its own name lead here. Default none.
    #[serde(deserialize_with = "list::list")]
    pub(crate) hosts: Vec<HostName>,
    /// Connections that are open at one time, 16 to 65536; fewer where the process may not open so many files. A further one
    /// takes the place of the one that has kept the server waiting for longest. Default 1024.
    pub(crate) max_connections: u32,
    /// Connections that are open at one time from one address, or one /64 of IPv6; proxies that are trusted and Unix sockets
    /// are not counted. Default 128.
    pub(crate) max_connections_per_address: u32,
    /// Whether cookies are marked Secure: `auto` (when the request came over TLS), `always` or `never`. Default
    /// `auto`.
    pub(crate) secure_cookies: SecureCookies,
}

/// Whether cookies are marked Secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SecureCookies {
    /// When the request came over TLS.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where BanGUI keeps its data.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    /// `sqlite:///path/to/bangui.db`, or `postgres://user:password@host/database`. Default
    /// `sqlite:///var/lib/bangui/bangui.db`.
    pub(crate) url: Secret,
    /// A file that holds the URL, instead of `database.url`.
    pub(crate) url_file: Option<PathBuf>,
}

/// The fail2ban server that is watched.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fail2ban {
    /// Its socket. Default `/var/run/fail2ban/fail2ban.sock`.
    pub(crate) socket: PathBuf,
    /// Where its database is found on this machine, such as `/var/lib/fail2ban/fail2ban.sqlite3`; unset takes the path
    /// that fail2ban tells.
    pub(crate) database: Option<PathBuf>,
    /// Its time zone, such as `Europe/Berlin`; unset takes this machine's.
    pub(crate) timezone: Option<String>,
    /// Its configuration directory, at which `bangui doctor` looks. Default `/etc/fail2ban`.
    pub(crate) config_dir: PathBuf,
    /// How often its bans are looked at, in milliseconds (200 to 60000). Default 500.
    pub(crate) poll_interval_ms: u64,
}

/// How much of the history is kept. What is more or older is deleted once an hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct History {
    /// Bans that have ended are kept for so many days; 0 keeps them for ever. Default 0.
    pub(crate) days: u32,
    /// So many bans are kept, the newest ones, and those in force; 0 keeps all. Default 0.
    pub(crate) bans: u64,
    /// The log lines that led to bans are kept for so many days; 0 keeps them as long as the bans. Default 90.
    pub(crate) log_lines_days: u32,
    /// Log lines may take so many MiB, and the oldest go first; 0 sets no bound. Default 100.
    pub(crate) log_lines_mib: u32,
    /// The audit trail is kept for so many days; 0 keeps it for ever. Default 365.
    pub(crate) audit_days: u32,
}

/// Places of addresses.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Geo {
    /// Files of places in MaxMind's format, the most trusted first, separated by commas, such as
    /// `/var/lib/GeoIP/GeoLite2-Country.mmdb,/var/lib/GeoIP/GeoLite2-ASN.mmdb`. Read again when they change.
    /// Without any, countries come from a built-in table and networks are unknown. Default none.
    #[serde(deserialize_with = "list::list")]
    pub(crate) database: Vec<PathBuf>,
    /// Fetches the free files of DB-IP (countries and networks) once a month, for addresses that no file of
    /// `geo.database` knows. Their licence (CC BY 4.0) asks for a link to DB-IP, which the pages then show. Default
    /// false.
    pub(crate) download: bool,
    /// Where these files are fetched from: `{file}` stands for `country` and `asn`, and `{month}` for a month such as
    /// 2026-11. Default `https://download.db-ip.com/free/dbip-{file}-lite-{month}.mmdb.gz`.
    pub(crate) download_url: String,
    /// Where these files are kept, such as `/var/lib/bangui`; unset takes the directory of the SQLite database.
    pub(crate) directory: Option<PathBuf>,
    /// Asks name servers for the names of addresses that were banned, which tells them, and whoever holds the address,
    /// that somebody asks. Default false.
    pub(crate) reverse_dns: bool,
    /// The name servers that are asked, with their ports, separated by commas. Without any, those in `/etc/resolv.conf`.
    /// Default none.
    #[serde(deserialize_with = "list::list")]
    pub(crate) name_servers: Vec<SocketAddr>,
}

/// What BanGUI asks of other servers, and sends to them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outgoing {
    /// Networks and addresses that may be reached although they are not public, such as `192.168.1.20` for a server in the
    /// same house, separated by commas. Default none.
    #[serde(deserialize_with = "list::list")]
    pub(crate) allow_networks: Vec<Network>,
    /// Whether addresses that begin with `http://` may be used: what is sent there can be read on the way. Default
    /// `false`.
    pub(crate) allow_http: bool,
    /// Certificate authorities that are believed besides this machine's, in a PEM file such as
    /// `/etc/bangui/authorities.pem`.
    pub(crate) ca_file: Option<PathBuf>,
    /// The ports at which mail servers may be asked, separated by commas. Default `25,465,587,2525`.
    #[serde(deserialize_with = "list::list")]
    pub(crate) mail_ports: Vec<u16>,
    /// This machine's full name, such as `bangui.example.net`, by which it calls itself to mail servers; unset takes the one
    /// that the machine knows. Without any, mail servers are told its address.
    pub(crate) host_name: Option<String>,
}

/// Metrics for Prometheus.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Metrics {
    /// Addresses and ports on which `/metrics` is served, without a token and nothing beside it, separated by commas.
    /// Default none.
    #[serde(deserialize_with = "list::list")]
    pub(crate) listen: Vec<SocketAddr>,
    /// Also serves `/metrics` beside the pages, to whoever sends `Authorization: Bearer` and this token, of 16
    /// characters or more.
    pub(crate) token: Option<Secret>,
    /// A file that holds the token, instead of `metrics.token`.
    pub(crate) token_file: Option<PathBuf>,
}

/// Logins.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "a setting's name tells its unit")]
pub(crate) struct Session {
    /// A session that is not used for so many seconds ends. Default 604800 (a week).
    pub(crate) idle_secs: u64,
    /// A session ends after so many seconds, used or not. Default 2592000 (30 days).
    pub(crate) lifetime_secs: u64,
    /// How long a process keeps a session in memory, in seconds (0 to 300); 0 asks the database at every request. A
    /// session that another process has ended lives on for so long at most. Default 10.
    pub(crate) cache_secs: u64,
}

/// The first user.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Admin {
    /// Makes the user `admin` with this password at the first start, when there is no user yet.
    pub(crate) password: Option<Secret>,
    /// A file that holds the password, instead of `admin.password`.
    pub(crate) password_file: Option<PathBuf>,
}

/// What is written to the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// What is logged, such as `info`, or `info,bangui_domain=debug`; a running server can be told another one. Default
    /// `info,actix_http=off,actix_server=warn,apalis_core=warn,sqlx::postgres::notice=error`.
    pub(crate) filter: String,
    /// `text`, `json`, or `auto`: text on a terminal and JSON elsewhere. Default `auto`.
    pub(crate) format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people on a terminal, and JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
