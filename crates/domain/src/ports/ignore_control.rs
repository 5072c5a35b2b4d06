//! What the jails of a fail2ban ignore (`ignoreip`).

use async_trait::async_trait;

use super::ControlError;
use crate::model::{JailName, Target};

/// What one jail ignores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreList {
    /// The jail.
    pub jail: JailName,
    /// Addresses, networks, names and files as fail2ban spells them, in an order that varies from call to call.
    pub entries: Vec<String>,
    /// Why they cannot be read, where they cannot; there are none then.
    pub unreadable: Option<String>,
}

/// Asks and changes what jails ignore. What is changed is forgotten when fail2ban reloads the jail.
#[async_trait]
pub trait IgnoreControl: Send + Sync {
    /// The lists of all jails, by name. One that cannot be read costs itself alone.
    async fn ignored(&self) -> Result<Vec<IgnoreList>, ControlError>;

    /// Makes a jail ignore these. What it ignores already stays once.
    async fn ignore(&self, jail: &JailName, targets: &[Target]) -> Result<(), ControlError>;

    /// Makes a jail ignore these no more. What it does not ignore is passed over.
    async fn stop_ignoring(&self, jail: &JailName, targets: &[Target]) -> Result<(), ControlError>;
}
