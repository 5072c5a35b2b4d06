//! Questions about the history: their answers are those of plain counting over the same events, on both databases, whatever
//! is asked and however the events came.

mod counting;
mod keeping;
mod lists;
mod many;
mod mending;
mod packs;
mod stories;

use bangui_domain::model::{
    Asn, BanEvent, Country, EventId, EventKind, HistoryFilter, Matches, Network, Origin, Period, Place,
    ServerId,
};
use bangui_domain::ports::{BanRecord, BanStore};
use bangui_persistence::Db;

use crate::bans::{at, ban};

/// The places of the tests' addresses.
pub(crate) fn place(number: u32) -> Option<Place> {
    let known = |code: &str, asn: u32| {
        Some(Place {
            country: code.parse().unwrap(),
            network: Asn::new(asn).map(|asn| Network { asn, name: Some(format!("NET {asn}")) }),
        })
    };
    match number % 5 {
        0 => known("NL", 64_500),
        1 => known("DE", 64_501),
        2 => known("NL", 64_502),
        3 => Some(Place { country: Country::Private, network: None }),
        _ => None,
    }
}

/// Which address a number stands for: three of them share a network, and some are IPv6 or none at all.
pub(crate) fn address(number: u32) -> String {
    match number {
        11 => "mallory@example".to_owned(),
        12 => "198.51.100.0/24".to_owned(),
        number if number >= 8 => format!("2001:db8::{number}"),
        number => format!("198.51.{}.{number}", 100 + number / 4),
    }
}

pub(crate) fn seen(jail: &str, number: u32, seconds: i64, origin: Origin) -> BanRecord {
    let mut seen = ban(jail, &address(number), seconds);
    seen.ban.origin = origin;
    seen.ban.ban_count = Some(number);
    seen.place = place(number);
    if origin == Origin::Manual {
        seen.ban.by = Some("Alice".to_owned());
        seen.ban.reason = Some(format!("Because of {number}"));
    }
    if origin == Origin::Detected {
        seen.matches = Some(Matches { lines: vec![format!("line of {number} at {seconds}")], cut: false });
    }
    seen
}

/// All events, by plain reading.
pub(crate) async fn all(db: &Db) -> Vec<BanEvent> {
    db.events_after(&ServerId::local(), EventId(0), u16::MAX).await.unwrap()
}

/// Whether a filter wants an event, by the meaning of its words alone.
pub(crate) fn wants(filter: &HistoryFilter, event: &BanEvent) -> bool {
    let target = event.key.id.target();
    let hit = |wanted: &bangui_domain::model::Target| {
        let starts_inside = |target: &bangui_domain::model::Target| {
            wanted.as_net().addr().is_ipv4() == target.as_net().addr().is_ipv4() && wanted.overlaps(target)
        };
        target.as_ref().is_some_and(starts_inside)
    };
    let asn = event.place.network.as_ref().map(|network| network.asn);
    let text = |text: &String| {
        let parts = [
            Some(event.key.id.as_str()),
            Some(event.key.jail.as_str()),
            event.by.as_deref(),
            event.reason.as_deref(),
        ];
        parts.into_iter().flatten().any(|part| part.to_lowercase().contains(&text.to_lowercase()))
    };
    filter.kind.is_none_or(|kind| kind == event.kind)
        && filter.jails.admits(&event.key.jail)
        && filter.origins.admits(&event.origin)
        && filter.countries.admits(&event.place.country)
        && filter.networks.admits(&asn)
        && (filter.targets.any_of.is_empty() || filter.targets.any_of.iter().any(hit))
        && !filter.targets.none_of.iter().any(hit)
        && filter.texts.iter().all(text)
}

/// Whether it counts: a ban in the period that the filter wants, and a restored one only if that was asked for.
pub(crate) fn counts(filter: &HistoryFilter, period: Period, event: &BanEvent) -> bool {
    let restored = event.origin == Origin::Restored && !filter.origins.any_of.contains(&Origin::Restored);
    let filter = HistoryFilter { kind: None, ..filter.clone() };
    event.kind == EventKind::Ban
        && !restored
        && period.since <= event.occurred_at
        && event.occurred_at < period.until
        && wants(&filter, event)
}

pub(crate) fn period(since: i64, until: i64) -> Period {
    Period { since: at(since), until: at(until) }
}
