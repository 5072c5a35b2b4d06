//! Stretches cover a period exactly and begin where the viewer's clock says, also where it jumps. The examples are of
//! years that no later database of time zones changes.

use bangui_domain::model::{Period, Timestamp};
use jiff::civil::{DateTime, Weekday};
use proptest::prelude::*;

use super::{Bucket, DAY, MINUTE};
use crate::wire::time::rfc3339;
use crate::zone::Zone;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn cut(bucket: Bucket, since: &str, until: &str, name: &str) -> Vec<String> {
    let zone = zone(name);
    let bounds = bucket.bounds(Period { since: at(since), until: at(until) }, &zone);
    bounds.iter().map(|bound| zone.rfc3339(*bound).replace(":00.000", "")).collect()
}

#[test]
fn days_have_the_hours_that_they_have() {
    assert_eq!(
        cut(Bucket::Day, "2018-10-27T08:00:00Z", "2018-10-29T12:00:00Z", "Europe/Berlin"),
        [
            "2018-10-27T10:00+02:00",
            "2018-10-28T00:00+02:00",
            "2018-10-29T00:00+01:00",
            "2018-10-29T13:00+01:00"
        ]
    );
    let hours = cut(Bucket::Hour, "2018-10-27T22:00:00Z", "2018-10-28T23:00:00Z", "Europe/Berlin");
    assert_eq!(hours.len() - 1, 25);
    assert_eq!(hours[2..5], ["2018-10-28T02:00+02:00", "2018-10-28T02:00+01:00", "2018-10-28T03:00+01:00"]);
    let hours = cut(Bucket::Hour, "2018-03-24T23:00:00Z", "2018-03-25T22:00:00Z", "Europe/Berlin");
    assert_eq!(hours.len() - 1, 23);
}

#[test]
fn a_clock_that_turns_by_half_an_hour_has_a_longer_stretch() {
    assert_eq!(
        cut(Bucket::Hour, "2018-03-31T14:00:00Z", "2018-03-31T17:30:00Z", "Australia/Lord_Howe"),
        [
            "2018-04-01T01:00+11:00",
            "2018-04-01T02:00+10:30",
            "2018-04-01T03:00+10:30",
            "2018-04-01T04:00+10:30"
        ]
    );
    assert_eq!(
        cut(Bucket::Hour, "2018-10-06T14:30:00Z", "2018-10-06T17:00:00Z", "Australia/Lord_Howe"),
        ["2018-10-07T01:00+10:30", "2018-10-07T03:00+11:00", "2018-10-07T04:00+11:00"]
    );
}

#[test]
fn a_day_that_was_skipped_is_none() {
    assert_eq!(
        cut(Bucket::Day, "2011-12-29T10:00:00Z", "2012-01-01T10:00:00Z", "Pacific/Apia"),
        [
            "2011-12-29T00:00-10:00",
            "2011-12-31T00:00+14:00",
            "2012-01-01T00:00+14:00",
            "2012-01-02T00:00+14:00"
        ]
    );
}

#[test]
fn a_day_begins_at_one_where_midnight_is_skipped_and_once_where_it_comes_twice() {
    let days = cut(Bucket::Day, "2018-11-03T03:00:00Z", "2018-11-05T02:00:00Z", "America/Sao_Paulo");
    assert_eq!(days, ["2018-11-03T00:00-03:00", "2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00"]);
    let quarters = cut(Bucket::QuarterDay, "2018-11-04T04:00:00Z", "2018-11-04T17:00:00Z", "America/Havana");
    assert_eq!(quarters, ["2018-11-04T00:00-04:00", "2018-11-04T06:00-05:00", "2018-11-04T12:00-05:00"]);
}

#[test]
fn months_and_weeks_begin_where_they_do() {
    let months = cut(Bucket::Month, "2026-01-31T12:00:00Z", "2026-04-01T00:00:00Z", "UTC");
    assert_eq!(
        months,
        [
            "2026-01-31T12:00+00:00",
            "2026-02-01T00:00+00:00",
            "2026-03-01T00:00+00:00",
            "2026-04-01T00:00+00:00"
        ]
    );
    let weeks = cut(Bucket::Week, "2026-11-22T00:00:00Z", "2026-11-30T12:00:00Z", "UTC");
    assert_eq!(weeks[1..3], ["2026-11-23T00:00+00:00", "2026-11-30T00:00+00:00"]);
}

const ZONES: [&str; 11] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
];

/// What tells the stretches of a bucket apart, by the calendar; the clock alone decides for hours and less.
fn part(bucket: Bucket, at: DateTime) -> Option<(i16, i8, i8, i8)> {
    let date = at.date();
    Some(match bucket {
        Bucket::Year => (date.year(), 0, 0, 0),
        Bucket::Month => (date.year(), date.month(), 0, 0),
        Bucket::Week => {
            let week = date.iso_week_date();
            (week.year(), week.week(), 0, 0)
        }
        Bucket::Day => (date.year(), date.month(), date.day(), 0),
        Bucket::QuarterDay => (date.year(), date.month(), date.day(), at.hour() / 6),
        _ => return None,
    })
}

proptest! {
    #[test]
    fn a_period_is_covered_once_by_stretches_that_begin_where_they_should(
        name in prop::sample::select(ZONES.to_vec()),
        since in 600_000_000_000..2_000_000_000_000_i64,
        power in 0.0..43.0_f64,
    ) {
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "any length will do")]
        let length = power.exp2() as i64 % (40 * 365 * DAY) + 1;
        let period = Period {
            since: Timestamp::from_millis(since),
            until: Timestamp::from_millis(since + length),
        };
        let zone = zone(name);
        let bucket = Bucket::fitting(period);
        let bounds = bucket.bounds(period, &zone);

        prop_assert!(bounds.len() >= 2 && bounds.len() <= 124, "{:?}: {}", bucket, bounds.len());
        prop_assert_eq!(bounds.first(), Some(&period.since));
        prop_assert_eq!(bounds.last(), Some(&period.until));
        prop_assert!(bounds.is_sorted_by(|a, b| a < b));

        for pair in bounds.windows(2) {
            let (begin, last) = (pair[0], pair[1].plus_millis(-1));
            let (from, to) = (zone.civil(begin).unwrap(), zone.civil(last).unwrap());
            prop_assert_eq!(part(bucket, from), part(bucket, to), "{:?} {} {}", bucket, from, to);
            let longest = bucket.millis() + 30 * MINUTE;
            prop_assert!(
                part(bucket, from).is_some() || pair[1].millis_since(begin) <= longest,
                "{:?} from {}", bucket, rfc3339(begin)
            );
        }
        for bound in &bounds[1..bounds.len() - 1] {
            let (here, before) = (zone.civil(*bound).unwrap(), zone.civil(bound.plus_millis(-1)).unwrap());
            let begins = match part(bucket, here) {
                Some(part_here) => Some(part_here) != part(bucket, before),
                None => super::into_day(here) % bucket.millis() == 0,
            };
            prop_assert!(begins, "{:?} at {}", bucket, here);
            if bucket == Bucket::Week {
                prop_assert_eq!(here.date().weekday(), Weekday::Monday);
            }
        }
    }
}
