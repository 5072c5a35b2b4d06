//! What is to be said about settings with which the server starts all the same: one sentence each, at the start and by
//! `bangui doctor`.

use bangui_persistence::UrlExposure;

use super::{Settings, workers};

/// All of them.
pub(crate) fn warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = workers::warnings();
    if let Some(server) = exposure(settings).unverified_server {
        let server: String = server.chars().filter(|char| !char.is_control()).take(100).collect();
        warnings.push(format!(
            "database.url: the PostgreSQL server {server} is not on this machine, and its certificate is not verified: whoever is \
             on the way can read and change everything that is sent, sessions and passwords included. Add \
             sslmode=verify-full&sslrootcert=/path/ca.crt to the URL (docs/database.md), unless nobody else is on that network"
        ));
    }
    warnings
}

/// What the database's URL gives away.
pub(crate) fn exposure(settings: &Settings) -> UrlExposure {
    exposure_of(settings.database.url.expose())
}

/// What a URL gives away, together with the variables from which PostgreSQL's library takes what it leaves out.
pub(crate) fn exposure_of(url: &str) -> UrlExposure {
    #[expect(clippy::disallowed_methods, reason = "these are PostgreSQL's variables, and no settings")]
    let environment = |name: &str| std::env::var(name).ok();
    UrlExposure::of(url, environment)
}
