//! What all questions about the history have in common: the query language, the time, and the zone of whoever asks.

use bangui_domain::ServiceError;
use bangui_domain::model::search::{Moment, MomentError};
use bangui_domain::model::{HistoryFilter, Period, Search, ServerId, Timestamp};
use bangui_domain::service::{HistoryService, Since};

use super::field::Fields;
use crate::zone::Zone;

/// The common parameters as they came.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) q: Option<&'a str>,
    pub(crate) since: Option<&'a str>,
    pub(crate) until: Option<&'a str>,
    pub(crate) tz: Option<&'a str>,
}

/// The common parameters, understood.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) filter: HistoryFilter,
    pub(crate) since: Option<Moment>,
    pub(crate) until: Option<Moment>,
    pub(crate) zone: Zone,
}

/// A question, and the period that it means now.
pub(crate) struct Settled {
    pub(crate) filter: HistoryFilter,
    pub(crate) period: Period,
    pub(crate) zone: Zone,
}

impl Asked<'_> {
    /// Reads the parameters; what is wrong with them is in `fields`.
    pub(crate) fn read(self, fields: &mut Fields) -> Question {
        let read = |text: &str| Search::parse(ServerId::local(), text);
        let search = fields.optional("q", self.q, read).unwrap_or_else(|| Search::all(ServerId::local()));
        // A form that leaves a field empty does not ask for it.
        let [since, until, tz] =
            [self.since, self.until, self.tz].map(|text| text.filter(|text| !text.is_empty()));
        Question {
            filter: search.filter,
            since: fields.optional("since", since, moment(Moment::parse_since)).or(search.since),
            until: fields.optional("until", until, moment(Moment::parse_until)).or(search.until),
            zone: fields.optional("tz", tz, Zone::named).unwrap_or_else(Zone::utc),
        }
    }
}

/// A `+` arrives as a blank where it was not encoded: the message says so.
fn moment(read: impl Fn(&str) -> Result<Moment, MomentError>) -> impl Fn(&str) -> Result<Moment, String> {
    move |text| read(text).map_err(|error| format!("{error} (a + in an address has to be written as %2B)"))
}

impl Question {
    /// Settles which period is meant.
    pub(crate) async fn settle(self, history: &HistoryService) -> Result<Settled, ServiceError> {
        let now = history.now();
        let since = match self.since {
            None => Since::Usual,
            Some(Moment::Beginning) => Since::Beginning,
            Some(moment) => Since::At(self.at("since", moment, now)?),
        };
        let until = self.until.map(|moment| self.at("until", moment, now)).transpose()?;
        let period = history.period(since, until).await?;
        Ok(Settled { filter: self.filter, period, zone: self.zone })
    }

    /// The time as it bounds a list; nothing where the beginning of the history is meant.
    pub(crate) fn bounds(
        &self,
        now: Timestamp,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>), ServiceError> {
        let since = self.since.filter(|since| *since != Moment::Beginning);
        let since = since.map(|since| self.at("since", since, now)).transpose()?;
        Ok((since, self.until.map(|until| self.at("until", until, now)).transpose()?))
    }

    fn at(&self, field: &'static str, moment: Moment, now: Timestamp) -> Result<Timestamp, ServiceError> {
        let at = match moment {
            Moment::Beginning => Some(Timestamp::from_millis(0)),
            Moment::Ago { count, unit } => Some(unit.before(now, count)),
            Moment::Civil(civil) => self.zone.resolve(civil),
        };
        at.ok_or_else(|| ServiceError::field(field, "lies outside of the calendar"))
    }
}
