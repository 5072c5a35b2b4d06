//! Where addresses are, as far as files on this machine tell.

use crate::model::{BanId, Place, Timestamp};

/// A source of places, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceSource {
    /// What it is, such as `DB-IP Lite Country`, or the path of a file that the operator supplies.
    pub name: String,
    /// When its facts were collected.
    pub built_at: Option<Timestamp>,
    /// Whether it tells countries.
    pub countries: bool,
    /// Whether it tells networks.
    pub networks: bool,
    /// The attribution that has to be shown where its facts are shown: a text and a link.
    pub attribution: Option<(String, String)>,
    /// Records of it that cannot be read, so that what they tell is unknown.
    pub unreadable: u64,
    /// Why it is not in use, where it is not.
    pub trouble: Option<String>,
}

/// Looks places up. Quick (some microseconds), never over the network.
pub trait Atlas: Send + Sync {
    /// Where this address is, or the first address of this network. What is no address is in an unknown place.
    fn place(&self, id: &BanId) -> Place;

    /// The sources, the most trusted first.
    fn sources(&self) -> Vec<PlaceSource>;

    /// Changes when an answer may have changed: what was looked up under another edition has to be looked up again.
    fn edition(&self) -> String;

    /// Reads again what has changed since the last time. Blocks for as long as that takes, which may be seconds; answers
    /// are those of before meanwhile.
    fn refresh(&self) {}
}
