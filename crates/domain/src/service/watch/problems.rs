//! The problems of a server that answers: who finds one notes it here, and whoever finds it gone takes it away.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Watch;
use crate::model::{JailCounters, JailName, LiveEvent, Problem, ProblemCode, Timestamp};

/// The longest detail and hint in characters: a server can say anything, and all of it is shown and published.
const LONGEST: usize = 1_000;

/// The problems by jail and code, those of the server first.
#[derive(Debug, Default)]
pub(super) struct Problems(BTreeMap<(Option<JailName>, ProblemCode), Problem>);

impl Problems {
    /// Notes a problem. It keeps the time since when it is known. Answers whether anything is new about it.
    fn put(&mut self, problem: Problem) -> bool {
        let key = (problem.jail.clone(), problem.code);
        match self.0.get_mut(&key) {
            Some(known) if known.detail == problem.detail && known.hint == problem.hint => false,
            Some(known) => {
                *known = Problem { since: known.since, ..problem };
                true
            }
            None => self.0.insert(key, problem).is_none(),
        }
    }

    /// Those of jails that run, and of the server. Answers whether some are gone.
    pub(super) fn retain_jails(&mut self, running: &[JailCounters]) -> bool {
        let before = self.0.len();
        self.0.retain(|(jail, _), _| {
            jail.as_ref().is_none_or(|jail| running.iter().any(|counted| counted.name == *jail))
        });
        self.0.len() != before
    }

    /// All of them as another process tells them. Answers whether they differ from what was known.
    pub(super) fn replace(&mut self, theirs: &[Problem]) -> bool {
        let theirs = theirs.iter().map(|problem| ((problem.jail.clone(), problem.code), problem.clone()));
        let before = std::mem::replace(&mut self.0, theirs.collect());
        self.0 != before
    }

    pub(super) fn list(&self) -> Arc<[Problem]> {
        self.0.values().cloned().collect()
    }
}

impl Watch {
    /// Something is wrong with `jail`, or with the server as a whole; `detail` says what, in the server's words where it
    /// said something. The hint is the code's own.
    pub fn problem(&self, code: ProblemCode, jail: Option<&JailName>, detail: impl Into<String>) {
        self.problem_with_hint(code, jail, detail, code.hint());
    }

    /// As [`Self::problem`], where this very problem has a better hint than its code.
    pub fn problem_with_hint(
        &self,
        code: ProblemCode,
        jail: Option<&JailName>,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let since: Timestamp = self.clock.now();
        let (detail, hint) = (shortened(detail.into()), shortened(hint.into()));
        let problem = Problem { code, jail: jail.cloned(), detail, hint, since };
        let line = problem.clone();
        if self.write().problems.put(problem) {
            let jail = jail.map_or("", JailName::as_str);
            tracing::warn!(code = code.as_str(), jail, "{} {}", line.detail, line.hint);
            self.tell_problems();
        }
    }

    /// What `code` says of `jail`, or of the server as a whole, is not so, or no longer.
    pub fn solved(&self, code: ProblemCode, jail: Option<&JailName>) {
        let gone = self.write().problems.0.remove(&(jail.cloned(), code));
        if let Some(gone) = gone {
            let jail = jail.map_or("", JailName::as_str);
            tracing::info!(code = code.as_str(), jail, since = gone.since.as_millis(), "a problem is gone");
            self.tell_problems();
        }
    }

    /// What was found of `code` in all jails: these have the problem, and the others do not.
    pub fn found(&self, code: ProblemCode, jails: &[(JailName, String)]) {
        let known: Vec<JailName> = self
            .read()
            .problems
            .0
            .keys()
            .filter(|key| key.1 == code)
            .filter_map(|key| key.0.clone())
            .collect();
        for jail in known.iter().filter(|known| !jails.iter().any(|(jail, _)| jail == *known)) {
            self.solved(code, Some(jail));
        }
        for (jail, detail) in jails {
            self.problem(code, Some(jail), detail);
        }
    }

    /// The problems, those of the server first, then by jail, each time the weightiest first. There are none while fail2ban
    /// does not answer: that is an outage.
    pub fn problems(&self) -> Arc<[Problem]> {
        let seen = self.read();
        if seen.state.is_online() { seen.problems.list() } else { Arc::default() }
    }

    /// Whoever watches is told the state anew, with its problems.
    pub(super) fn tell_problems(&self) {
        let (state, problems) = (self.state(), self.problems());
        if state.is_online() {
            self.tell(LiveEvent::State { state, problems });
        }
    }
}

/// The text, cut off where it is too long to be shown.
fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
