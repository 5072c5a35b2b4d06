//! Settings as the libraries want them.

use bangui_api::{ApiSettings, Hosts, MetricsToken, Proxies, SecureCookies};
use bangui_jobs::Retention;

use crate::settings::{self, Settings, Trusted};

/// What is kept: 0 stands for all.
pub(super) fn retention(history: &settings::History) -> Retention {
    let days = |days: u32| (days > 0).then_some(days);
    Retention {
        ban_days: days(history.days),
        bans: (history.bans > 0).then_some(history.bans),
        matches_days: days(history.log_lines_days),
        matches_bytes: days(history.log_lines_mib).map(|mib| u64::from(mib) << 20),
        audit_days: days(history.audit_days),
    }
}

/// The proxies whose word counts.
pub(super) fn proxies(settings: &Settings) -> Proxies {
    let trusted = &settings.http.trusted_proxies;
    let networks = trusted.iter().filter_map(|trusted| match trusted {
        Trusted::Net(net) => Some(*net),
        Trusted::Unix => None,
    });
    Proxies::new(networks.collect(), trusted.contains(&Trusted::Unix))
}

pub(super) fn api_settings(settings: &Settings) -> ApiSettings {
    ApiSettings {
        trusted_proxies: proxies(settings),
        hosts: Hosts::new(settings.http.hosts.iter().cloned()),
        base_path: settings.http.base_path.as_str().to_owned(),
        secure_cookies: match settings.http.secure_cookies {
            settings::SecureCookies::Auto => SecureCookies::Auto,
            settings::SecureCookies::Always => SecureCookies::Always,
            settings::SecureCookies::Never => SecureCookies::Never,
        },
        metrics_token: settings.metrics.token.as_ref().map(|token| MetricsToken::new(token.expose())),
        ..ApiSettings::default()
    }
}

/// A thread for each core, but not more than four: the work is elsewhere.
pub(super) fn threads(settings: &Settings) -> usize {
    match settings.http.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from).min(4),
        threads => threads,
    }
}
