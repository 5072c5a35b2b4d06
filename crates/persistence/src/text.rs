//! Text on its way into the database: what both can hold, and what is searched.

use std::borrow::Cow;

/// The longest id of a ban, in bytes, that both databases can keep in an index.
pub(crate) const MAX_ID_BYTES: usize = 1024;

/// The longest LIKE pattern that SQLite takes, in bytes.
const MAX_PATTERN_BYTES: usize = 50_000;

/// The text without NUL, which PostgreSQL cannot hold.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// As [`storable`], for text that may be missing.
pub(crate) fn storable_option(text: Option<&str>) -> Option<String> {
    text.map(|text| storable(text).into_owned())
}

/// What the text filter looks through: each part in lower case on a line of its own. Made here and not by the
/// database's `lower()`, which knows ASCII alone on SQLite.
pub(crate) fn search_text<const PARTS: usize>(parts: [Option<&str>; PARTS]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().map(|part| storable(part).to_lowercase()).collect();
    parts.join("\n")
}

/// A LIKE pattern (escape character `\`) that finds `needle` anywhere; `None` for a needle that is longer than
/// SQLite takes, and than anything that is stored.
pub(crate) fn like_pattern(needle: &str) -> Option<String> {
    let mut pattern = String::from("%");
    for char in storable(needle).to_lowercase().chars() {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    (pattern.len() <= MAX_PATTERN_BYTES).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::{like_pattern, search_text, storable};

    #[test]
    fn wildcards_stand_for_themselves() {
        assert_eq!(like_pattern("50%_A\\").unwrap(), "%50\\%\\_a\\\\%");
        assert_eq!(like_pattern(&"%".repeat(30_000)), None);
    }

    #[test]
    fn case_is_folded_beyond_ascii_and_nul_is_replaced() {
        assert_eq!(search_text([Some("10.0.0.1"), None, Some("ÄRGER"), None]), "10.0.0.1\närger");
        assert_eq!(storable("a\0b"), "a\u{FFFD}b");
    }
}
