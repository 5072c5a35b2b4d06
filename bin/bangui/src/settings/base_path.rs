//! The path under which everything is found when a proxy shares its host with other applications.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// A path such as `/bangui`, or nothing where BanGUI has the host for itself. Never ends in a slash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BasePath(String);

/// A text that is no such path.
#[derive(Debug, Error)]
#[error(
    "{0:?} is no path to be found under: write one such as /bangui, of letters, digits and the marks - . _ ~, and \
     slashes between its parts"
)]
pub(crate) struct BasePathError(String);

impl BasePath {
    /// The path, `""` where there is none.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    fn from_str(text: &str) -> Result<Self, BasePathError> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let is_part = |part: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            !part.is_empty() && part.bytes().all(known) && part != "." && part != ".."
        };
        let good = path.is_empty() || path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_part));
        if good { Ok(Self(path.to_owned())) } else { Err(BasePathError(text.chars().take(80).collect())) }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BasePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BasePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::BasePath;

    #[test]
    fn a_path_is_kept_without_its_last_slash() {
        for (text, path) in [("", ""), ("/", ""), ("/bangui", "/bangui"), ("/a-b/c.d_e~/", "/a-b/c.d_e~")] {
            assert_eq!(text.parse::<BasePath>().expect(text).as_str(), path);
        }
    }

    #[test]
    fn what_could_not_be_written_into_a_page_or_a_cookie_is_refused() {
        for text in
            ["bangui", "//", "/a//b", "/a b", "/a\"", "/a;b", "/ä", "/%41", "/..", "/a/./b", "http://host/a"]
        {
            let error = text.parse::<BasePath>().expect_err(text).to_string();
            assert!(error.contains("/bangui"), "{text}: {error}");
        }
    }
}
