//! What a jail of the private fail2ban looks like. Knows nothing of how it is written down.

use std::path::PathBuf;

/// Which log lines count as failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Lines of [`lines::sshd`](super::lines::sshd).
    Sshd,
    /// Lines of [`lines::nginx`](super::lines::nginx).
    Nginx,
    /// Lines of [`lines::postfix`](super::lines::postfix).
    Postfix,
    /// Own regular expressions, one a line, in fail2ban's notation (`<HOST>`, `<F-ID>…</F-ID>`). The line that they
    /// see has its date cut out.
    Failregex(String),
}

impl Filter {
    pub(super) fn failregex(&self) -> &str {
        match self {
            Self::Sshd => {
                r"^\s*\S+ sshd\[\d+\]: Failed password for (?:invalid user )?\S+ from <HOST> port \d+ ssh2$"
            }
            Self::Nginx => r#"^<HOST> - \S+ \[\] "[^"]*" (?:401|403|404) \d+"#,
            Self::Postfix => {
                r"^\s*\S+ postfix/smtpd\[\d+\]: warning: [^\[]*\[<HOST>\]: SASL \S+ authentication failed"
            }
            Self::Failregex(text) => text,
        }
    }
}

/// One jail: its filter and its limits. [`JailSpec::new`] gives usable values; change them by field or by method.
#[derive(Debug, Clone)]
pub struct JailSpec {
    /// The jail's name; blanks and commas are allowed, `]` is not.
    pub name: String,
    /// Which lines count.
    pub filter: Filter,
    /// Seconds in which `maxretry` failures must fall. Default 600.
    pub findtime: u32,
    /// Seconds of a ban; -1 is for ever. Default 600.
    pub bantime: i64,
    /// Failures that lead to a ban. Default 3.
    pub maxretry: u32,
    /// Addresses and networks that are never banned by the filter. Default none, loopback included.
    pub ignoreip: Vec<String>,
    /// The log file; `None` is `DIR/log/NAME.log`.
    pub log_path: Option<PathBuf>,
    /// Whether repeated bans get longer. Default no.
    pub bantime_increment: bool,
    /// A shell command per ban. Default none. Never one that touches a firewall.
    pub actionban: String,
    /// Further options of the jail's section, such as `("usedns", "raw")`.
    pub options: Vec<(String, String)>,
}

impl JailSpec {
    /// A jail that bans for ten minutes after three failures in ten minutes.
    pub fn new(name: impl Into<String>, filter: Filter) -> Self {
        Self {
            name: name.into(),
            filter,
            findtime: 600,
            bantime: 600,
            maxretry: 3,
            ignoreip: Vec::new(),
            log_path: None,
            bantime_increment: false,
            actionban: String::new(),
            options: Vec::new(),
        }
    }

    /// Sets the seconds in which `maxretry` failures must fall.
    #[must_use]
    pub fn findtime(mut self, seconds: u32) -> Self {
        self.findtime = seconds;
        self
    }

    /// Sets the seconds of a ban; -1 is for ever.
    #[must_use]
    pub fn bantime(mut self, seconds: i64) -> Self {
        self.bantime = seconds;
        self
    }

    /// Sets the number of failures that lead to a ban.
    #[must_use]
    pub fn maxretry(mut self, failures: u32) -> Self {
        self.maxretry = failures;
        self
    }

    /// Sets what is never banned by the filter.
    #[must_use]
    pub fn ignoreip<I: Into<String>>(mut self, addresses: impl IntoIterator<Item = I>) -> Self {
        self.ignoreip = addresses.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the log file; it is made where it does not exist.
    #[must_use]
    pub fn log_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.log_path = Some(path.into());
        self
    }

    /// Sets whether repeated bans get longer.
    #[must_use]
    pub fn bantime_increment(mut self, on: bool) -> Self {
        self.bantime_increment = on;
        self
    }

    /// Sets a shell command per ban, such as `sleep 3`.
    #[must_use]
    pub fn actionban(mut self, command: impl Into<String>) -> Self {
        self.actionban = command.into();
        self
    }

    /// Adds a further option of the jail's section.
    #[must_use]
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.push((key.into(), value.into()));
        self
    }
}
