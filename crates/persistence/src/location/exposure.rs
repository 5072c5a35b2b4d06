//! What a database URL gives away: passwords that stand in it, files with secrets that it names, and whether what is sent
//! to the server can be read on the way. Connects nowhere.

use std::net::IpAddr;
use std::path::PathBuf;

use super::percent_decode;

/// What a database URL gives away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UrlExposure {
    /// Whether a password stands in it, wherever libpq would take one from.
    pub has_password: bool,
    /// Files with secrets that it names: keys and lists of passwords.
    pub secret_files: Vec<PathBuf>,
    /// The first server that is beyond this machine and need not prove who it is: whoever is on the way can read and change
    /// everything, passwords of logins and sessions included.
    pub unverified_server: Option<String>,
}

impl UrlExposure {
    /// Looks at a URL as libpq reads it, which takes from `environment` (`PGHOST`, `PGSSLMODE` and others) what the URL leaves
    /// out. Empty for SQLite, and for what is no URL.
    pub fn of(url: &str, environment: impl Fn(&str) -> Option<String>) -> Self {
        let Some(rest) = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://")) else {
            return Self::default();
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = place.split('/').next().unwrap_or_default();
        let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let parameters: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter_map(|(name, value)| Some((percent_decode(name)?, percent_decode(value)?)))
            .collect();
        // The last one counts.
        let parameter =
            |name: &str| parameters.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        let either = |name: &str, variable: &str| {
            parameter(name).or_else(|| environment(variable)).filter(|value| !value.is_empty())
        };
        let has_password = user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
            || ["password", "sslpassword"]
                .iter()
                .any(|name| parameter(name).is_some_and(|text| !text.is_empty()));
        let files = [("sslkey", "PGSSLKEY"), ("passfile", "PGPASSFILE")];
        let secret_files =
            files.iter().filter_map(|(name, variable)| either(name, variable)).map(PathBuf::from).collect();
        let verified = matches!(either("sslmode", "PGSSLMODE").as_deref(), Some("verify-ca" | "verify-full"))
            || either("sslrootcert", "PGSSLROOTCERT").as_deref() == Some("system");
        let hosts = match parameter("hostaddr").or_else(|| parameter("host")) {
            Some(hosts) => hosts,
            None if hosts.is_empty() => {
                either("hostaddr", "PGHOSTADDR").or_else(|| environment("PGHOST")).unwrap_or_default()
            }
            None => percent_decode(hosts).unwrap_or_else(|| hosts.to_owned()),
        };
        let unverified_server =
            hosts.split(',').map(without_port).find(|host| !is_local(host)).map(str::to_owned);
        Self { has_password, secret_files, unverified_server: unverified_server.filter(|_| !verified) }
    }
}

/// `[::1]:5432` is `::1`, and `db.example:5432` is `db.example`.
fn without_port(host: &str) -> &str {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split(']').next().unwrap_or_default();
    }
    match host.split_once(':') {
        // An address of IPv6 that stands in a parameter has no brackets.
        Some((_, rest)) if rest.contains(':') => host,
        Some((host, _)) => host,
        None => host,
    }
}

/// Whether what is sent there stays on this machine: a Unix socket, or loopback.
fn is_local(host: &str) -> bool {
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    host.is_empty() || host.starts_with(['/', '@']) || host == "localhost" || is_loopback
}

#[cfg(test)]
mod tests {
    use super::UrlExposure;

    fn of(url: &str) -> UrlExposure {
        UrlExposure::of(url, |_| None)
    }

    #[test]
    fn a_password_is_found_wherever_libpq_takes_one_from() {
        for url in [
            "postgres://u:p@h/d",
            "postgresql://h/d?password=p",
            "postgres:///d?user=u&password=p",
            "postgres://h/d?pass%77ord=p",
            "postgres://h/d?sslkey=/k&sslpassword=p",
        ] {
            assert!(of(url).has_password, "{url}");
        }
        for url in
            ["postgres://u@h/d", "postgres://u:@h/d", "postgres://h/d?password=", "sqlite:///a:b@c.db", "no"]
        {
            assert!(!of(url).has_password, "{url}");
        }
        let files = of("postgres://h/d?sslkey=%2Fetc%2Fk.pem&passfile=/etc/pgpass").secret_files;
        assert_eq!(files, [std::path::Path::new("/etc/k.pem"), std::path::Path::new("/etc/pgpass")]);
    }

    #[test]
    fn a_server_beyond_this_machine_has_to_prove_who_it_is() {
        for (url, server) in [
            ("postgres://u@db.example/d", Some("db.example")),
            ("postgres://u@db.example:5432/d?sslmode=require", Some("db.example")),
            ("postgres://u@10.0.0.7/d?sslmode=prefer", Some("10.0.0.7")),
            ("postgres://localhost,db.example/d", Some("db.example")),
            ("postgres://[2001:db8::1]:5432/d", Some("2001:db8::1")),
            ("postgres:///d?host=db.example", Some("db.example")),
            ("postgres://localhost/d?hostaddr=192.0.2.1", Some("192.0.2.1")),
            ("postgres://u@db.example/d?sslmode=verify-full&sslmode=disable", Some("db.example")),
            ("postgres://u@db.example/d?sslmode=verify-full", None),
            ("postgres://u@db.example/d?sslmode=verify-ca", None),
            ("postgres://u@db.example/d?sslrootcert=system", None),
            ("postgres://u@127.0.0.1:5432/d", None),
            ("postgres://[::1]/d", None),
            ("postgres:///d?host=/run/postgresql", None),
            ("postgres://%2Frun%2Fpostgresql/d", None),
            ("postgres:///d", None),
            ("sqlite:///x.db", None),
        ] {
            assert_eq!(of(url).unverified_server.as_deref(), server, "{url}");
        }
        let environment = |name: &str| (name == "PGHOST").then(|| "db.example".to_owned());
        assert!(UrlExposure::of("postgres:///d", environment).unverified_server.is_some());
        let environment = |name: &str| (name == "PGSSLMODE").then(|| "verify-full".to_owned());
        assert_eq!(UrlExposure::of("postgres://db.example/d", environment).unverified_server, None);
    }
}
