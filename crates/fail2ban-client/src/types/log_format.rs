//! What a line of the server's log looks like.

use std::fmt;

use thiserror::Error;

/// The form of a line, in the notation of Python's logging: `%(asctime)s %(levelname)-7s %(message)s`. The server closes
/// its log before it reads a form, so that a wrong one would leave it without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LogFormat(String);

/// Not a form that the server takes for certain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is no form of a log line; write fields such as %(asctime)s, %(levelname)-7s and %(message)s, which must be there, no double quotes, and %% for a per cent sign"
)]
pub struct LogFormatError {
    text: String,
}

/// What a line may tell: fields of Python's logging that are texts or numbers.
const FIELDS: [&str; 13] = [
    "asctime",
    "filename",
    "funcName",
    "levelname",
    "levelno",
    "lineno",
    "message",
    "module",
    "name",
    "pathname",
    "process",
    "thread",
    "threadName",
];

impl LogFormat {
    /// Checks a form.
    ///
    /// # Errors
    /// A field that no line has, none for the message, double quotes or control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, LogFormatError> {
        let text = text.into();
        let plain = !text.contains('"') && !text.chars().any(char::is_control) && text.trim() == text;
        match fields(&text) {
            Some(fields) if plain && fields.contains(&"message") => Ok(Self(text)),
            _ => Err(LogFormatError { text: text.chars().take(80).collect() }),
        }
    }
}

/// The fields of a form; `None` where a per cent sign begins none.
fn fields(text: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('%') {
        if let Some(behind) = behind.strip_prefix('%') {
            rest = behind;
            continue;
        }
        let (field, behind) = behind.strip_prefix('(')?.split_once(')')?;
        let behind = behind.strip_prefix('-').unwrap_or(behind);
        let (width, behind) = behind.split_once('s')?;
        let width_is_number = width.len() <= 3 && width.bytes().all(|byte| byte.is_ascii_digit());
        if !width_is_number || !FIELDS.contains(&field) {
            return None;
        }
        found.push(field);
        rest = behind;
    }
    Some(found)
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_that_the_server_takes() {
        for text in
            ["%(message)s", "%(asctime)s %(name)-24s[%(process)s]: 100%% it's %(message)s", "[%(message)5s]"]
        {
            assert_eq!(LogFormat::new(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "x",
            "%(levelname)s",
            "%(message)d",
            "%(message)",
            "%(exec)s %(message)s",
            "%(message)s %",
            "%(message)s \"",
            "%(message)s\n",
            "%(message)9999s",
            "%s %(message)s",
            "%(message)*s",
        ] {
            assert!(LogFormat::new(text).is_err(), "{text:?}");
        }
    }
}
