//! What is to be done and what became of it: the entries of the report, and what of them is still to be sent.

use std::collections::{HashMap, VecDeque};

use super::Verb;
use super::listed::Listed;
use super::part::{Bans, Question, Sent};
use crate::codec::Text;
use crate::command;
use crate::error::Error;
use crate::reply::{Entry, Outcome, Report};
use crate::types::{BanId, JailName};

/// What is sent once, for one entry or several.
pub(super) struct Unit {
    /// As it is sent.
    pub(super) id: BanId,
    /// Whether the jail bans it, as last seen.
    pub(super) banned: bool,
    entries: Vec<usize>,
}

pub(super) struct Work {
    verb: Verb,
    /// The one jail, or every one.
    jail: Option<JailName>,
    ids: Vec<BanId>,
    entries: Vec<Entry>,
    queue: VecDeque<(JailName, VecDeque<Unit>)>,
    settled: usize,
}

impl Work {
    pub(super) fn new(verb: Verb, jail: Option<JailName>, ids: Vec<BanId>) -> Self {
        let mut work = Self { verb, jail, ids, entries: Vec::new(), queue: VecDeque::new(), settled: 0 };
        if let Some(jail) = work.jail.clone() {
            work.enter(&jail);
        }
        work
    }

    fn enter(&mut self, jail: &JailName) {
        self.entries.extend(self.ids.iter().map(|id| Entry {
            jail: jail.clone(),
            id: id.clone(),
            outcome: Outcome::NotSent,
            spelling: None,
            covered_by: Vec::new(),
        }));
    }

    pub(super) fn verb(&self) -> Verb {
        self.verb
    }

    pub(super) fn report(&self) -> Report {
        Report { entries: self.entries.clone() }
    }

    /// How many entries are settled, of how many.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.settled, self.entries.len())
    }

    /// What must be known before anything is sent.
    pub(super) fn question(&self) -> Question {
        match (&self.jail, self.verb) {
            (None, _) => Question::Everywhere,
            (Some(jail), Verb::Ban) => Question::Among(jail.clone(), self.ids.clone()),
            (Some(jail), Verb::Unban) => Question::Jail(jail.clone()),
        }
    }

    /// What must be known in the end.
    pub(super) fn check(&self) -> Question {
        self.jail.clone().map_or(Question::Everywhere, Question::Jail)
    }

    /// Learns what is banned before.
    pub(super) fn found(&mut self, bans: &Bans) {
        for (jail, texts) in bans {
            let first = match self.jail {
                Some(_) => 0,
                None => self.entries.len(),
            };
            if self.jail.is_none() {
                self.enter(jail);
            }
            let units = self.units(first, texts);
            if !units.is_empty() {
                self.queue.push_back((jail.clone(), units));
            }
        }
    }

    /// What is to be sent for the entries from `first` on. What no jail bans need not be unbanned.
    fn units(&mut self, first: usize, bans: &[Text]) -> VecDeque<Unit> {
        let listed = Listed::new(bans);
        let mut units: VecDeque<Unit> = VecDeque::new();
        let mut places: HashMap<BanId, usize> = HashMap::new();
        for (index, entry) in self.entries.iter_mut().enumerate().skip(first) {
            let id = match (self.verb, listed.spelling(&entry.id)) {
                (Verb::Ban, _) => entry.id.clone(),
                (Verb::Unban, Some(spelling)) => spelling,
                (Verb::Unban, None) => {
                    entry.outcome = Outcome::Already;
                    entry.covered_by = listed.around(&entry.id);
                    self.settled += 1;
                    continue;
                }
            };
            if id != entry.id {
                entry.spelling = Some(id.clone());
            }
            if let Some(unit) = places.get(&id).and_then(|place| units.get_mut(*place)) {
                unit.entries.push(index);
            } else {
                places.insert(id.clone(), units.len());
                units.push_back(Unit { banned: listed.has(&id), id, entries: vec![index] });
            }
        }
        units
    }

    /// Takes the next part out, of at most `most`. Until it is settled, what becomes of it is unknown.
    pub(super) fn next_part(&mut self, most: usize) -> Option<(JailName, Vec<Unit>)> {
        let (jail, units) = self.queue.front_mut()?;
        let jail = jail.clone();
        let part: Vec<Unit> = units.drain(..most.min(units.len())).collect();
        if units.is_empty() {
            self.queue.pop_front();
        }
        for unit in &part {
            self.tell(unit, Outcome::Unknown);
        }
        Some((jail, part))
    }

    /// Whether nothing is left to be sent.
    pub(super) fn is_sent(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn drop_rest(&mut self) {
        self.queue.clear();
    }

    /// Learns what became of a part. Gives back the error that ends the work: where bans are lifted in all jails, one of
    /// them may go meanwhile.
    pub(super) fn settle(&mut self, sent: Sent) -> Option<Error> {
        let gone = self.jail.is_none() && matches!(sent.error, Some(Error::UnknownJail { .. }));
        for (unit, outcome) in sent.units.iter().zip(sent.outcomes) {
            self.close(unit, if gone { Outcome::Already } else { outcome });
        }
        if !gone {
            return sent.error;
        }
        if let Some((_, rest)) = self.queue.pop_front_if(|(jail, _)| *jail == sent.jail) {
            for unit in &rest {
                self.close(unit, Outcome::Already);
            }
        }
        None
    }

    fn close(&mut self, unit: &Unit, outcome: Outcome) {
        self.tell(unit, outcome);
        if outcome != Outcome::NotSent {
            self.settled += unit.entries.len();
        }
    }

    fn tell(&mut self, unit: &Unit, outcome: Outcome) {
        for index in &unit.entries {
            if let Some(entry) = self.entries.get_mut(*index) {
                entry.outcome = outcome;
            }
        }
    }

    /// Learns what is banned after all unbans.
    pub(super) fn checked(&mut self, bans: &Bans) {
        let lists: HashMap<&JailName, Listed<'_>> =
            bans.iter().map(|(jail, texts)| (jail, Listed::new(texts))).collect();
        let none = Listed::default();
        for entry in &mut self.entries {
            let listed = lists.get(&entry.jail).unwrap_or(&none);
            entry.outcome = match entry.outcome {
                Outcome::NotSent => Outcome::NotSent,
                _ if listed.has(entry.listed_as()) => Outcome::Failed,
                Outcome::Unknown => Outcome::Done,
                other => other,
            };
            entry.covered_by = listed.around(entry.listed_as());
        }
    }

    /// The error for work that ended early.
    pub(super) fn cut_short(&self, source: Error) -> Error {
        if self.entries.iter().all(|entry| entry.outcome != Outcome::Done) {
            return source;
        }
        let command = match (&self.jail, self.verb) {
            (Some(jail), Verb::Ban) => command::ban(jail, &[]).name(),
            (Some(jail), Verb::Unban) => command::unban(jail, &[]).name(),
            (None, _) => command::unban_everywhere(&[]).name(),
        };
        Error::PartlyDone { command, report: Box::new(self.report()), source: Box::new(source) }
    }
}
