//! How a jail keeps the answers of its `ignorecommand`.

use std::fmt;

use thiserror::Error;

/// How answers of `ignorecommand` are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IgnoreCache {
    key: String,
    max_count: u32,
    max_time: u32,
}

/// Not a key under which answers can be kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{key:?} cannot be the key of an ignore cache; write tags such as <ip>, without control characters and with at most one kind of quotes"
)]
pub struct IgnoreCacheError {
    key: String,
}

impl IgnoreCache {
    /// Answers are the same where the key is: tags such as `<ip>` in it are replaced. At most `max_count` are kept,
    /// each for `max_time` seconds.
    ///
    /// # Errors
    /// The key is empty, has control characters, or both kinds of quotes.
    pub fn new(key: impl Into<String>, max_count: u32, max_time: u32) -> Result<Self, IgnoreCacheError> {
        let key = key.into();
        let quoted_both = key.contains('"') && key.contains('\'');
        if key.trim() != key || key.is_empty() || quoted_both || key.chars().any(char::is_control) {
            return Err(IgnoreCacheError { key: key.chars().take(80).collect() });
        }
        Ok(Self { key, max_count, max_time })
    }

    /// The tags that make the key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How many answers are kept.
    pub fn max_count(&self) -> u32 {
        self.max_count
    }

    /// How many seconds an answer is kept.
    pub fn max_time(&self) -> u32 {
        self.max_time
    }
}

impl fmt::Display for IgnoreCache {
    /// As the server reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.key.contains('"') { '\'' } else { '"' };
        write!(f, "key={quote}{}{quote}, max-count={}, max-time={}", self.key, self.max_count, self.max_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leaves_its_quotes() {
        let cache = IgnoreCache::new("<ip> \"x\"", 5, 60).unwrap();
        assert_eq!(cache.to_string(), "key='<ip> \"x\"', max-count=5, max-time=60");
        for key in ["", " <ip>", "a\"b'c", "a\nb"] {
            assert!(IgnoreCache::new(key, 1, 1).is_err(), "{key:?}");
        }
    }
}
