//! By how much fail2ban's times are read wrong. fail2ban prints what a clock on the wall shows, without a zone: read in
//! another zone than its own, every ban begins a whole number of quarter hours too early or too late. Pure.

use crate::model::{BanKey, Timestamp};

/// Zones differ by whole quarter hours.
const STEP_MILLIS: i64 = 900_000;
/// The zones that are farthest apart, UTC-12 and UTC+14, differ by 26 hours.
const MOST_STEPS: i64 = 104;
/// How long ago a ban that was just made can have begun: a filter stamps it with the time of the log line.
const FRESH_MILLIS: i64 = 120_000;
/// How far ahead of BanGUI's look a ban that was just made can be.
const AHEAD_MILLIS: i64 = 2_000;
/// The quarter hours of daylight saving.
const DAYLIGHT_SAVING: i64 = 4;

/// By how many quarter hours fail2ban's times are read too late; below zero: too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Offset(i64);

impl Offset {
    /// Times are read as they are meant.
    pub(super) const NONE: Self = Self(0);

    /// The offset at which a time that was read is this moment, but for rounding; `None` if no two zones differ so.
    pub(super) fn between(read: Timestamp, meant: Timestamp) -> Option<Self> {
        Self::within(
            read,
            meant.plus_millis(-BanKey::ROUNDING_MILLIS),
            meant.plus_millis(BanKey::ROUNDING_MILLIS),
        )
    }

    /// The offset at which a ban that was just made can have this time.
    pub(super) fn of_new(read: Timestamp, now: Timestamp) -> Option<Self> {
        Self::within(read, now.plus_millis(-FRESH_MILLIS), now.plus_millis(AHEAD_MILLIS))
    }

    /// The offset that moves what was read to between two moments, which are less than a quarter of an hour apart.
    fn within(read: Timestamp, from: Timestamp, to: Timestamp) -> Option<Self> {
        let steps = read.millis_since(from).div_euclid(STEP_MILLIS);
        let corrected = read.plus_millis(steps.saturating_mul(STEP_MILLIS).saturating_neg());
        (corrected <= to && steps.abs() <= MOST_STEPS).then_some(Self(steps))
    }

    /// The moment that was meant by what was read.
    pub(super) fn correct(self, read: Timestamp) -> Timestamp {
        read.plus_millis(self.0.saturating_mul(STEP_MILLIS).saturating_neg())
    }

    /// Whether what was made just now would be in the past when it is read so.
    pub(super) fn is_past(self) -> bool {
        self.0 < 0
    }

    fn is_an_hour_from(self, other: Self) -> bool {
        self.0.abs_diff(other.0) == DAYLIGHT_SAVING.unsigned_abs()
    }

    /// The offset in words: `1 h 30 min too late`.
    pub(super) fn words(self) -> String {
        let way = if self.is_past() { "too early" } else { "too late" };
        let quarters = self.0.unsigned_abs();
        let (hours, minutes) = (quarters / 4, quarters % 4 * 15);
        match (hours, minutes) {
            (0, minutes) => format!("{minutes} min {way}"),
            (hours, 0) => format!("{hours} h {way}"),
            (hours, minutes) => format!("{hours} h {minutes} min {way}"),
        }
    }
}

/// What one ban tells of the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clue {
    /// Its real beginning is known from fail2ban's database.
    Known(Timestamp, Offset),
    /// It was made just now.
    New(Offset),
    /// It appeared just now, and is neither of now nor off by what zones differ: bans are being restored.
    Odd,
}

/// What is believed of the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Belief {
    /// The offset.
    pub(super) offset: Offset,
    /// Whether a ban has proved it.
    pub(super) proved: bool,
    /// What the last new ban would mean, which one ban alone does not prove.
    suspected: Option<Offset>,
}

impl Belief {
    /// The belief after some clues.
    ///
    /// A ban whose real beginning is known proves its own offset, and the newest of them that of today: in a zone with
    /// daylight saving, older ones may have another one. A new ban proves that times are right, and by a time in the
    /// future that they are not. One in the past may have been restored, so that two in a row have to agree, unless
    /// it is the hour of daylight saving from an offset that is known.
    pub(super) fn after(self, clues: &[Clue], now: Timestamp) -> Self {
        let restoring = clues.contains(&Clue::Odd);
        let mut newest: Option<(Timestamp, Offset)> = None;
        let mut suspected = Vec::new();
        for clue in clues {
            let found = match *clue {
                Clue::Known(at, offset) => Some((at, offset)),
                Clue::New(offset) if restoring && offset != Offset::NONE => None,
                Clue::New(offset) if self.is_proved(offset) => Some((now, offset)),
                Clue::New(offset) => {
                    suspected.push(offset);
                    None
                }
                Clue::Odd => None,
            };
            if found.is_some_and(|(at, _)| newest.is_none_or(|(known, _)| known <= at)) {
                newest = found;
            }
        }
        if let Some((_, offset)) = newest {
            return Self::proved(offset);
        }
        // What appears together was restored together, as likely as not: it counts once.
        let agreed = suspected.first().filter(|first| suspected.iter().all(|offset| offset == *first));
        match agreed {
            Some(offset) if self.suspected == Some(*offset) => Self::proved(*offset),
            Some(offset) => Self { suspected: Some(*offset), ..self },
            None => self,
        }
    }

