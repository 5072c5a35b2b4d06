//! The allowlist as it is kept, and what fail2ban was told of it.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{AllowEntry, AllowId, AllowSpec, JailName, ServerId, Target};

/// Keeps the allowlist.
#[async_trait]
pub trait AllowStore: Send + Sync {
    /// All entries, those that are over too; newest first.
    async fn allowed(&self, server: &ServerId) -> Result<Vec<AllowEntry>, StoreError>;

    /// Adds an entry. [`StoreError::Conflict`] if there is one of the same target in the same jail.
    async fn allow(&self, server: &ServerId, spec: &AllowSpec) -> Result<AllowEntry, StoreError>;

    /// Removes an entry; answers whether it was there.
    async fn disallow(&self, server: &ServerId, id: AllowId) -> Result<bool, StoreError>;

    /// What BanGUI itself has made jails ignore.
    async fn told(&self, server: &ServerId) -> Result<Vec<(JailName, Target)>, StoreError>;

    /// Notes that BanGUI makes a jail ignore these; what is noted already stays once.
    async fn note_told(
        &self,
        server: &ServerId,
        jail: &JailName,
        targets: &[Target],
    ) -> Result<(), StoreError>;

    /// Forgets that BanGUI made a jail ignore these.
    async fn forget_told(
        &self,
        server: &ServerId,
        jail: &JailName,
        targets: &[Target],
    ) -> Result<(), StoreError>;
}
