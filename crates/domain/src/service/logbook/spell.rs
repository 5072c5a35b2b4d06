//! What is remembered of one address in one jail: its last failure, and the time for which it is banned.

use crate::model::{
    BanId, BanKey, BanTime, Course, JailName, Logged, LoggedBan, LoggedEnd, Origin, Timestamp,
};

/// Two logs that tell of the same moment differ by no more than this.
const SAME_MILLIS: i64 = 2_000;

/// One address in one jail.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// When the last failure was told, and when it happened.
    failure: Option<(Timestamp, Timestamp)>,
    /// The length of a ban that is about to be told: another thread of fail2ban tells it.
    longer: Option<Longer>,
    /// The ban.
    pub(super) spell: Option<Spell>,
}

#[derive(Debug, Clone, Copy)]
struct Longer {
    at: Timestamp,
    count: u32,
    until: Option<Timestamp>,
}

/// The time for which an address is banned in a jail.
#[derive(Debug)]
pub(super) struct Spell {
    /// How and when it began; `None` if that was not read.
    begun: Option<(Origin, Timestamp)>,
    acted_at: Timestamp,
    count: Option<u32>,
    bantime: Option<BanTime>,
    lifted_at: Option<Timestamp>,
}

impl Seen {
    pub(super) fn found(&mut self, at: Timestamp, failed_at: Timestamp) {
        let latest = self.failure.map_or(failed_at, |(_, before)| before.max(failed_at));
        self.failure = Some((at, latest));
    }

    /// Whether a failure was told that can have led to a ban at `at`.
    pub(super) fn has_found(&self, at: Timestamp, reach: i64) -> bool {
        self.failure.is_some_and(|(told, _)| at.millis_since(told) <= reach)
    }

    pub(super) fn longer(&mut self, at: Timestamp, count: u32, until: Option<Timestamp>) {
        let longer = Longer { at, count, until };
        match &mut self.spell {
            Some(spell) if spell.lifted_at.is_none() => spell.lengthen(longer),
            _ => self.longer = Some(longer),
        }
    }

    pub(super) fn lifted_at(&self) -> Option<Timestamp> {
        self.spell.as_ref()?.lifted_at
    }

    pub(super) fn lifted(&mut self, at: Timestamp, usual: Option<BanTime>) {
        let unread = || Spell { begun: None, acted_at: at, count: None, bantime: usual, lifted_at: None };
        let spell = self.spell.get_or_insert_with(unread);
        spell.lifted_at.get_or_insert(at);
    }

    /// Whether the ban that is told at `at` is the one that is in force: another log told it first, or the same one did in
    /// another copy.
    pub(super) fn is_same(&self, at: Timestamp) -> bool {
        self.spell.as_ref().is_some_and(|spell| {
            spell.lifted_at.is_none()
                && spell.begun.is_some()
                && at.millis_since(spell.acted_at).abs() <= SAME_MILLIS
        })
    }

    /// The ban goes on after a restart; answers whether there was one.
    pub(super) fn restored(&mut self, at: Timestamp) -> bool {
        let Some(spell) = &mut self.spell else { return false };
        if spell.begun.is_none() {
            spell.begun = Some((Origin::Restored, at));
            spell.acted_at = at;
        }
        spell.lifted_at = None;
        true
    }

    /// A ban begins: with its last failure, if one was told within `reach`.
    pub(super) fn begun(&mut self, at: Timestamp, none: Origin, usual: Option<BanTime>, reach: i64) {
        let failure = self.failure.take().filter(|(told, _)| at.millis_since(*told) <= reach);
        let (origin, banned_at) = match failure {
            Some((_, failed_at)) if none != Origin::Restored => (Origin::Detected, failed_at.min(at)),
            _ => (none, at),
        };
        let mut spell = Spell {
            begun: Some((origin, Timestamp::from_secs(banned_at.as_secs()))),
            acted_at: at,
            count: None,
            bantime: usual,
            lifted_at: None,
        };
        if let Some(longer) = self.longer.take().filter(|told| at.millis_since(told.at) <= SAME_MILLIS) {
            spell.lengthen(longer);
        }
        self.spell = Some(spell);
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.failure.is_none() && self.longer.is_none() && self.spell.is_none()
    }

    /// Whether all that is known is a failure that led to nothing.
    pub(super) fn is_idle(&self, now: Timestamp, reach: i64) -> bool {
        self.spell.is_none() && !self.has_found(now, reach)
    }
}

impl Spell {
    fn lengthen(&mut self, longer: Longer) {
        let Some((_, banned_at)) = self.begun else { return };
        self.count = Some(longer.count);
        self.bantime = Some(match longer.until {
            Some(until) => BanTime::from_fail2ban(until.as_secs().saturating_sub(banned_at.as_secs()).max(0)),
            None => BanTime::Permanent,
        });
    }

    pub(super) fn acted_at(&self) -> Timestamp {
        self.acted_at
    }

    /// What the log tells of how long it lasted, but for what it tells of its jail.
    pub(super) fn course(&self, read_to: Timestamp) -> Course {
        Course { bantime: self.bantime, lifted_at: self.lifted_at, stopped: false, back_at: None, read_to }
    }

    /// Whether it was lifted because its time was over, so that no restart brings it back.
    pub(super) fn is_over(&self) -> bool {
        let (Some((origin, banned_at)), Some(_), Some(lifted)) = (self.begun, self.bantime, self.lifted_at)
        else {
            return false;
        };
        let (_, end) = self.course(lifted).end(banned_at, None);
        origin != Origin::Restored && end.is_some_and(|(_, how)| how == Origin::Expired)
    }

    /// What it comes to.
    pub(super) fn told(self, jail: &JailName, id: &BanId, course: Course) -> Logged {
        let (jail, id) = (jail.clone(), id.clone());
        match self.begun {
            Some((origin, banned_at)) => Logged::Ban(LoggedBan {
                key: BanKey { jail, id, banned_at: Timestamp::from_secs(banned_at.as_secs()) },
                acted_at: self.acted_at,
                origin,
                ban_count: self.count,
                // How long a restored ban lasts after the restart does not say how long it was to last.
                course: if origin == Origin::Restored { Course { bantime: None, ..course } } else { course },
                place: None,
            }),
            None => Logged::End(LoggedEnd { jail, id, course }),
        }
    }
}
