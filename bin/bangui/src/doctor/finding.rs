//! One line of what was found.

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// As it should be.
    Ok,
    /// BanGUI works, but not as well or as safely as it could.
    Warning,
    /// BanGUI does not work.
    Failure,
    /// It could not be judged, or there is nothing to judge.
    Skipped,
}

impl Verdict {
    /// The word in the report.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// What was found, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was looked at, in a word or two.
    pub(crate) check: &'static str,
    /// How it is.
    pub(crate) verdict: Verdict,
    /// What was found.
    pub(crate) what: String,
    /// What to do; only where something is not as it should be.
    pub(crate) advice: Option<String>,
}

impl Finding {
    /// As it should be.
    pub(crate) fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, what: what.into(), advice: None }
    }

    /// Could be better.
    pub(crate) fn warning(check: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warning, what: what.into(), advice: Some(advice.into()) }
    }

    /// Does not work.
    pub(crate) fn failure(check: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Failure, what: what.into(), advice: Some(advice.into()) }
    }

    /// Could not be judged, for this reason.
    pub(crate) fn skipped(check: &'static str, why: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Skipped, what: why.into(), advice: None }
    }
}
