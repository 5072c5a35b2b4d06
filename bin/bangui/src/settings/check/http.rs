//! Judges where and how the server listens.

use super::Problem;
use crate::settings::{Http, Listen, socket_mode};
use crate::tls;
use bangui_domain::chain;

/// Every problem of the section.
pub(super) fn check(http: &Http) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key, message: String| problems.push(Problem { key, message });
    if http.listen.is_empty() {
        add("http.listen", "names no address: set one such as 127.0.0.1:8686".to_owned());
    }
    for (nth, listen) in http.listen.iter().enumerate() {
        if http.listen.iter().take(nth).any(|other| place(other) == place(listen)) {
            add("http.listen", format!("names {} twice", place(listen)));
        }
        if let Listen::Unix(path) = listen
            && !path.parent().is_some_and(std::path::Path::is_dir)
        {
            add("http.listen", format!("{listen}: there is no such directory: make it first"));
        }
    }
    if socket_mode(&http.socket_mode).is_none() {
        add(
            "http.socket_mode",
            format!("{:?} is no three octal digits: write them as in 660", http.socket_mode),
        );
    }
    if !(16..=65_536).contains(&http.max_connections) {
        add("http.max_connections", format!("{} is not between 16 and 65536", http.max_connections));
    }
    if !(1..=http.max_connections).contains(&http.max_connections_per_address) {
        add(
            "http.max_connections_per_address",
            format!(
                "{} is not between 1 and http.max_connections, which is {}",
                http.max_connections_per_address, http.max_connections
            ),
        );
    }
    let wants_tls = http.listen.iter().any(|listen| matches!(listen, Listen::Https(_)));
    match (&http.tls_certificate, &http.tls_key) {
        (Some(certificate), Some(key)) => {
            if let Err(error) = tls::read(certificate, key) {
                add("http.tls_certificate", chain(&error));
            } else if !wants_tls {
                add(
                    "http.tls_certificate",
                    "is set, and http.listen names no https:// address to use it at".to_owned(),
                );
            }
        }
        (None, None) if wants_tls => {
            add(
                "http.tls_certificate",
                "has to be set, and http.tls_key, for an https:// address".to_owned(),
            );
        }
        (Some(_), None) => add("http.tls_key", "has to be set where http.tls_certificate is".to_owned()),
        (None, Some(_)) => add("http.tls_certificate", "has to be set where http.tls_key is".to_owned()),
        (None, None) => {}
    }
    problems
}

/// What no two listeners can have in common.
fn place(listen: &Listen) -> String {
    match listen {
        Listen::Http(address) | Listen::Https(address) => address.to_string(),
        Listen::Unix(path) => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::settings::Http;

    fn problems(change: impl FnOnce(&mut Http)) -> Vec<String> {
        let mut http = Http::default();
        change(&mut http);
        check(&http).iter().map(ToString::to_string).collect()
    }

    fn listen(http: &mut Http, places: &[&str]) {
        http.listen = places.iter().map(|place| place.parse().expect("a place")).collect();
    }

    #[test]
    fn places_are_there_and_named_once() {
        assert!(problems(|http| listen(http, &["127.0.0.1:1", "[::1]:1", "unix:/tmp/s"])).is_empty());
        let found = problems(|http| listen(http, &["127.0.0.1:1", "https://127.0.0.1:1", "unix:/nowhere/s"]));
        assert!(found[0].contains("127.0.0.1:1 twice") && found[1].contains("unix:/nowhere/s"), "{found:?}");
    }

    #[test]
    fn limits_of_connections_are_within_reason() {
        for (all, each, key) in [
            (15, 1, "http.max_connections:"),
            (100_000, 1, "http.max_connections:"),
            (100, 0, "http.max_connections_per_address:"),
            (100, 101, "http.max_connections_per_address:"),
        ] {
            let found =
                problems(|http| (http.max_connections, http.max_connections_per_address) = (all, each));
            assert!(found.len() == 1 && found[0].starts_with(key), "{found:?}");
        }
    }

    #[test]
    fn tls_is_whole_or_not_at_all() {
        let alone = problems(|http| listen(http, &["https://127.0.0.1:1"]));
        assert!(alone[0].starts_with("http.tls_certificate"), "{alone:?}");
        let half = problems(|http| http.tls_certificate = Some("/etc/passwd".into()));
        assert!(half[0].starts_with("http.tls_key"), "{half:?}");
        let wrong = problems(|http| {
            http.tls_certificate = Some("/etc/passwd".into());
            http.tls_key = Some("/nowhere/key.pem".into());
        });
        assert!(wrong[0].contains("/etc/passwd") && wrong[0].contains("PEM"), "{wrong:?}");
    }
}
