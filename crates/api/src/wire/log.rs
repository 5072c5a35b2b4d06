//! What a process writes to its log.

use bangui_domain::model::LogState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::rfc3339;

/// What the process that answers writes to its log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogResponse {
    /// The filter: a level, and others for single modules.
    #[schema(example = "info,bangui_api=debug")]
    filter: String,
    /// The filter of the settings.
    #[schema(example = "info")]
    configured: String,
    /// When the filter of the settings comes back; null while it is in force.
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl From<LogState> for LogResponse {
    fn from(state: LogState) -> Self {
        Self { filter: state.filter, configured: state.configured, until: state.until.map(rfc3339) }
    }
}

/// What a process is to write to its log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogRequest {
    /// The filter: a level (error, warn, info, debug, trace, off), and others for single modules.
    #[schema(example = "info,bangui_api=debug")]
    pub(crate) filter: String,
    /// After how many seconds (1 to 86400) the filter of the settings comes back.
    #[schema(example = 900, required, nullable = false)]
    pub(crate) for_secs: Option<u32>,
}
