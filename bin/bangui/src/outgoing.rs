//! The way out over HTTP, as the settings have it.

use std::sync::Arc;

use bangui_gateway::{Outgoing, OutgoingError, OutgoingSettings, SystemNames};

use crate::settings;

/// The client that everything uses that asks other servers, or sends to them.
pub(crate) fn client(settings: &settings::Outgoing) -> Result<Outgoing, OutgoingError> {
    let settings = OutgoingSettings {
        allow_networks: settings.allow_networks.iter().map(|network| network.0).collect(),
        allow_http: settings.allow_http,
        ca_file: settings.ca_file.clone(),
    };
    Outgoing::new(&settings, Arc::new(SystemNames))
}
