//! What an action is told about a ban.

use super::address::Address;
use super::arguments::Arguments;
use super::bantime::Bantime;

/// What an action is told about one ban: values for tags such as `<ip>` and `<failures>`. The server puts texts with
/// special characters into variables of the shell, so that they cannot become commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionInfo {
    address: Address,
    time: i64,
    bantime: Bantime,
    ban_count: u32,
    failures: u32,
    matches: String,
}

impl ActionInfo {
    /// A ban of this address, from 1970 on, for ten minutes, after no failures.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            time: 0,
            bantime: Bantime::default(),
            ban_count: 1,
            failures: 0,
            matches: String::new(),
        }
    }

    /// When it began, in seconds since 1970 in UTC.
    #[must_use]
    pub fn with_time(mut self, seconds: i64) -> Self {
        self.time = seconds;
        self
    }

    /// How long it lasts.
    #[must_use]
    pub fn with_bantime(mut self, bantime: Bantime) -> Self {
        self.bantime = bantime;
        self
    }

    /// The how manieth ban of this address it is.
    #[must_use]
    pub fn with_ban_count(mut self, count: u32) -> Self {
        self.ban_count = count;
        self
    }

    /// How many failures led to it.
    #[must_use]
    pub fn with_failures(mut self, failures: u32) -> Self {
        self.failures = failures;
        self
    }

    /// The lines that led to it.
    #[must_use]
    pub fn with_matches(mut self, lines: &[String]) -> Self {
        self.matches = lines.join("\n");
        self
    }

    /// The arguments of `ban` and its like. A tag without a value would stay as it is in a command, so that all have
    /// one.
    pub(crate) fn arguments(&self) -> Arguments {
        let ip = self.address.to_string();
        let matches = self.matches.as_str();
        let info = Arguments::new()
            .with("ip", ip.as_str())
            .with("fid", ip)
            .with("family", if self.address.base().is_ipv4() { "inet4" } else { "inet6" })
            .with("time", self.time)
            .with("bantime", self.bantime)
            .with("bancount", i64::from(self.ban_count))
            .with("restored", 0)
            .with("failures", i64::from(self.failures))
            .with("ipfailures", i64::from(self.failures))
            .with("ipjailfailures", i64::from(self.failures))
            .with("matches", matches)
            .with("ipmatches", matches)
            .with("ipjailmatches", matches);
        Arguments::new().with("aInfo", info)
    }
}
