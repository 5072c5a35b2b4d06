//! What a try leaves in the queue's column of results, whether it went well or not, and how that is read again. apalis
//! keeps times there to the second only, and an error as a text.

use std::fmt;

use bangui_domain::model::Timestamp;
use serde::{Deserialize, Serialize};

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// When it began.
    pub(crate) started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub(crate) took_millis: i64,
    /// Why it failed, if it did.
    pub(crate) error: Option<String>,
}

/// A failed try as apalis stores it: the report as JSON.
#[derive(Debug)]
pub(crate) struct FailedTry(pub(crate) Report);

impl fmt::Display for FailedTry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl std::error::Error for FailedTry {}

/// What the column holds.
#[derive(Deserialize)]
enum Stored {
    Ok(Report),
    Err(String),
}

/// A column of results as it was read.
pub(crate) enum Outcome {
    /// A report.
    Reported(Report),
    /// A failure of which there is no more than a text, such as the end of the process.
    Said(String),
    /// Nothing yet.
    Nothing,
}

/// Reads the column of results.
pub(crate) fn read(text: Option<&str>) -> Outcome {
    let Some(text) = text else { return Outcome::Nothing };
    match serde_json::from_str(text) {
        Ok(Stored::Ok(report)) => Outcome::Reported(report),
        Ok(Stored::Err(error)) => match serde_json::from_str(&error) {
            Ok(report) => Outcome::Reported(report),
            Err(_) => Outcome::Said(error),
        },
        Err(_) => Outcome::Said(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;

    use super::{FailedTry, Outcome, Report, read};

    #[test]
    fn what_was_stored_is_read_and_what_was_not_ours_stays_a_text() {
        let failed = Report {
            started_at: Timestamp::from_millis(1_700_000_000_123),
            took_millis: 7,
            error: Some("it \"broke\"\n{}".to_owned()),
        };
        let text = serde_json::json!({"Err": FailedTry(failed.clone()).to_string()}).to_string();
        assert!(matches!(read(Some(&text)), Outcome::Reported(report) if report == failed));
        let well = Report { error: None, ..failed };
        let text = serde_json::json!({"Ok": well}).to_string();
        assert!(matches!(read(Some(&text)), Outcome::Reported(report) if report == well));
        assert!(
            matches!(read(Some("{\"Err\":\"worker gone\"}")), Outcome::Said(text) if text == "worker gone")
        );
        assert!(matches!(read(Some("nonsense")), Outcome::Said(text) if text == "nonsense"));
        assert!(matches!(read(None), Outcome::Nothing));
    }
}
