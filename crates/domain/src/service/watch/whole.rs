//! The run-time state as one value, which the leader tells and the other processes take over.

use std::sync::Arc;

use super::Watch;
use crate::model::RuntimeState;

impl Watch {
    /// All that is known, with its age; `None` before fail2ban was first asked.
    pub fn runtime(&self) -> Option<RuntimeState> {
        let (now, problems) = (self.up(), self.problems());
        let seen = self.read();
        let age_millis = now.saturating_sub(seen.asked_up?).max(0);
        Some(RuntimeState {
            fail2ban: Arc::clone(&seen.state),
            jails: seen.jails.clone(),
            jobs: Arc::clone(&seen.jobs),
            problems,
            catch_up: seen.catch_up.clone(),
            age_millis,
        })
    }

    /// Takes over what another process knows, unless what is known here is newer.
    pub fn follow(&self, theirs: RuntimeState) {
        let asked_up = self.up().saturating_sub(theirs.age_millis.max(0));
        self.polls.add();
        let mut seen = self.write();
        seen.jobs = theirs.jobs;
        seen.catch_up = theirs.catch_up;
        if seen.own && seen.asked_up.is_some_and(|ours| asked_up <= ours) {
            return;
        }
        (seen.asked_up, seen.own) = (Some(asked_up), false);
        let before = seen.turn(Arc::clone(&theirs.fail2ban), self.up());
        let counted = theirs.jails.and_then(|jails| seen.count(jails));
        let other_problems = seen.problems.replace(&theirs.problems);
        drop(seen);
        if !self.tell_state(&before, theirs.fail2ban) && other_problems {
            self.tell_problems();
        }
        self.tell_jails(counted);
    }
}
