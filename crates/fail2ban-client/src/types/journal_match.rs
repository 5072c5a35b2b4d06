//! Which entries of systemd's journal a jail reads.

use std::fmt;

use thiserror::Error;

/// Terms that an entry of the journal must all fulfil: `_SYSTEMD_UNIT=sshd.service`. A jail has several such groups,
/// of which one is enough.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JournalMatch(Vec<String>);

/// Why texts are no group of terms.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JournalMatchError {
    /// No term.
    #[error("a journal match needs at least one term such as _SYSTEMD_UNIT=sshd.service")]
    Empty,
    /// Not `FIELD=VALUE`.
    #[error("{term:?} is no term of a journal match; write FIELD=VALUE, such as _SYSTEMD_UNIT=sshd.service")]
    Term {
        /// The term, cut to a readable length.
        term: String,
    },
}

impl JournalMatch {
    /// Checks terms: each a name of capitals, digits and underscores, an equals sign, and a value.
    ///
    /// # Errors
    /// There is none, or one has another form.
    pub fn new<T: Into<String>>(terms: impl IntoIterator<Item = T>) -> Result<Self, JournalMatchError> {
        let terms: Vec<String> = terms.into_iter().map(Into::into).collect();
        if terms.is_empty() {
            return Err(JournalMatchError::Empty);
        }
        match terms.iter().find(|term| !is_term(term)) {
            None => Ok(Self(terms)),
            Some(wrong) => Err(JournalMatchError::Term { term: wrong.chars().take(80).collect() }),
        }
    }

    /// The terms.
    pub fn terms(&self) -> &[String] {
        &self.0
    }
}

fn is_term(term: &str) -> bool {
    let in_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let parts = term.split_once('=');
    parts.is_some_and(|(name, value)| {
        !name.is_empty() && name.chars().all(in_name) && !value.chars().any(char::is_control)
    })
}

impl fmt::Display for JournalMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms() {
        let both = JournalMatch::new(["_SYSTEMD_UNIT=sshd.service", "_COMM=a + b"]).unwrap();
        assert_eq!(both.to_string(), "_SYSTEMD_UNIT=sshd.service _COMM=a + b");
        assert_eq!(JournalMatch::new(Vec::<String>::new()), Err(JournalMatchError::Empty));
        for term in ["+", "", "=x", "unit=x", "_COMM=a\nb", "/usr/sbin/sshd"] {
            assert!(matches!(JournalMatch::new([term]), Err(JournalMatchError::Term { .. })), "{term:?}");
        }
    }
}
