//! Reads the fields of a request one by one and collects everything that is wrong with them, so that a caller
//! learns of all mistakes at once.

use std::fmt::Display;

use bangui_domain::model::{JailName, Limit, Target};
use bangui_domain::{FieldError, ServiceError};

/// The longest reason or note, in characters.
pub(crate) const REASON_CHARS: usize = 500;
/// The longest text to search for, in characters.
const SEARCH_CHARS: usize = 200;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<FieldError>);

impl Fields {
    /// Applies `read` to a value that may be left out.
    pub(crate) fn optional<T, E: Display>(
        &mut self,
        field: &'static str,
        value: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match read(value?) {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(FieldError::new(field, error.to_string()));
                None
            }
        }
    }

    /// Applies `read` to each of some values; the first that cannot be used is named.
    pub(crate) fn list<T, E: Display>(
        &mut self,
        field: &'static str,
        values: &[String],
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let read: Result<Vec<T>, E> = values.iter().map(|value| read(value)).collect();
        match read {
            Ok(values) => values,
            Err(error) => {
                self.0.push(FieldError::new(field, error.to_string()));
                Vec::new()
            }
        }
    }

    pub(crate) fn jail(&mut self, value: Option<&str>) -> Option<JailName> {
        self.optional("jail", value, JailName::parse)
    }

    pub(crate) fn target(&mut self, value: Option<&str>) -> Option<Target> {
        self.optional("ip", value, Target::parse)
    }

    /// The size of a page; the default if left out.
    pub(crate) fn limit(&mut self, value: Option<&str>) -> Limit {
        let read = |text: &str| {
            let limit = text.parse().ok().and_then(Limit::new);
            limit.ok_or_else(|| format!("{text:?} is not a number from 1 to {}", Limit::MAX))
        };
        self.optional("limit", value, read).unwrap_or(Limit::DEFAULT)
    }

    /// One of some words.
    pub(crate) fn word<T>(
        &mut self,
        field: &'static str,
        value: Option<&str>,
        words: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.optional(field, value, |text| {
            read(text).ok_or_else(|| format!("{text:?} is not one of {words}"))
        })
    }

    /// A text to search for; nothing if blank.
    pub(crate) fn search(&mut self, value: Option<&str>) -> Option<String> {
        self.text("q", value, SEARCH_CHARS)
    }

    /// The reason for a ban or unban; nothing if blank.
    pub(crate) fn reason(&mut self, value: Option<&str>) -> Option<String> {
        self.text("reason", value, REASON_CHARS)
    }

    /// The note of an entry; nothing if blank.
    pub(crate) fn note(&mut self, value: Option<&str>) -> Option<String> {
        self.text("note", value, REASON_CHARS)
    }

    fn text(&mut self, field: &'static str, value: Option<&str>, limit: usize) -> Option<String> {
        let read = |text: &str| {
            let length = text.chars().count();
            if length > limit {
                return Err(format!("at most {limit} characters, this has {length}"));
            }
            if text.chars().any(char::is_control) {
                return Err("no control characters and no line breaks, please".to_owned());
            }
            Ok(text.trim().to_owned())
        };
        self.optional(field, value, read).filter(|text| !text.is_empty())
    }

    /// Fails if anything was wrong.
    pub(crate) fn finish(self) -> Result<(), ServiceError> {
        if self.0.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(self.0)) }
    }
}
