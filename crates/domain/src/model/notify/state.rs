//! Where rules stand between two looks: what is gathered and not sent yet, and what was told already.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Condition, Digest, Note, RuleSpec};
use crate::model::Timestamp;

/// How much of what happened is told one by one.
const NOTES: usize = 20;
/// How many jails or countries are counted by name.
const NAMES: usize = 50;
/// Under this name are counted those beyond.
const OTHERS: &str = "others";

/// Where all rules stand, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NotifyState {
    /// The rules that have a state.
    pub rules: BTreeMap<i64, RuleState>,
}

/// What waits to be sent as one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathered {
    /// When the first of it was noticed.
    pub since: Timestamp,
    /// When the last of it was noticed.
    pub until: Timestamp,
    /// How much it is.
    pub count: u64,
    /// The first of it.
    pub notes: Vec<Note>,
    /// Bans by jail.
    pub jails: BTreeMap<String, u64>,
    /// Bans by country.
    pub countries: BTreeMap<String, u64>,
    /// The end of an outage is among it, which waits for nothing: whoever was told that fail2ban is away goes on believing it.
    #[serde(default)]
    pub urgent: bool,
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleState {
    /// What it waited for when this was noted: another condition begins anew.
    pub condition: Condition,
    /// How many messages it has made.
    pub messages: i64,
    /// When it made the last.
    pub last_at: Option<Timestamp>,
    /// What waits.
    pub gathered: Option<Gathered>,
    /// When bans were last counted for it.
    pub counted_at: Option<Timestamp>,
    /// That more than usual is banned, or that fail2ban is away since then, was told.
    pub told: Option<Timestamp>,
    /// The jails whose silence was told.
    pub silent: BTreeSet<String>,
}

impl RuleState {
    /// A rule that begins to wait for something.
    pub fn new(condition: Condition) -> Self {
        Self {
            condition,
            messages: 0,
            last_at: None,
            gathered: None,
            counted_at: None,
            told: None,
            silent: BTreeSet::new(),
        }
    }

    /// Something happened that the rule waits for.
    pub fn gather(&mut self, note: Note, now: Timestamp) {
        let gathered = self.gathered.get_or_insert_with(|| Gathered {
            since: now,
            until: now,
            count: 0,
            notes: Vec::new(),
            jails: BTreeMap::new(),
            countries: BTreeMap::new(),
            urgent: false,
        });
        gathered.until = now;
        gathered.urgent |= matches!(note, Note::Online { .. });
        gathered.count = gathered.count.saturating_add(1);
        if let Note::Ban { jail, country, .. } = &note {
            count(&mut gathered.jails, jail);
            count(&mut gathered.countries, country);
        }
        if gathered.notes.len() < NOTES {
            gathered.notes.push(note);
        }
    }

    /// The next message, if it is due: it has waited for more long enough, and so has the rule since its last. The end of an
    /// outage is due at once, and by itself holds back nothing that comes after it. A clock that was set back makes nothing
    /// wait longer than it would have.
    pub fn due(&mut self, spec: &RuleSpec, now: Timestamp) -> Option<Digest> {
        let waited = |since: Timestamp, secs: u32| {
            let millis = now.millis_since(since);
            millis < 0 || millis >= i64::from(secs).saturating_mul(1_000)
        };
        let gathered = self.gathered.as_ref()?;
        let is_due = waited(gathered.since, spec.group_secs)
            && self.last_at.is_none_or(|last| waited(last, spec.throttle_secs));
        if !is_due && !gathered.urgent {
            return None;
        }
        // Held back: the message before it is so recent that this one could not have come when its group was whole.
        let grouped_at = gathered.since.plus_secs(i64::from(spec.group_secs));
        let throttled = now.millis_since(grouped_at) > 0
            && self.last_at.is_some_and(|last| {
                last.plus_secs(i64::from(spec.throttle_secs)).millis_since(grouped_at) > 0
            });
        let Gathered { since, until, count, notes, jails, countries, urgent } = self.gathered.take()?;
        self.messages = self.messages.saturating_add(1);
        if !urgent || count > 1 {
            self.last_at = Some(now);
        }
        Some(Digest { rule: spec.name.clone(), count, since, until, notes, jails, countries, throttled })
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    let name = if counts.len() >= NAMES && !counts.contains_key(name) { OTHERS } else { name };
    let count = counts.entry(name.to_owned()).or_default();
    *count = count.saturating_add(1);
}

#[cfg(test)]
mod tests {
    use super::{Condition, NOTES, Note, RuleSpec, RuleState, Timestamp};

