//! Makes bans of the lines of fail2ban's log. A jail bans an address at most once at a time, so that lines of one jail and
//! address follow each other; what was banned when a log begins, or is when it ends, is told as far as it goes. Pure, and
//! bounded in what it remembers.

mod jails;
mod spell;

use std::collections::HashMap;

use self::jails::Jails;
use self::spell::{Seen, Spell};
use crate::model::{BanId, JailName, LogEntry, LogSaid, LogWord, Logged, Origin, Timestamp};

/// A filter's ban follows its last failure within this time, also under load.
const REACH_MILLIS: i64 = 600_000;
/// Without a failure for this long, a log seems not to tell failures.
const SILENT_MILLIS: i64 = 86_400_000;
/// A lifted ban is not restored after this time, if room is needed.
const RESTORED_WITHIN_MILLIS: i64 = 86_400_000;
/// What BanGUI has seen in this time may still be on its way into the history.
const SETTLING_MILLIS: i64 = 600_000;
/// Addresses of jails that are remembered at a time.
const ROOM: usize = 100_000;

/// Reads a log, line by line in the order of time.
#[derive(Debug)]
pub struct Logbook {
    until: Timestamp,
    room: usize,
    seen: HashMap<JailName, HashMap<BanId, Seen>>,
    count: usize,
    jails: Jails,
    /// When failures were told for the first time, and for the last.
    failures: Option<(Timestamp, Timestamp)>,
    read_to: Timestamp,
    told: Vec<Logged>,
    left: u64,
}

impl Logbook {
    /// Takes what a server that has watched until `watched` has not seen for itself, or what is settled by now.
    pub fn of_unwatched(watched: Timestamp) -> Self {
        Self::new(watched.plus_millis(-SETTLING_MILLIS))
    }

    /// Takes bans that were made until `until`, and leaves later ones alone.
    pub fn new(until: Timestamp) -> Self {
        Self::with_room(until, ROOM)
    }

    /// The same, with another number of addresses that are remembered.
    pub fn with_room(until: Timestamp, room: usize) -> Self {
        Self {
            until,
            room,
            seen: HashMap::new(),
            count: 0,
            jails: Jails::default(),
            failures: None,
            read_to: Timestamp::from_millis(i64::MIN),
            told: Vec::new(),
            left: 0,
        }
    }

    /// How many bans were left alone.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Takes a line into account.
    pub fn read(&mut self, entry: LogEntry) {
        let LogEntry { at, said } = entry;
        self.read_to = self.read_to.max(at);
        match said {
            LogSaid::Address(jail, id, word) => self.address(at, jail, id, word),
            other => self.jails.read(at, other),
        }
        if self.count > self.room {
            self.make_room();
        }
    }

    /// What has been told so far: of one jail and address in the order of time.
    pub fn take(&mut self) -> Vec<Logged> {
        std::mem::take(&mut self.told)
    }

    /// Tells all that is still open: nothing more comes.
    pub fn finish(&mut self) -> Vec<Logged> {
        self.settle(|_| true);
        self.take()
    }

    fn address(&mut self, at: Timestamp, jail: JailName, id: BanId, word: LogWord) {
        if matches!(word, LogWord::Found(_)) {
            let (first, last) = self.failures.unwrap_or((at, at));
            self.failures = Some((first, last.max(at)));
        }
        let usual = self.jails.bantime(&jail);
        let is_manual = self.tells_failures(at);
        let mut seen = self.entry(&jail, &id);
        match word {
            LogWord::Found(failed_at) => seen.found(at, failed_at),
            LogWord::Increase(count, until) => seen.longer(at, count, until),
            LogWord::Unban => {
                // What has begun too late to be taken ends unread.
                if seen.spell.is_some() || at <= self.until {
                    seen.lifted(at, usual);
                }
            }
            LogWord::Ban | LogWord::Restore => {
                let restored = word == LogWord::Restore
                    || (!self.jails.tells_restored()
                        && !seen.has_found(at, REACH_MILLIS)
                        && seen.lifted_at().is_some_and(|lifted| self.jails.stopped(&jail, lifted)));
                if !(seen.is_same(at) || restored && seen.restored(at)) {
                    let spell = seen.spell.take();
                    self.tell(&jail, &id, spell, at);
                    if at <= self.until {
                        let none = if is_manual { Origin::Manual } else { Origin::Detected };
                        let origin = if restored { Origin::Restored } else { none };
                        seen.begun(at, origin, usual, REACH_MILLIS);
                    } else if !restored {
                        self.left += 1;
                    }
                }
            }
        }
        // A ban that is over by its length cannot be restored.
        if seen.spell.as_ref().is_some_and(Spell::is_over) {
            let spell = seen.spell.take();
            self.tell(&jail, &id, spell, at);
        }
        if !seen.is_empty() {
            self.count += 1;
            self.seen.entry(jail).or_default().insert(id, seen);
        }
    }

    /// What is remembered of an address, taken out.
    fn entry(&mut self, jail: &JailName, id: &BanId) -> Seen {
        let found = self.seen.get_mut(jail).and_then(|ids| ids.remove(id));
        if found.is_some() {
            self.count -= 1;
        }
        found.unwrap_or_default()
    }

    /// Whether a ban at `at` that no failure came before was made by hand: the log tells failures, and told them before.
    fn tells_failures(&self, at: Timestamp) -> bool {
        self.failures.is_some_and(|(first, last)| {
            at.millis_since(first) >= REACH_MILLIS && at.millis_since(last) <= SILENT_MILLIS
        })
    }

    fn tell(&mut self, jail: &JailName, id: &BanId, spell: Option<Spell>, read_to: Timestamp) {
        let Some(spell) = spell else { return };
        let mut course = spell.course(read_to);
        if let Some(lifted) = course.lifted_at {
            course.stopped = self.jails.stopped(jail, lifted);
            course.back_at = self.jails.back_at(jail, lifted);
        }
        self.told.push(spell.told(jail, id, course));
    }

    /// Forgets failures that led to nothing, then bans that will hardly be restored, then all that have ended, then all.
    fn make_room(&mut self) {
        let now = self.read_to;
        let enough = self.room - self.room / 4;
        let long_ago = |seen: &Seen| {
            seen.lifted_at().is_some_and(|lifted| now.millis_since(lifted) > RESTORED_WITHIN_MILLIS)
        };
        self.settle(|seen| long_ago(seen) || seen.is_idle(now, REACH_MILLIS));
        if self.count > enough {
            self.settle(|seen| seen.lifted_at().is_some());
        }
        if self.count > enough {
            self.settle(|_| true);
        }
    }

    fn settle(&mut self, which: impl Fn(&Seen) -> bool) {
        let mut spells = Vec::new();
        for (jail, ids) in &mut self.seen {
            for (id, seen) in ids.extract_if(|_, seen| which(seen)) {
                self.count -= 1;
                if let Some(spell) = seen.spell {
                    spells.push((jail.clone(), id, spell));
                }
            }
        }
        // Oldest first, so that what is kept does not depend on the order of a map.
        spells.sort_by(|a, b| (a.2.acted_at(), &a.0, &a.1).cmp(&(b.2.acted_at(), &b.0, &b.1)));
        let read_to = self.read_to;
        for (jail, id, spell) in spells {
            self.tell(&jail, &id, Some(spell), read_to);
        }
    }
}
