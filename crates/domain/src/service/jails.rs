//! Questions about jails.

use std::sync::Arc;

use super::Watch;
use crate::ServiceError;
use crate::model::{JailDetail, JailName, JailsSeen};
use crate::ports::JailControl;

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

    /// One jail with its settings, asked of fail2ban now.
    pub async fn detail(&self, jail: &JailName) -> Result<JailDetail, ServiceError> {
        Ok(self.control.jail(jail).await?)
    }
}
