//! The names that addresses have in the DNS.

use std::net::IpAddr;

use async_trait::async_trait;
use thiserror::Error;

/// Nobody answered in time, which says nothing of the address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the name of {address} is not told: {reason}")]
pub struct NamesError {
    /// The address.
    pub address: IpAddr,
    /// Why.
    pub reason: String,
}

/// Asks name servers, which tells them, and the holder of the address, that somebody asks.
#[async_trait]
pub trait HostNames: Send + Sync {
    /// The name of this address, in lower case: letters, digits, hyphens, underscores and dots. `None` if it has none,
    /// or none that leads back to it: a name is the word of whoever holds the address.
    async fn name(&self, address: IpAddr) -> Result<Option<String>, NamesError>;
}
