//! How the reading of fail2ban's database goes on: whoever reads it notes it here.

use super::Watch;
use crate::model::CatchUp;

impl Watch {
    /// How the reading of fail2ban's database goes on; `None` where all of it is read, or none.
    pub fn catch_up(&self) -> Option<CatchUp> {
        self.read().catch_up.clone()
    }

    /// Notes how it goes on.
    pub(in crate::service) fn catches_up(&self, catch_up: Option<CatchUp>) {
        self.write().catch_up = catch_up;
    }
}
