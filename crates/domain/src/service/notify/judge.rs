//! Whether what happens is what a rule waits for: the parts that need no question to anybody.

use crate::model::notify::Note;
use crate::model::{BanEvent, Choice, Country, EventKind, JailName, Origin, Timestamp};

/// The mean is taken over so long.
pub(super) const USUAL_SECS: i64 = 7 * 24 * 3_600;
/// A history that is shorter counts as long as this: one hour tells nothing about a week.
const SHORTEST_SECS: i64 = 24 * 3_600;

/// Whether an event is a ban of one of these jails, countries and origins. `country` is where its address is.
pub(super) fn wants(
    event: &BanEvent,
    country: Country,
    jails: &[JailName],
    countries: &[Country],
    origins: &[Origin],
) -> bool {
    let one_of_origins =
        if origins.is_empty() { event.origin != Origin::Restored } else { origins.contains(&event.origin) };
    event.kind == EventKind::Ban
        && one_of_origins
        && (jails.is_empty() || jails.contains(&event.key.jail))
        && (countries.is_empty() || countries.contains(&country))
}

/// The ban as it is told.
pub(super) fn note(event: &BanEvent, country: Country, bans: Option<u64>) -> Note {
    Note::Ban {
        ip: event.key.id.as_str().to_owned(),
        jail: event.key.jail.as_str().to_owned(),
        country: country.to_string(),
        origin: event.origin.as_str().to_owned(),
        at: event.occurred_at,
        bantime: event.bantime.as_fail2ban(),
        bans,
        failures: event.failures,
        by: event.by.clone(),
        reason: event.reason.clone(),
    }
}

/// These jails; all, where there are none.
pub(super) fn any_of(jails: &[JailName]) -> Choice<JailName> {
    Choice { any_of: jails.to_vec(), none_of: Vec::new() }
}

/// How many bans are usual in `minutes`, in hundredths: the mean over the `bans` of the days before `until`, the first
/// of which was at `first`.
pub(super) fn usual_hundredths(bans: u64, first: Option<Timestamp>, until: Timestamp, minutes: u32) -> u64 {
    let watched = first.map_or(USUAL_SECS, |first| until.millis_since(first) / 1_000);
    let watched = u64::try_from(watched.clamp(SHORTEST_SECS, USUAL_SECS)).unwrap_or(1);
    let secs = u64::from(minutes).saturating_mul(60);
    bans.saturating_mul(100).saturating_mul(secs).checked_div(watched).unwrap_or(0)
}

/// Whether so many bans are more than `factor` times what is usual.
pub(super) fn is_unusual(bans: u64, usual_hundredths: u64, factor: u32, least_bans: u32) -> bool {
    let threshold = usual_hundredths.saturating_mul(u64::from(factor));
    bans >= u64::from(least_bans.max(1)) && bans.saturating_mul(100) > threshold
}

#[cfg(test)]
mod tests {
    use super::{is_unusual, usual_hundredths, wants};
    use crate::model::{
        BanEvent, BanId, BanKey, BanTime, Country, CountryCode, EventId, EventKind, JailName, Origin, Place,
        ServerId, Timestamp,
    };

    fn event(kind: EventKind, jail: &str, origin: Origin) -> BanEvent {
        let banned_at = Timestamp::from_secs(1_700_000_000);
        let jail = JailName::parse(jail).expect("a name");
        BanEvent {
            id: EventId(1),
            ban: EventId(1),
            server: ServerId::local(),
            kind,
            key: BanKey { jail, id: BanId::from_reported("192.0.2.1"), banned_at },
            occurred_at: banned_at,
            bantime: BanTime::Seconds(600),
            ban_count: None,
            failures: None,
            origin,
            by: None,
            reason: None,
            place: Place::default(),
        }
    }

    #[test]
    fn every_list_of_a_condition_has_to_fit() {
        let ban = event(EventKind::Ban, "sshd", Origin::Detected);
        let (sshd, nginx) = (JailName::parse("sshd").unwrap(), JailName::parse("nginx").unwrap());
        let nl = Country::Known(CountryCode::parse("NL").unwrap());
        assert!(wants(&ban, Country::Unknown, &[], &[], &[]));
        assert!(wants(
            &ban,
            nl,
            &[nginx.clone(), sshd.clone()],
            &[Country::Private, nl],
            &[Origin::Detected]
        ));
        assert!(!wants(&ban, nl, &[nginx], &[nl], &[]));
        assert!(!wants(&ban, Country::Unknown, &[], &[nl], &[]));
        assert!(!wants(&ban, nl, &[], &[], &[Origin::Manual]));
    }

    #[test]
    fn ends_are_no_bans_and_restored_ones_are_no_news() {
        assert!(!wants(&event(EventKind::Unban, "sshd", Origin::Manual), Country::Unknown, &[], &[], &[]));
        let restored = event(EventKind::Ban, "sshd", Origin::Restored);
        assert!(!wants(&restored, Country::Unknown, &[], &[], &[]));
        assert!(wants(&restored, Country::Unknown, &[], &[], &[Origin::Restored]));
    }

    #[test]
    fn usual_is_the_mean_of_what_was_watched() {
        let now = Timestamp::from_secs(1_700_000_000);
        let days_ago = |days: i64| Some(now.plus_secs(-days * 86_400));
        assert_eq!(usual_hundredths(168, days_ago(7), now, 60), 100);
        assert_eq!(usual_hundredths(168, days_ago(60), now, 60), 100);
        assert_eq!(usual_hundredths(48, days_ago(2), now, 60), 100);
        assert_eq!(usual_hundredths(24, days_ago(0), now, 60), 100, "a day, however little was watched");
        assert_eq!(usual_hundredths(0, None, now, 60), 0);
    }

    #[test]
    fn more_than_usual_is_more_than_a_multiple_and_than_a_floor() {
        assert!(!is_unusual(9, 100, 3, 10));
        assert!(is_unusual(10, 100, 3, 10));
        assert!(!is_unusual(30, 1_000, 3, 10));
        assert!(is_unusual(31, 1_000, 3, 10));
        assert!(!is_unusual(0, 0, 3, 0));
        assert!(is_unusual(1, 0, 3, 0));
    }
}
