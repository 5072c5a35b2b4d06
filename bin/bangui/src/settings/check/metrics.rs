//! Judges the settings of metrics.

use std::net::SocketAddr;

use super::Problem;
use crate::settings::{Listen, Settings};

/// The shortest token: `/metrics` may be asked for as often as anybody likes.
const SHORTEST: usize = 16;

/// Every problem of the section.
pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key, message: String| problems.push(Problem { key, message });
    let mut taken: Vec<SocketAddr> = settings.http.listen.iter().filter_map(Listen::address).collect();
    for address in &settings.metrics.listen {
        if let Some(other) = taken.iter().find(|other| clash(address, other)) {
            add(
                "metrics.listen",
                format!("{address} is the address {other} of another listener: choose another port"),
            );
        }
        taken.push(*address);
    }
    if let Some(token) = &settings.metrics.token {
        let length = token.expose().len();
        let message = if length < SHORTEST {
            Some(format!(
                "has {length} characters: use {SHORTEST} or more, such as the output of `openssl rand -hex 32`"
            ))
        } else if token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            None
        } else {
            Some(
                "has blanks or other characters that a header cannot carry: use letters and digits"
                    .to_owned(),
            )
        };
        if let Some(message) = message {
            add("metrics.token", message);
        }
    }
    problems
}

/// Whether two listeners cannot both be had. Port 0 is always a free one.
fn clash(one: &SocketAddr, other: &SocketAddr) -> bool {
    let one_takes_all = one.ip().is_unspecified() || other.ip().is_unspecified();
    let same_place = one.ip() == other.ip() || (one_takes_all && one.is_ipv4() == other.is_ipv4());
    one.port() != 0 && one.port() == other.port() && same_place
}

#[cfg(test)]
mod tests {
    use super::{check, clash};
    use crate::settings::{Secret, Settings};

    #[test]
    fn listeners_that_cannot_both_be_had_are_named() {
        let pairs = [
            ("127.0.0.1:1", "127.0.0.1:1", true),
            ("127.0.0.1:1", "127.0.0.1:2", false),
            ("0.0.0.0:1", "127.0.0.1:1", true),
            ("127.0.0.1:1", "0.0.0.0:1", true),
            ("[::1]:1", "[::]:1", true),
            ("[::1]:1", "0.0.0.0:1", false),
            ("127.0.0.1:1", "127.0.0.2:1", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
        ];
        for (one, other, wanted) in pairs {
            let parse = |text: &str| text.parse().expect("an address");
            assert_eq!(clash(&parse(one), &parse(other)), wanted, "{one} {other}");
        }
        let mut settings = Settings::default();
        settings.metrics.listen = ["127.0.0.1:9191", "0.0.0.0:8686", "127.0.0.1:9191"]
            .map(|text| text.parse().expect("an address"))
            .into();
        let found = check(&settings);
        assert_eq!(found.iter().map(|problem| problem.key).collect::<Vec<_>>(), ["metrics.listen"; 2]);
        assert!(
            found[0].message.contains("0.0.0.0:8686") && found[0].message.contains("127.0.0.1:8686"),
            "{found:?}"
        );
    }

    #[test]
    fn a_token_is_long_and_fits_into_a_header() {
        let judge = |token: &str| {
            let mut settings = Settings::default();
            settings.metrics.token = Some(Secret::new(token.to_owned()));
            check(&settings)
        };
        assert!(judge("0123456789abcdef").is_empty());
        for token in ["", "0123456789abcde", "0123456789 abcdef", "0123456789abcdéf", "0123456789abcdef\n"] {
            let found = judge(token);
            assert_eq!(found.len(), 1, "{token:?}");
            assert!(
                found[0].key == "metrics.token" && (token.is_empty() || !found[0].message.contains(token))
            );
        }
    }
}
