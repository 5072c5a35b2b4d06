//! Files of places: whether they can be read, and how old they are.

use bangui_domain::model::Timestamp;
use bangui_domain::ports::{Atlas as _, Clock as _};
use bangui_gateway::{FileAtlas, PlaceFile, PlacePath};

use super::Finding;
use crate::clock::SystemClock;
use crate::settings::Settings;

const CHECK: &str = "geo";
/// The age at which a file of places is called old, in days; providers make a new one every week to month.
const OLD_DAYS: i64 = 60;

/// Looks at each file that places come from, or else at the built-in table.
pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let paths = crate::places::paths(settings);
    if paths.is_empty() {
        return vec![built_in()];
    }
    paths.iter().map(file).collect()
}

fn file(path: &PlacePath) -> Finding {
    let (path, advice) = match path {
        PlacePath::Downloaded(path, name) if !path.exists() => {
            let what = format!("{name} is not in {} yet", path.display());
            let advice =
                "The server fetches it within minutes of its start; if it does not, its log says why.";
            return Finding::warning(CHECK, what, advice);
        }
        PlacePath::Downloaded(path, _) => (path, "Delete it: the server fetches it anew."),
        PlacePath::Supplied(path) => (
            path,
            "Put a file of countries, cities or ASNs in MaxMind's format (.mmdb) there that this user may read, or take \
             it out of geo.database.",
        ),
    };
    let place = path.display();
    let file = match PlaceFile::read(path) {
        Ok(file) => file,
        Err(error) => return Finding::warning(CHECK, format!("{place} is not used: {error}"), advice),
    };
    let days = file.built_at.map(days_since);
    let age = days.map_or("of an unknown age".to_owned(), |days| format!("{days} day(s) old"));
    let what = match (file.countries, file.networks) {
        (true, true) => "countries and networks",
        (true, false) => "countries",
        _ => "networks",
    };
    let what = format!("{place} is {}, tells {what}, and is {age}", file.kind);
    if file.unreadable > 0 {
        let what = format!(
            "{what}; {} of its records cannot be read, and what they tell is unknown",
            file.unreadable
        );
        return Finding::warning(CHECK, what, "Tell whoever makes it, or take another file.");
    }
    if days.is_some_and(|days| days <= OLD_DAYS) {
        return Finding::ok(CHECK, what);
    }
    let advice = "Fetch a newer one: addresses change hands, and an old file places them wrongly.";
    Finding::warning(CHECK, what, advice)
}

fn built_in() -> Finding {
    let table = FileAtlas::open(Vec::new()).sources().into_iter().next();
    let days = table.and_then(|table| table.built_at).map_or(i64::MAX, days_since);
    Finding::ok(
        CHECK,
        format!(
            "countries come from the built-in table, which is {days} day(s) old, and networks from nowhere"
        ),
    )
}

fn days_since(then: Timestamp) -> i64 {
    SystemClock.now().millis_since(then) / (24 * 3600 * 1000)
}
