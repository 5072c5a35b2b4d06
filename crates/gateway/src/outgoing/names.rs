//! Names become addresses here, and only those that may be reached come out.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{OutgoingError, address};

/// Looks names up.
#[async_trait]
pub trait Names: Send + Sync {
    /// All addresses of a name.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// As this machine looks names up.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// Names, without the addresses that may not be reached. The client connects to what comes out of here and to nothing
/// else.
#[derive(Clone)]
pub(super) struct Guarded {
    names: Arc<dyn Names>,
    allowed: Arc<[IpNet]>,
}

impl Guarded {
    pub(super) fn new(names: Arc<dyn Names>, allowed: Vec<IpNet>) -> Self {
        Self { names, allowed: allowed.into() }
    }

    pub(super) fn allowed(&self) -> &[IpNet] {
        &self.allowed
    }

    /// The addresses of a name that may be reached: at least one.
    pub(super) async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, OutgoingError> {
        let unknown = |reason: String| OutgoingError::Unknown { host: host.to_owned(), reason };
        let found = self.names.lookup(host).await.map_err(|error| unknown(error.to_string()))?;
        let mut refusal = None;
        let mut good = Vec::new();
        for address in found {
            match address::judge(host, address, &self.allowed) {
                Ok(()) => good.push(address),
                Err(error) => refusal = Some(error),
            }
        }
        match (good.is_empty(), refusal) {
            (false, _) => Ok(good),
            (true, Some(refusal)) => Err(refusal),
            (true, None) => Err(unknown("it has no address".to_owned())),
        }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guarded = self.clone();
        Box::pin(async move {
            let found = guarded.lookup(name.as_str()).await?;
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
