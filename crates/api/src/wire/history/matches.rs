//! What led to a ban.

use bangui_domain::model::Matches;
use serde::Serialize;
use utoipa::ToSchema;

/// The log lines behind a ban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchesResponse {
    /// The lines that matched, oldest first, as they were in the log. An attacker has written parts of them.
    lines: Vec<String>,
    /// Whether lines were left out or cut.
    cut: bool,
}

impl From<Matches> for MatchesResponse {
    fn from(Matches { lines, cut }: Matches) -> Self {
        Self { lines, cut }
    }
}
