//! Asks fail2ban whether it is there, and notes the answer.

use std::sync::Arc;

use super::Watch;
use crate::ServiceError;
use crate::ports::{ControlError, JailControl};

/// Probes the server.
pub struct Prober {
    control: Arc<dyn JailControl>,
    watch: Arc<Watch>,
}

impl Prober {
    /// Probes the server behind `control` and tells `watch`.
    pub fn new(control: Arc<dyn JailControl>, watch: Arc<Watch>) -> Self {
        Self { control, watch }
    }

    /// One probe. fail2ban being offline is an answer, not an error.
    pub async fn probe(&self) -> Result<(), ServiceError> {
        let question = self.watch.ask();
        let answer = self.control.probe().await;
        drop(question);
        match answer {
            Ok(probe) => {
                self.watch.online(probe);
                Ok(())
            }
            Err(ControlError::Offline(outage)) => {
                self.watch.offline(outage);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
