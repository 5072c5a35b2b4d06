//! Settings that let the server be reached by a name, while none is named: whoever uses it is refused.

use super::Settings;

/// Who is refused, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nameless {
    /// What the settings say.
    pub(crate) what: &'static str,
    /// What comes of it, and what to set.
    pub(crate) advice: &'static str,
}

const PROXY: Nameless = Nameless {
    what: "http.trusted_proxies names a proxy, and http.hosts no name",
    advice: "Browsers get 421 (host_unknown) unless they use an IP address or localhost: set http.hosts (BANGUI_HTTP__HOSTS) to \
             the name that they use.",
};
const SCRAPED: Nameless = Nameless {
    what: "metrics.listen is reached from other machines, and http.hosts has no name",
    advice: "Prometheus gets 421 (host_unknown) unless it asks by an IP address: set http.hosts (BANGUI_HTTP__HOSTS) to the name \
             that it uses.",
};

/// Everyone who may be refused.
pub(crate) fn nameless(settings: &Settings) -> Vec<Nameless> {
    if !settings.http.hosts.is_empty() {
        return Vec::new();
    }
    let proxy = !settings.http.trusted_proxies.is_empty();
    let scraped = settings.metrics.listen.iter().any(|address| !address.ip().is_loopback());
    [(proxy, PROXY), (scraped, SCRAPED)].into_iter().filter_map(|(is, who)| is.then_some(who)).collect()
}

#[cfg(test)]
mod tests {
    use super::{PROXY, SCRAPED, nameless};
    use crate::settings::Settings;

    #[test]
    fn who_comes_from_elsewhere_needs_a_name() {
        let mut settings = Settings::default();
        settings.metrics.listen = vec!["127.0.0.1:9191".parse().expect("an address")];
        assert_eq!(nameless(&settings), []);
        settings.metrics.listen.push("0.0.0.0:9191".parse().expect("an address"));
        assert_eq!(nameless(&settings), [SCRAPED]);
        settings.http.trusted_proxies = vec!["127.0.0.1".parse().expect("a proxy")];
        assert_eq!(nameless(&settings), [PROXY, SCRAPED]);
        settings.http.hosts = vec!["bangui".parse().expect("a name")];
        assert_eq!(nameless(&settings), []);
    }
}