    fn spec(group_secs: u32, throttle_secs: u32) -> RuleSpec {
        let condition = Condition::Offline { secs: 1 };
        let name = "rule".to_owned();
        RuleSpec { name, enabled: true, condition, channels: Vec::new(), group_secs, throttle_secs }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 + secs)
    }

    fn gather(state: &mut RuleState, secs: i64) {
        state.gather(Note::Silent { jail: "sshd".to_owned(), hours: 1 }, at(secs));
    }

    #[test]
    fn a_message_waits_for_more_and_then_tells_all_of_it() {
        let (mut state, spec) = (RuleState::new(Condition::Offline { secs: 1 }), spec(30, 0));
        assert_eq!(state.due(&spec, at(0)), None);
        gather(&mut state, 0);
        gather(&mut state, 29);
        assert_eq!(state.due(&spec, at(29)), None);
        let digest = state.due(&spec, at(30)).expect("due");
        assert_eq!((digest.count, digest.since, digest.until, digest.throttled), (2, at(0), at(29), false));
        assert_eq!(state.due(&spec, at(60)), None);
    }

    #[test]
    fn what_is_held_back_is_told_in_the_next_message() {
        let (mut state, spec) = (RuleState::new(Condition::Offline { secs: 1 }), spec(0, 600));
        gather(&mut state, 0);
        assert_eq!(state.due(&spec, at(0)).map(|digest| digest.throttled), Some(false));
        for secs in 1..=40 {
            gather(&mut state, secs);
            assert_eq!(state.due(&spec, at(secs)), None);
        }
        let digest = state.due(&spec, at(600)).expect("due");
        assert_eq!((digest.count, digest.notes.len(), digest.throttled), (40, NOTES, true));
        assert_eq!(state.messages, 2);
        gather(&mut state, 2_000);
        assert_eq!(state.due(&spec, at(2_000)).map(|digest| digest.throttled), Some(false));
    }

    #[test]
    fn the_end_of_an_outage_waits_for_nothing_and_holds_nothing_back() {
        let online = |secs: i64| Note::Online { since: at(0), at: at(secs) };
        let (mut state, spec) = (RuleState::new(Condition::Offline { secs: 1 }), spec(30, 600));
        gather(&mut state, 0);
        assert!(state.due(&spec, at(30)).is_some());
        state.gather(online(40), at(40));
        let back = state.due(&spec, at(40)).expect("neither the group nor the throttle is waited for");
        assert_eq!((back.count, back.throttled), (1, false));

        gather(&mut state, 100);
        assert_eq!(state.due(&spec, at(629)), None, "the next outage waits for the message of the first");
        state.gather(online(629), at(629));
        let both = state.due(&spec, at(629)).expect("its end brings it along");
        assert_eq!((both.count, both.throttled), (2, true));
        gather(&mut state, 700);
        assert_eq!(state.due(&spec, at(1_228)), None, "a message that tells an outage counts");
        assert!(state.due(&spec, at(1_229)).is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_back() {
        let (mut state, spec) = (RuleState::new(Condition::Offline { secs: 1 }), spec(30, 600));
        gather(&mut state, 0);
        assert!(state.due(&spec, at(-100_000)).is_some());
        gather(&mut state, -100_001);
        assert!(state.due(&spec, at(-200_000)).is_some());
    }
}
