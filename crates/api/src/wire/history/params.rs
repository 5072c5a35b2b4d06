//! The parameters of the questions.

use bangui_domain::ServiceError;
use bangui_domain::model::{Dimension, Search};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::export::ExportFormat;
use crate::wire::field::Fields;
use crate::wire::question::{Asked, Question};

/// Rows of a list unless another number is asked for.
const ROWS: usize = 10;
/// The most repeat offenders.
const MAX_OFFENDERS: usize = 100;
/// The most groups of a ranking: more than there are countries, so that a map of them is whole.
const MAX_GROUPS: usize = 300;

/// Makes the parameters of a question: those that all have, and its own.
macro_rules! params {
    ($(#[$docs:meta])* $name:ident { $($(#[$field_docs:meta])* $field:ident),* $(,)? }) => {
        $(#[$docs])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            /// Which part of the history, in the query language (docs/history.md), at most 1000 characters.
            #[param(example = "jail:sshd -country:NL since:30d")]
            q: Option<String>,
            /// From this time on: RFC 3339, or as in the query language, or `all` for the first ban on. Goes before
            /// `since:` in `q`; without both, 7 days before the end.
            #[param(example = "2026-11-01T00:00:00Z")]
            since: Option<String>,
            /// Before this time, likewise. Goes before `until:` in `q`; without both, now.
            #[param(example = "2026-12-01T00:00:00Z")]
            until: Option<String>,
            /// The time zone (IANA) in which days begin and times without an offset are meant.
            #[param(example = "Europe/Berlin", default = "UTC")]
            tz: Option<String>,
            $($(#[$field_docs])* $field: Option<String>,)*
        }

        impl $name {
            fn asked(&self) -> Asked<'_> {
                Asked {
                    q: self.q.as_deref(),
                    since: self.since.as_deref(),
                    until: self.until.as_deref(),
                    tz: self.tz.as_deref(),
                }
            }
        }
    };
}

params! {
    /// Which sums.
    TotalsParams {}
}

params! {
    /// Which bans over time.
    TimelineParams {
        /// What the series stand for.
        #[param(value_type = Option<TimelineBy>, default = "jail")]
        by,
    }
}

params! {
    /// Which largest groups.
    TopParams {
        /// What a group stands for.
        #[param(value_type = TopBy)]
        by,
        /// Rows of the list.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 300, default = 10)]
        limit,
    }
}

params! {
    /// Which repeat offenders.
    OffendersParams {
        /// Rows of the list.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 100, default = 10)]
        limit,
    }
}

params! {
    /// Which events, and how they are written.
    ExportParams {
        /// The form of the file.
        #[param(value_type = ExportFormat)]
        format,
    }
}

/// What the series of a timeline stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TimelineBy {
    /// Jails.
    Jail,
    /// How bans came about.
    Origin,
    /// Countries.
    Country,
    /// Networks.
    Network,
}

/// What the rows of a ranking stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TopBy {
    /// Addresses.
    Address,
    /// Networks.
    Network,
    /// Countries.
    Country,
    /// Jails.
    Jail,
    /// How bans came about.
    Origin,
}

impl TimelineBy {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "jail" => Self::Jail,
            "origin" => Self::Origin,
            "country" => Self::Country,
            "network" => Self::Network,
            _ => return None,
        })
    }
}

impl From<TimelineBy> for Dimension {
    fn from(by: TimelineBy) -> Self {
        match by {
            TimelineBy::Jail => Self::Jail,
            TimelineBy::Origin => Self::Origin,
            TimelineBy::Country => Self::Country,
            TimelineBy::Network => Self::Network,
        }
    }
}

impl TopBy {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "address" => Self::Address,
            "network" => Self::Network,
            "country" => Self::Country,
            "jail" => Self::Jail,
            "origin" => Self::Origin,
            _ => return None,
        })
    }
}

