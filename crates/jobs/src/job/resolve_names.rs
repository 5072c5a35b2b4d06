//! Asks for the names of addresses that were banned, once for each, as they come. Runs only where that is switched on. Not
//! queued: it goes on where it was.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::Fence;
use bangui_domain::ports::{AddressStore, HostNames, NamesError};
use futures::stream::{self, StreamExt as _};

use super::{Job, JobError, JobSpec, When};

/// Addresses of before that are asked for when names are switched on.
const BACKLOG: u32 = 10_000;
/// Addresses that are asked for in one run, and at a time.
const STEP: u32 = 200;
const AT_ONCE: usize = 8;
/// When nobody answers so often in a row, the addresses go without names: it may be their own servers that are silent.
const PATIENCE: u32 = 10;

/// Asks for names.
pub struct ResolveNames {
    names: Arc<dyn HostNames>,
    store: Arc<dyn AddressStore>,
    silences: AtomicU32,
}

impl ResolveNames {
    /// Asks `names` for those of the addresses in `store`.
    pub fn new(names: Arc<dyn HostNames>, store: Arc<dyn AddressStore>) -> Self {
        Self { names, store, silences: AtomicU32::new(0) }
    }

    async fn ask(&self, number: i64, address: IpAddr) -> (i64, Result<Option<String>, NamesError>) {
        (number, self.names.name(address).await)
    }
}

#[async_trait]
impl Job for ResolveNames {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "resolve_names",
            about: "asks name servers for the names of addresses",
            when: When::Every(Duration::from_secs(10)),
            max_attempts: 1,
            timeout: Duration::from_mins(10),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let Some(fence) = fence else { return Ok(()) };
        let failed = |error| JobError::Retry(chain(&error));
        let Some(nameless) = self.store.to_name(BACKLOG, STEP).await.map_err(failed)? else { return Ok(()) };
        let asked = stream::iter(nameless.addresses).map(|(number, address)| self.ask(number, address));
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        let mut names = Vec::new();
        let mut silent = None;
        let mut heard = answers.is_empty();
        for (number, answer) in answers {
            match answer {
                Ok(name) => {
                    heard = true;
                    names.extend(name.map(|name| (number, name)));
                }
                Err(error) => silent = Some(error),
            }
        }
        if let Some(error) = silent.filter(|_| !heard)
            && self.silences.fetch_add(1, Ordering::Relaxed) < PATIENCE
        {
            return Err(JobError::Retry(error.to_string()));
        }
        self.silences.store(0, Ordering::Relaxed);
        self.store.name(fence, &names, nameless.up_to).await.map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use async_trait::async_trait;
    use bangui_domain::ports::{HostNames, NamesError};
    use bangui_test_support::both_databases;

    use super::{Job as _, PATIENCE, ResolveNames};

    /// Name servers that answer, or do not.
    #[derive(Default)]
    struct Servers(AtomicBool);

    #[async_trait]
    impl HostNames for Servers {
        async fn name(&self, address: IpAddr) -> Result<Option<String>, NamesError> {
            if self.0.load(Ordering::SeqCst) {
                return Ok(Some(format!("host-{address}")));
            }
            Err(NamesError { address, reason: "nobody answers".to_owned() })
        }
    }

    both_databases!(addresses_wait_for_servers_that_are_silent_but_not_for_ever, |test| async move {
        let (servers, fence) = (Arc::new(Servers::default()), test.lead().await);
        let job = ResolveNames::new(servers.clone(), Arc::new(test.db().clone()));
        let add = |ip: &str| test.execute(&format!("INSERT INTO addresses (ip, ip_key) VALUES ('{ip}', '')"));
        add("5.0.0.1");
        let error = job.run(Some(fence)).await.expect_err("nobody answers").to_string();
        assert!(error.contains("5.0.0.1"), "{error}");
        servers.0.store(true, Ordering::SeqCst);
        job.run(None).await.expect("without the lock it does nothing");
        assert_eq!(test.count("addresses WHERE host IS NOT NULL"), 0);
        job.run(Some(fence)).await.expect("answered");
        assert_eq!(test.count("addresses WHERE host = 'host-5.0.0.1'"), 1);

        servers.0.store(false, Ordering::SeqCst);
        add("5.0.0.2");
        for _ in 0..PATIENCE {
            job.run(Some(fence)).await.expect_err("nobody answers");
        }
        job.run(Some(fence)).await.expect("goes on without it");
        servers.0.store(true, Ordering::SeqCst);
        add("5.0.0.3");
        job.run(Some(fence)).await.expect("answered");
        assert_eq!(test.count("addresses WHERE host IS NOT NULL"), 2);
        assert_eq!(test.count("addresses WHERE ip = '5.0.0.2' AND host IS NULL"), 1);
    });
}
