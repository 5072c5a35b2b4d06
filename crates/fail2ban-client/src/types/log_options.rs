//! How the server writes the lines of its log.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::log_format::LogFormat;

/// How the lines of the server's log look. What is not set, the server chooses by the target.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct LogOptions {
    padding: Option<bool>,
    datetime: Option<bool>,
    facility: Option<SyslogFacility>,
    format: Option<LogFormat>,
}

/// A facility of the syslog: `daemon`, `auth`, `local3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SyslogFacility(&'static str);

/// Not a facility of the syslog.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no facility of the syslog; it is one of {}", SyslogFacility::NAMES.join(", "))]
pub struct SyslogFacilityError {
    text: String,
}

impl LogOptions {
    /// Nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether names and levels are filled up with blanks, so that columns arise.
    #[must_use]
    pub fn with_padding(mut self, on: bool) -> Self {
        self.padding = Some(on);
        self
    }

    /// Whether lines begin with the time.
    #[must_use]
    pub fn with_datetime(mut self, on: bool) -> Self {
        self.datetime = Some(on);
        self
    }

    /// Under which facility the syslog gets the lines.
    #[must_use]
    pub fn with_facility(mut self, facility: SyslogFacility) -> Self {
        self.facility = Some(facility);
        self
    }

    /// What a line looks like.
    #[must_use]
    pub fn with_format(mut self, format: LogFormat) -> Self {
        self.format = Some(format);
        self
    }
}

impl fmt::Display for LogOptions {
    /// As they stand behind the target: nothing, or `[padding=false, datetime=true]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options: Vec<String> = [
            self.padding.map(|on| format!("padding={on}")),
            self.datetime.map(|on| format!("datetime={on}")),
            self.facility.map(|facility| format!("facility={facility}")),
            self.format.as_ref().map(|format| format!("format=\"{format}\"")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if options.is_empty() { Ok(()) } else { write!(f, "[{}]", options.join(", ")) }
    }
}

impl SyslogFacility {
    /// The names of all facilities.
    pub const NAMES: [&'static str; 20] = [
        "auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog", "user", "uucp",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];
}

impl FromStr for SyslogFacility {
    type Err = SyslogFacilityError;

    fn from_str(text: &str) -> Result<Self, SyslogFacilityError> {
        let found = Self::NAMES.into_iter().find(|name| name.eq_ignore_ascii_case(text));
        found.map(Self).ok_or_else(|| SyslogFacilityError { text: text.chars().take(80).collect() })
    }
}

impl fmt::Display for SyslogFacility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_server_reads_them() {
        assert_eq!(LogOptions::new().to_string(), "");
        let options = LogOptions::new()
            .with_padding(false)
            .with_datetime(true)
            .with_facility("LOCAL3".parse().unwrap())
            .with_format(LogFormat::new("a, b] %(message)s").unwrap());
        assert_eq!(
            options.to_string(),
            r#"[padding=false, datetime=true, facility=local3, format="a, b] %(message)s"]"#
        );
        assert!("root".parse::<SyslogFacility>().unwrap_err().to_string().contains("local7"));
    }
}
