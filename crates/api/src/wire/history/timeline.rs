//! Bans over time.

use bangui_domain::model::{Gap, GapCause as Cause, Period, Timestamp};
use bangui_domain::service::TimelineAnswer;
use serde::Serialize;
use utoipa::ToSchema;

use super::top::label;
use crate::buckets::Bucket;
use crate::wire::time::rfc3339;
use crate::zone::Zone;

/// Bans over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryTimeline {
    /// The first moment that is counted.
    #[schema(format = DateTime)]
    since: String,
    /// The first moment behind.
    #[schema(format = DateTime)]
    until: String,
    /// The time zone in which stretches begin.
    #[schema(example = "Europe/Berlin")]
    tz: String,
    /// How long a stretch is.
    bucket: Bucket,
    /// When each stretch begins, in the time zone; the first one may be cut by `since`, the last one by `until`.
    starts: Vec<String>,
    /// At most eight, the one with the most bans first.
    series: Vec<HistorySeries>,
    /// Bans that no series has, for each stretch.
    others: Vec<u64>,
    /// When nobody watched; oldest first, the 500 longest at most.
    gaps: Vec<HistoryGap>,
}

/// The bans of one group over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistorySeries {
    /// The group: a jail, an origin, a country (`NL`, `private`, `unknown`) or a network (`AS64500`, `unknown`).
    #[schema(example = "sshd")]
    key: String,
    /// The network's name.
    label: Option<String>,
    /// Its bans, for each stretch.
    counts: Vec<u64>,
}

/// Why the history knows nothing of a stretch of time.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GapCause {
    /// BanGUI did not watch, and fail2ban does not remember.
    Unwatched,
    /// fail2ban did not answer.
    #[serde(rename = "fail2ban_away")]
    Fail2banAway,
}

/// A stretch of time that must not be taken for peace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryGap {
    /// Its first moment.
    #[schema(format = DateTime)]
    since: String,
    /// The first moment behind.
    #[schema(format = DateTime)]
    until: String,
    /// Why.
    cause: GapCause,
}

impl From<Gap> for HistoryGap {
    fn from(gap: Gap) -> Self {
        let cause = match gap.cause {
            Cause::Unwatched => GapCause::Unwatched,
            Cause::Fail2banAway => GapCause::Fail2banAway,
        };
        Self { since: rfc3339(gap.period.since), until: rfc3339(gap.period.until), cause }
    }
}

impl HistoryTimeline {
    /// `bounds` are the beginnings of the stretches and the end of the last one.
    pub(crate) fn new(
        period: Period,
        zone: &Zone,
        bucket: Bucket,
        bounds: &[Timestamp],
        answer: TimelineAnswer,
    ) -> Self {
        let starts = bounds.split_last().map_or(&[][..], |(_, starts)| starts);
        let series = answer.series.into_iter().map(|(group, counts)| HistorySeries {
            key: group.key(),
            label: label(&group),
            counts,
        });
        Self {
            since: rfc3339(period.since),
            until: rfc3339(period.until),
            tz: zone.name().to_owned(),
            bucket,
            starts: starts.iter().map(|start| zone.rfc3339(*start)).collect(),
            series: series.collect(),
            others: answer.others,
            gaps: answer.gaps.into_iter().map(HistoryGap::from).collect(),
        }
    }
}
