//! How many connections there may be, and what requests have to know of theirs.

use std::sync::Arc;

use bangui_api::Encrypted;
use bangui_edge::{ConnectionMeter, Door, Limits, RESERVED, Served};
use tokio_util::sync::CancellationToken;

use super::plain::proxies;
use crate::settings::{Settings, nameless};

/// Raises what the process may have open, and makes places for as many connections as that allows.
pub(super) fn served(settings: &Settings, meter: ConnectionMeter, stopping: CancellationToken) -> Served {
    let proxies = proxies(settings);
    for found in nameless(settings) {
        tracing::warn!("{}. {}", found.what, found.advice);
    }
    Served {
        door: Door::new(limits(settings, bangui_edge::raise_limit()), meter),
        counted: Arc::new(move |address| !proxies.trusts(address)),
        stopping,
        note: |connection, data| {
            if connection.is_encrypted() {
                data.insert(Encrypted);
            }
        },
    }
}

fn limits(settings: &Settings, descriptors: Option<u64>) -> Limits {
    let size = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let wanted = u64::from(settings.http.max_connections);
    // Where there are very few, half of them are for databases and fail2ban.
    let possible = descriptors.map_or(wanted, |all| all.saturating_sub(RESERVED).max(all / 2));
    if possible < wanted {
        tracing::warn!(
            "this process may open {} files at once, so that it serves {possible} connections instead of the {wanted} of \
             http.max_connections: raise the limit (LimitNOFILE= in the unit, ulimits in a compose file)",
            descriptors.unwrap_or(u64::MAX)
        );
    }
    let connections = size(wanted.min(possible));
    Limits {
        connections,
        per_address: size(settings.http.max_connections_per_address.into()).min(connections),
    }
}

#[cfg(test)]
mod tests {
    use super::limits;
    use crate::settings::Settings;

    #[test]
    fn descriptors_are_kept_for_databases_and_fail2ban() {
        let settings = Settings::default();
        let found = |descriptors| {
            let limits = limits(&settings, descriptors);
            (limits.connections, limits.per_address)
        };
        assert_eq!(found(None), (1024, 128));
        assert_eq!(found(Some(524_288)), (1024, 128));
        assert_eq!(found(Some(1280)), (1024, 128));
        assert_eq!(found(Some(1024)), (768, 128));
        assert_eq!(found(Some(128)), (64, 64));
    }
}
