//! Proposals for a question that is being typed.

use bangui_domain::service::Suggestions;
use serde::Serialize;
use utoipa::ToSchema;

/// What could be meant by what is being typed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryCompletions {
    /// Where the part that is replaced begins, in UTF-16 units.
    from: usize,
    /// Where it ends.
    to: usize,
    /// What could take its place, the likeliest first; at most 20.
    items: Vec<HistoryCompletion>,
}

/// One proposal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryCompletion {
    /// What takes the part's place.
    #[schema(example = "NL")]
    text: String,
    /// What it is, for people.
    #[schema(example = "Netherlands")]
    about: Option<String>,
}

impl From<Suggestions> for HistoryCompletions {
    fn from(Suggestions { from, to, items }: Suggestions) -> Self {
        let items =
            items.into_iter().map(|item| HistoryCompletion { text: item.text, about: item.about }).collect();
        Self { from, to, items }
    }
}
