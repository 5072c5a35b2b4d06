//! How the reading of fail2ban's database goes on.

use bangui_domain::model;
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;

/// A reading of fail2ban's database that has begun and not come to the end: bans of which only that database knows are
/// still missing from the history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CatchUp {
    /// When it began.
    #[schema(format = DateTime)]
    since: String,
    /// Rows that were read.
    #[schema(example = 37_400)]
    rows: u64,
    /// How many that are in a second.
    #[schema(example = 900)]
    rows_per_second: u64,
    /// Rows that are left, at most.
    #[schema(example = 82_600)]
    rows_left: u64,
}

impl From<model::CatchUp> for CatchUp {
    fn from(from: model::CatchUp) -> Self {
        Self {
            since: rfc3339(from.since),
            rows_per_second: from.rows_per_second(),
            rows: from.rows,
            rows_left: from.left,
        }
    }
}