impl From<TopBy> for Dimension {
    fn from(by: TopBy) -> Self {
        match by {
            TopBy::Address => Self::Address,
            TopBy::Network => Self::Network,
            TopBy::Country => Self::Country,
            TopBy::Jail => Self::Jail,
            TopBy::Origin => Self::Origin,
        }
    }
}

/// A word that has to be there.
fn required<T>(
    fields: &mut Fields,
    field: &'static str,
    value: Option<&str>,
    words: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    fields.word(field, Some(value.unwrap_or_default()), words, read)
}

fn rows(fields: &mut Fields, value: Option<&str>, most: usize) -> usize {
    let read = |text: &str| {
        let rows = text.parse().ok().filter(|rows| (1..=most).contains(rows));
        rows.ok_or_else(|| format!("{text:?} is not a number from 1 to {most}"))
    };
    fields.optional("limit", value, read).unwrap_or(ROWS)
}

impl TotalsParams {
    pub(crate) fn question(&self) -> Result<Question, ServiceError> {
        let mut fields = Fields::default();
        let question = self.asked().read(&mut fields);
        fields.finish()?;
        Ok(question)
    }
}

impl TimelineParams {
    pub(crate) fn question(&self) -> Result<(Question, TimelineBy), ServiceError> {
        let mut fields = Fields::default();
        let question = self.asked().read(&mut fields);
        let words = "jail, origin, country, network";
        let by = fields.word("by", self.by.as_deref(), words, TimelineBy::parse);
        fields.finish()?;
        Ok((question, by.unwrap_or(TimelineBy::Jail)))
    }
}

impl TopParams {
    pub(crate) fn question(&self) -> Result<(Question, TopBy, usize), ServiceError> {
        let mut fields = Fields::default();
        let question = self.asked().read(&mut fields);
        let words = "address, network, country, jail, origin";
        let by = required(&mut fields, "by", self.by.as_deref(), words, TopBy::parse);
        let limit = rows(&mut fields, self.limit.as_deref(), MAX_GROUPS);
        fields.finish()?;
        Ok((question, by.unwrap_or(TopBy::Address), limit))
    }
}

impl OffendersParams {
    pub(crate) fn question(&self) -> Result<(Question, usize), ServiceError> {
        let mut fields = Fields::default();
        let question = self.asked().read(&mut fields);
        let limit = rows(&mut fields, self.limit.as_deref(), MAX_OFFENDERS);
        fields.finish()?;
        Ok((question, limit))
    }
}

impl ExportParams {
    pub(crate) fn question(&self) -> Result<(Question, ExportFormat), ServiceError> {
        let mut fields = Fields::default();
        let question = self.asked().read(&mut fields);
        let format =
            required(&mut fields, "format", self.format.as_deref(), "csv, ndjson", ExportFormat::parse);
        fields.finish()?;
        Ok((question, format.unwrap_or(ExportFormat::Csv)))
    }
}

/// What is being typed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompletionsParams {
    /// The question so far, at most 1000 characters.
    #[param(example = "jail:ss")]
    q: Option<String>,
    /// Where the caret is, in UTF-16 units as browsers count; at the end if left out.
    #[param(value_type = Option<u32>)]
    at: Option<String>,
}

impl CompletionsParams {
    /// The question and the place of the caret.
    pub(crate) fn typing(&self) -> Result<(&str, usize), ServiceError> {
        let mut fields = Fields::default();
        let within = |text: &str| match text.chars().count() {
            length if length > Search::MAX_CHARS => {
                Err(format!("at most {} characters are read, this has {length}", Search::MAX_CHARS))
            }
            _ => Ok(()),
        };
        fields.optional("q", self.q.as_deref(), within);
        let read = |text: &str| text.parse().map_err(|_| format!("{text:?} is not a place in a text"));
        let at = fields.optional("at", self.at.as_deref(), read);
        fields.finish()?;
        Ok((self.q.as_deref().unwrap_or_default(), at.unwrap_or(usize::MAX)))
    }
}
