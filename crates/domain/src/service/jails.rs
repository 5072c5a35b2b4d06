//! Questions about jails.

use std::sync::Arc;

use super::Watch;
use crate::ServiceError;
use crate::model::{JailDetail, JailName, JailSettings, JailsSeen, Timestamp};
use crate::ports::{ControlError, JailControl};

/// Shows jails.
pub struct JailService {
    control: Arc<dyn JailControl>,
    watch: Arc<Watch>,
}

impl JailService {
    /// Jails of the server behind `control`, counted by `watch`.
    pub fn new(control: Arc<dyn JailControl>, watch: Arc<Watch>) -> Self {
        Self { control, watch }
    }

    /// All jails as last counted, without asking fail2ban. `None` if it never answered.
    pub fn list(&self) -> Option<JailsSeen> {
        self.watch.jails()
    }

    /// The present moment, as the run-time state counts it.
    pub fn now(&self) -> Timestamp {
        self.watch.now()
    }

    /// One jail with its settings, asked of fail2ban now. Where fail2ban refuses to tell of it, what is known without asking.
    pub async fn detail(&self, jail: &JailName) -> Result<JailDetail, ServiceError> {
        let refused = match self.control.jail(jail).await {
            Err(ControlError::Refused(refused)) => refused,
            answered => return Ok(answered?),
        };
        let seen = self.watch.jails();
        let counted = seen.iter().flat_map(|seen| &*seen.jails).find(|counted| counted.name == *jail);
        let Some(counters) = counted.cloned() else { return Err(ControlError::Refused(refused).into()) };
        let state = self.watch.state();
        let log = state.log_of(jail);
        Ok(JailDetail {
            counters,
            file_list: log.iter().flat_map(|log| &log.files).map(|file| file.path.clone()).collect(),
            log_told: log.is_some(),
            journal_matches: log.map(|log| log.journal.clone()).unwrap_or_default(),
            settings: JailSettings::default(),
            unreadable: vec![refused],
        })
    }
}
