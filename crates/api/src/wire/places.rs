//! Sources of places.

use bangui_domain::ports::{PlaceProgress, PlaceSource};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;

/// Where places come from, and how many addresses have one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacesResponse {
    /// The sources, the most trusted first: country and network are each taken from the first that tells it.
    sources: Vec<PlaceSourceView>,
    /// So many addresses were looked up in them.
    located: u64,
    /// So many have to be yet.
    to_locate: u64,
}

/// A source of places.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlaceSource)]
pub(crate) struct PlaceSourceView {
    /// What it is, or the path of a file that the operator supplies.
    #[schema(example = "DB-IP Lite Country")]
    name: String,
    /// When its facts were collected; null where it is not in use.
    #[schema(format = DateTime)]
    built_at: Option<String>,
    /// Whether it tells countries.
    countries: bool,
    /// Whether it tells networks.
    networks: bool,
    /// What has to be shown where its facts are shown; null if nothing has to be.
    attribution: Option<Attribution>,
    /// Records of it that cannot be read: what they tell is unknown, and all others are used.
    unreadable_records: u64,
    /// Why it, or a newer file of it, is not in use; null if nothing is wrong.
    #[schema(example = "it has not been downloaded yet")]
    trouble: Option<String>,
}

/// A text that has to be shown, and where it leads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Attribution {
    /// The text.
    #[schema(example = "IP Geolocation by DB-IP")]
    text: String,
    /// The link.
    #[schema(example = "https://db-ip.com")]
    url: String,
}

impl PlacesResponse {
    /// What the atlas and the store tell.
    pub(crate) fn new(sources: Vec<PlaceSource>, progress: PlaceProgress) -> Self {
        let sources = sources.into_iter().map(PlaceSourceView::from).collect();
        Self { sources, located: progress.located, to_locate: progress.to_locate }
    }
}

impl From<PlaceSource> for PlaceSourceView {
    fn from(source: PlaceSource) -> Self {
        Self {
            name: source.name,
            built_at: source.built_at.map(rfc3339),
            countries: source.countries,
            networks: source.networks,
            attribution: source.attribution.map(|(text, url)| Attribution { text, url }),
            unreadable_records: source.unreadable,
            trouble: source.trouble,
        }
    }
}
