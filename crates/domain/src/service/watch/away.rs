//! For how long fail2ban has been away, whatever the clock was set to meanwhile.

use std::sync::Arc;
use std::time::Duration;

use super::{Seen, Watch};
use crate::model::Fail2banState;

impl Seen {
    /// Puts a new state in place, at `up`; answers the one before.
    pub(super) fn turn(&mut self, state: Arc<Fail2banState>, up: i64) -> Arc<Fail2banState> {
        if std::mem::discriminant(&*self.state) != std::mem::discriminant(&*state) {
            self.turned_up = up;
        }
        std::mem::replace(&mut self.state, state)
    }
}

impl Watch {
    /// For how long fail2ban has been away, as far as this process knows; `None` while it answers.
    pub fn away_for(&self) -> Option<Duration> {
        let up = self.up();
        let seen = self.read();
        let away = matches!(&*seen.state, Fail2banState::Offline { .. });
        away.then(|| {
            Duration::from_millis(u64::try_from(up.saturating_sub(seen.turned_up)).unwrap_or_default())
        })
    }
}
