//! Judges the settings of places.

use super::{Problem, writable_problem};
use crate::places::directory;
use crate::settings::Settings;

/// Every problem of the section. A file that is missing is none: it may come later, and places are told without it.
pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key, message: String| problems.push(Problem { key, message });
    let geo = &settings.geo;
    for path in geo.database.iter().filter(|path| !path.is_absolute()) {
        add("geo.database", format!("{} is not a full path", path.display()));
    }
    if !geo.download {
        return problems;
    }
    if !geo.download_url.contains("{file}") {
        add(
            "geo.download_url",
            "has no {file} in it: both files would be fetched from one address".to_owned(),
        );
    }
    match directory(settings) {
        None => add(
            "geo.directory",
            "must be set with geo.download, since there is no SQLite database beside which the files could lie: \
             name a directory that BanGUI may write"
                .to_owned(),
        ),
        Some(path) if !path.is_absolute() => add("geo.directory", format!("{} is not a full path", path.display())),
        Some(path) => {
            if let Some(message) = writable_problem(&path) {
                add("geo.directory", message);
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::check;
    use crate::settings::{Secret, Settings};

    fn keys(settings: &Settings) -> Vec<&'static str> {
        check(settings).into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn downloads_need_a_place_and_two_addresses() {
        let mut settings = Settings::default();
        settings.database.url = Secret::new("postgres://h/d".to_owned());
        settings.geo.database = vec![PathBuf::from("places.mmdb"), PathBuf::from("/nowhere/places.mmdb")];
        assert_eq!(keys(&settings), ["geo.database"]);
        settings.geo.download = true;
        settings.geo.download_url = "https://mirror.example/places.mmdb".to_owned();
        assert_eq!(keys(&settings), ["geo.database", "geo.download_url", "geo.directory"]);
        settings.geo.directory = Some(PathBuf::from("/nowhere/at/all"));
        assert!(check(&settings).remove(2).message.contains("/nowhere/at/all"));
        settings.geo.directory = Some(PathBuf::from("/tmp"));
        settings.geo.database.clear();
        settings.geo.download_url = "https://mirror.example/{file}.mmdb".to_owned();
        assert_eq!(keys(&settings), Vec::<&str>::new());
        settings.geo.directory = None;
        settings.database.url = Secret::new("sqlite:///tmp/bangui.db".to_owned());
        assert_eq!(keys(&settings), Vec::<&str>::new());
    }
}