    fn proved(offset: Offset) -> Self {
        Self { offset, proved: true, suspected: None }
    }

    fn is_proved(self, offset: Offset) -> bool {
        let known = self.offset != Offset::NONE && offset.is_an_hour_from(self.offset);
        !offset.is_past() || offset == self.offset || known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Belief, Clue, Offset};
    use crate::model::Timestamp;

    const NOW: Timestamp = Timestamp::from_secs(1_780_000_000);

    fn secs(offset: i64) -> i64 {
        offset * 900
    }

    fn new(offset: i64, age: i64) -> Clue {
        Offset::of_new(NOW.plus_secs(secs(offset) - age), NOW).map_or(Clue::Odd, Clue::New)
    }

    #[test]
    fn offsets_are_told_in_words() {
        assert_eq!(Offset(4).words(), "1 h too late");
        assert_eq!(Offset(-19).words(), "4 h 45 min too early");
        assert_eq!(Offset(2).words(), "30 min too late");
    }

    #[test]
    fn one_ban_in_the_past_proves_nothing_and_two_do() {
        let once = Belief::default().after(&[new(-20, 1)], NOW);
        assert_eq!(once.offset, Offset::NONE);
        assert_eq!(once.after(&[new(-20, 3)], NOW).offset, Offset(-20));
        assert_eq!(once.after(&[new(-12, 3)], NOW).offset, Offset::NONE);
        // The next ban is of now: nothing is wrong.
        assert_eq!(once.after(&[new(0, 3)], NOW), Belief::proved(Offset::NONE));
    }

    #[test]
    fn bans_that_are_restored_prove_nothing() {
        let batch = [new(-20, 1), new(-20, 400), new(-20, 2)];
        assert_eq!(Belief::default().after(&batch, NOW), Belief::default());
    }

    #[test]
    fn daylight_saving_moves_a_known_offset() {
        let summer = Belief::proved(Offset(-16));
        assert_eq!(summer.after(&[new(-20, 1)], NOW).offset, Offset(-20));
        let old = Clue::Known(NOW.plus_secs(-86_400), Offset(-16));
        assert_eq!(summer.after(&[old, new(-20, 1)], NOW).offset, Offset(-20));
    }

    proptest! {
        #[test]
        fn the_offset_of_a_known_ban_is_found_and_undone(
            steps in -104_i64..=104, real in 0_i64..4_000_000_000, rounding in -1_i64..=1,
        ) {
            let real = Timestamp::from_secs(real);
            let read = real.plus_secs(secs(steps) + rounding);
            let offset = Offset::between(read, real);
            prop_assert_eq!(offset, Some(Offset(steps)));
            let corrected = offset.unwrap_or_default().correct(read);
            prop_assert!(corrected.millis_since(real).abs() <= 1_000);
            prop_assert_eq!(Belief::default().after(&[Clue::Known(real, Offset(steps))], NOW).offset, Offset(steps));
        }

        #[test]
        fn what_no_zones_explain_is_no_offset(real in 0_i64..4_000_000_000, off in -200_000_i64..200_000) {
            let real = Timestamp::from_secs(real);
            let rest = off.rem_euclid(900);
            let found = Offset::between(real.plus_secs(off), real);
            prop_assert_eq!(found.is_some(), (rest <= 1 || rest == 899) && off.abs() <= 104 * 900 + 1);
        }

        #[test]
        fn new_bans_find_the_offset(steps in -104_i64..=104, ages in prop::collection::vec(0_i64..120, 2..5)) {
            let mut belief = Belief::default();
            for age in ages {
                belief = belief.after(&[new(steps, age)], NOW);
            }
            prop_assert_eq!(belief.offset, Offset(steps));
        }

        #[test]
        fn a_right_zone_is_never_doubted_where_the_database_agrees(
            bans in prop::collection::vec((0_i64..10_000_000, -1_i64..=1), 1..20), odd in any::<bool>(),
        ) {
            let mut clues: Vec<Clue> = bans
                .into_iter()
                .filter_map(|(age, rounding)| {
                    let real = NOW.plus_secs(-age);
                    Offset::between(real.plus_secs(rounding), real).map(|offset| Clue::Known(real, offset))
                })
                .collect();
            clues.extend(odd.then_some(Clue::Odd));
            prop_assert_eq!(Belief::default().after(&clues, NOW).offset, Offset::NONE);
        }

        #[test]
        fn a_zone_that_is_set_right_is_believed_at_once(steps in -104_i64..=104, age in 0_i64..120) {
            let wrong = Belief::proved(Offset(steps));
            prop_assert_eq!(wrong.after(&[new(0, age)], NOW), Belief::proved(Offset::NONE));
        }
    }
}
