//! The history: events in lists and in the live stream.

use bangui_domain::ServiceError;
use bangui_domain::model::{BanEvent, Cursor, EventId, EventKind as Kind, EventQuery, Page, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cursor;
use super::field::Fields;
use super::question::Asked;
use super::time::rfc3339;
use super::word::Special;
use super::{Network, Origin};

/// The one order of the history.
const ORDER: &str = "events";

/// Whether an event is a ban or the end of one.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EventKind {
    /// An address was banned.
    Ban,
    /// A ban ended.
    Unban,
}

/// A ban or unban in the history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Event {
    /// Its number, which grows in the order in which events were recorded.
    pub(crate) id: i64,
    /// The number of the ban that began or ended: that of its beginning.
    pub(crate) ban: i64,
    /// Ban or unban.
    pub(crate) kind: EventKind,
    /// The jail.
    #[schema(example = "sshd")]
    pub(crate) jail: String,
    /// What was banned: an address or network in its canonical spelling, or another text.
    #[schema(example = "203.0.113.7")]
    pub(crate) ip: String,
    /// The country of the address: `NL`, `private` or `unknown`.
    #[schema(example = "NL")]
    pub(crate) country: String,
    /// What it is for, if it is not on the Internet; null for others.
    pub(crate) special: Option<Special>,
    /// Its network, where known.
    pub(crate) network: Option<Network>,
    /// When it happened.
    #[schema(format = DateTime)]
    pub(crate) occurred_at: String,
    /// When the ban began.
    #[schema(format = DateTime)]
    pub(crate) banned_at: String,
    /// When the ban ends or was to end; null for a permanent one.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
    /// The ban's length in seconds; -1 for a permanent one.
    #[schema(example = 600)]
    pub(crate) bantime: i64,
    /// How often this jail had banned it, this time included, where known.
    pub(crate) ban_count: Option<u32>,
    /// Failures that led to the ban, where known.
    pub(crate) failures: Option<u32>,
    /// How it came about.
    pub(crate) origin: Origin,
    /// The BanGUI user who asked for it.
    pub(crate) by: Option<String>,
    /// The reason that user gave.
    pub(crate) reason: Option<String>,
}

impl From<&BanEvent> for Event {
    fn from(event: &BanEvent) -> Self {
        Self {
            id: event.id.0,
            ban: event.ban.0,
            kind: match event.kind {
                Kind::Ban => EventKind::Ban,
                Kind::Unban => EventKind::Unban,
            },
            jail: event.key.jail.as_str().to_owned(),
            ip: event.key.id.as_str().to_owned(),
            country: event.place.country.to_string(),
            special: Special::of(&event.key.id),
            network: event.place.network.as_ref().map(Network::from),
            occurred_at: rfc3339(event.occurred_at),
            banned_at: rfc3339(event.key.banned_at),
            expires_at: event.expires_at().map(rfc3339),
            bantime: event.bantime.as_fail2ban(),
            ban_count: event.ban_count,
            failures: event.failures,
            origin: event.origin.into(),
            by: event.by.clone(),
            reason: event.reason.clone(),
        }
    }
}

/// A page of the history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventPage {
    /// The events, newest first.
    pub(crate) items: Vec<Event>,
    /// The cursor of the next page, with older events; null on the last one.
    pub(crate) next: Option<String>,
    /// The same towards newer events, to be sent as `newer`. Null on a page without events, and where a page that was asked
    /// for by `newer` has the newest.
    pub(crate) newer: Option<String>,
}

impl EventPage {
    /// A page of the history; `towards_newer` tells which way the next one is.
    pub(crate) fn new(page: Page<BanEvent>, towards_newer: bool) -> Self {
        let Page { items, next: onward } = page;
        let (older, newer) = if towards_newer {
            (items.last().map(EventQuery::place), onward)
        } else {
            (onward, items.first().map(EventQuery::place))
        };
        let text = |place: Option<Cursor>| place.map(|place| cursor::encode(&place, ORDER));
        Self { items: items.iter().map(Event::from).collect(), next: text(older), newer: text(newer) }
    }
}

