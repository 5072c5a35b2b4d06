//! What settings are when nobody sets them. The comments that tell users of it are beside the fields.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{
    Admin, BasePath, Database, Fail2ban, Geo, History, Http, Listen, Log, LogFormat, Metrics, Outgoing,
    Secret, SecureCookies, Session, Settings, Workers,
};

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: Workers::Count(1),
            http: Http::default(),
            database: Database::default(),
            fail2ban: Fail2ban::default(),
            history: History::default(),
            geo: Geo::default(),
            outgoing: Outgoing::default(),
            metrics: Metrics::default(),
            session: Session::default(),
            admin: Admin::default(),
            log: Log::default(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: vec![Listen::Http(SocketAddr::from(([127, 0, 0, 1], 8686)))],
            socket_mode: "660".to_owned(),
            base_path: BasePath::default(),
            tls_certificate: None,
            tls_key: None,
            threads: 0,
            trusted_proxies: Vec::new(),
            hosts: Vec::new(),
            max_connections: 1024,
            max_connections_per_address: 128,
            secure_cookies: SecureCookies::Auto,
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: Secret::new("sqlite:///var/lib/bangui/bangui.db".to_owned()), url_file: None }
    }
}

impl Default for Fail2ban {
    fn default() -> Self {
        Self {
            socket: PathBuf::from("/var/run/fail2ban/fail2ban.sock"),
            database: None,
            timezone: None,
            config_dir: PathBuf::from("/etc/fail2ban"),
            poll_interval_ms: 500,
        }
    }
}

impl Default for Geo {
    fn default() -> Self {
        Self {
            database: Vec::new(),
            download: false,
            download_url: "https://download.db-ip.com/free/dbip-{file}-lite-{month}.mmdb.gz".to_owned(),
            directory: None,
            reverse_dns: false,
            name_servers: Vec::new(),
        }
    }
}

impl Default for Outgoing {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            allow_http: false,
            ca_file: None,
            mail_ports: vec![25, 465, 587, 2525],
            host_name: None,
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self { idle_secs: 7 * 24 * 3600, lifetime_secs: 30 * 24 * 3600, cache_secs: 10 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info,actix_http=off,actix_server=warn,apalis_core=warn,sqlx::postgres::notice=error"
                .to_owned(),
            format: LogFormat::Auto,
        }
    }
}

impl Default for History {
    fn default() -> Self {
        Self { days: 0, bans: 0, log_lines_days: 90, log_lines_mib: 100, audit_days: 365 }
    }
}
