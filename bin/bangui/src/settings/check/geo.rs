//! Judges the settings of places.

use super::Problem;
use crate::settings::Settings;

/// Every problem of the section. A file that is missing is none: it may come later, and its place is told without it.
pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key, message: String| problems.push(Problem { key, message });
    for path in settings.geo.database.iter().filter(|path| !path.is_absolute()) {
        add("geo.database", format!("{} is not a full path", path.display()));
    }
    problems
}