/// Which part of the history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsParams {
    /// Which part of the history, in the query language (docs/history.md), at most 1000 characters. All other parameters
    /// narrow it further.
    #[param(example = "jail:sshd -country:NL since:30d")]
    q: Option<String>,
    /// Only this jail.
    jail: Option<String>,
    /// Only entries in this address or network, and networks that contain it.
    #[param(example = "203.0.113.0/24")]
    ip: Option<String>,
    /// Only bans, or only unbans.
    #[param(value_type = Option<EventKind>)]
    kind: Option<String>,
    /// Only events that came about this way.
    #[param(value_type = Option<Origin>)]
    origin: Option<String>,
    /// At or after this time: RFC 3339, or as in the query language. Goes before `since:` in `q`.
    #[param(example = "2026-11-01T00:00:00Z")]
    since: Option<String>,
    /// Before this time, likewise. Goes before `until:` in `q`.
    #[param(example = "2026-12-01T00:00:00Z")]
    until: Option<String>,
    /// The time zone (IANA) in which times without an offset are meant.
    #[param(example = "Europe/Berlin", default = "UTC")]
    tz: Option<String>,
    /// Rows of a page.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500, default = 50)]
    limit: Option<String>,
    /// The `next` of a page: what is older than its events.
    cursor: Option<String>,
    /// The `newer` of a page: what is newer than its events, the nearest to them. Not together with `cursor`.
    newer: Option<String>,
}

impl EventsParams {
    /// The question, asked at `now`.
    pub(crate) fn query(&self, now: Timestamp) -> Result<EventQuery, ServiceError> {
        use bangui_domain::model::Origin as Known;
        let mut fields = Fields::default();
        let asked = Asked {
            q: self.q.as_deref(),
            since: self.since.as_deref(),
            until: self.until.as_deref(),
            tz: self.tz.as_deref(),
        };
        let mut question = asked.read(&mut fields);
        let filter = &mut question.filter;
        let origins = Known::ALL.map(Known::as_str).join(", ");
        if let Some(jail) = fields.jail(self.jail.as_deref()) {
            filter.jails.narrow(jail);
        }
        if let Some(target) = fields.target(self.ip.as_deref()) {
            filter.narrow_target(target);
        }
        if let Some(kind) = fields.word("kind", self.kind.as_deref(), "ban, unban", Kind::parse) {
            filter.narrow_kind(kind);
        }
        if let Some(origin) = fields.word("origin", self.origin.as_deref(), &origins, Known::parse) {
            filter.origins.narrow(origin);
        }
        let limit = fields.limit(self.limit.as_deref());
        let both = self.newer.as_deref().filter(|_| self.cursor.is_some());
        fields.optional("newer", both, |_| {
            Err::<(), _>("a page is either older or newer: send cursor or newer")
        });
        fields.finish()?;
        let (since, until) = question.bounds(now)?;
        let place = self.cursor.as_deref().or(self.newer.as_deref());
        let after = place.map(|text| cursor::decode(text, ORDER)).transpose()?;
        Ok(EventQuery { filter: question.filter, since, until, limit, after, newer: self.newer.is_some() })
    }
}

/// Where a live stream goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamParams {
    /// The id of the last event seen: everything recorded since then comes first. The header `Last-Event-ID`, which
    /// browsers send by themselves when they connect again, goes before it.
    #[param(value_type = Option<i64>)]
    last_event_id: Option<String>,
}

impl StreamParams {
    /// The last event that the caller has seen, if it says so.
    pub(crate) fn last_seen(&self, header: Option<&str>) -> Result<Option<EventId>, ServiceError> {
        let mut fields = Fields::default();
        let given = header.or(self.last_event_id.as_deref());
        let read = |text: &str| {
            let id = text.parse::<i64>().ok().filter(|id| *id >= 0);
            id.map(EventId).ok_or_else(|| format!("{text:?} is not the id of an event"))
        };
        let id = fields.optional("last_event_id", given, read);
        fields.finish()?;
        Ok(id)
    }
}
