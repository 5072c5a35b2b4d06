//! The watched fail2ban server as a whole: online or not, since when, and what is wrong.

use std::sync::Arc;

use super::{BanRule, JailLog, JailName, Timestamp};

/// What a probe learned from a server that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// fail2ban's version, such as `1.0.2`.
    pub version: String,
    /// How long a ping took, in microseconds.
    pub latency_micros: u64,
    /// How many jails run.
    pub jails: usize,
    /// Where fail2ban keeps its database, by its own account; `None` when it keeps none. [`Fail2banDatabase::of`] reads it.
    pub database_file: Option<String>,
    /// For how many seconds it remembers bans there; `None` where it keeps none, or did not say.
    pub purge_age_secs: Option<i64>,
    /// When each jail bans; a jail that is not read is not here.
    pub rules: Arc<[BanRule]>,
    /// What each jail watches, by its name; a jail that is not read is not here.
    pub logs: Arc<[JailLog]>,
    /// The jails of which some setting cannot be read, or has a value that cannot be meant, with what fail2ban said. Replicas
    /// learn of them as problems.
    pub unreadable: Arc<[(JailName, String)]>,
}

/// Where fail2ban keeps its bans beside its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fail2banDatabase<'a> {
    /// In this file, by the path that fail2ban uses.
    File(&'a str),
    /// In a database in its memory (`dbfile = :memory:`), which nobody else can read and which ends with it.
    Memory,
    /// Nowhere (`dbfile = None`).
    Nowhere,
}

impl<'a> Fail2banDatabase<'a> {
    /// What SQLite and fail2ban call a database in memory.
    const IN_MEMORY: &'static str = ":memory:";

    /// Reads fail2ban's own account of `dbfile`.
    pub fn of(file: Option<&'a str>) -> Self {
        match file {
            None => Self::Nowhere,
            Some(Self::IN_MEMORY) => Self::Memory,
            Some(path) => Self::File(path),
        }
    }

    /// What it costs that there is no file, in words; `None` where there is one.
    pub const fn lack(self) -> Option<&'static str> {
        match self {
            Self::File(_) => None,
            Self::Memory => Some(
                "fail2ban keeps its database in memory (dbfile = :memory:): it forgets its bans when it restarts, and bans \
                 that come and go while BanGUI is down stay unknown",
            ),
            Self::Nowhere => Some(
                "fail2ban keeps no database (dbfile = None): it forgets its bans when it restarts, and bans that come and go \
                 while BanGUI is down stay unknown",
            ),
        }
    }

    /// What an operator can do about it.
    pub const REMEDY: &'static str =
        "Set dbfile in fail2ban.local, such as /var/lib/fail2ban/fail2ban.sqlite3, and restart fail2ban.";
}

/// Why fail2ban cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutageCode {
    /// There is no socket file: fail2ban is not running, or the path is wrong.
    SocketMissing,
    /// The socket exists, but BanGUI may not open it.
    PermissionDenied,
    /// The socket file is a leftover: nobody listens.
    Refused,
    /// The connection was cut or the answer made no sense.
    Broken,
    /// fail2ban accepts and does not answer in time.
    TimedOut,
    /// What was mounted here as the socket's place has been deleted since: fail2ban's socket is elsewhere.
    StaleMount,
    /// It answers, and is older than the oldest version that BanGUI works with.
    TooOld,
}

impl OutageCode {
    /// All codes.
    pub const ALL: [Self; 7] = [
        Self::SocketMissing,
        Self::PermissionDenied,
        Self::Refused,
        Self::Broken,
        Self::TimedOut,
        Self::StaleMount,
        Self::TooOld,
    ];

    /// The code of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SocketMissing => "socket_missing",
            Self::PermissionDenied => "permission_denied",
            Self::Refused => "refused",
            Self::Broken => "broken",
            Self::TimedOut => "timed_out",
            Self::StaleMount => "stale_mount",
            Self::TooOld => "too_old",
        }
    }

    /// What an operator can do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::SocketMissing => {
                "Check that fail2ban runs (systemctl status fail2ban) and that fail2ban.socket names its socket. In a container, mount the socket's directory, not the file."
            }
            Self::PermissionDenied => {
                "Give the user that runs BanGUI read and write permission on the socket, through a group or by running as its owner."
            }
            Self::Refused => "fail2ban has ended without removing its socket: start it again.",
            Self::Broken => {
                "fail2ban stopped in the middle of an answer, or something else listens on this socket. BanGUI tries again by itself."
            }
            Self::TimedOut => {
                "fail2ban serves one command at a time: it may be starting, or a slow action may be running. If it stays so, restart fail2ban."
            }
            Self::StaleMount => {
                "Restart this container. So that it does not happen again, mount the socket's directory and not the file, and keep that directory over restarts of fail2ban: RuntimeDirectoryPreserve=yes in a drop-in of its unit."
            }
            Self::TooOld => {
                "Upgrade fail2ban: older versions do not know the commands that BanGUI needs, and write a complaint into their log for each. Nothing but the version is asked of it until then."
            }
        }
    }
}

/// An outage, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// What kind.
    pub code: OutageCode,
    /// What happened, to which socket, why.
    pub detail: String,
}

/// Whether fail2ban is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fail2banState {
    /// Not asked yet: BanGUI is starting.
    Starting,
    /// It answers.
    Online {
        /// Since when, as far as BanGUI knows.
        since: Timestamp,
        /// When it last answered.
        checked_at: Timestamp,
        /// What the last probe learned.
        probe: Probe,
    },
    /// It does not.
    Offline {
        /// Since when, as far as BanGUI knows.
        since: Timestamp,
        /// When it was last tried.
        checked_at: Timestamp,
        /// Why.
        outage: Outage,
    },
}

impl Fail2banState {
    /// The word used in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Online { .. } => "online",
            Self::Offline { .. } => "offline",
        }
    }

    /// What the jail `name` was last seen to watch; `None` while fail2ban does not answer, and for a jail that is new.
    pub fn log_of(&self, name: &JailName) -> Option<&JailLog> {
        let Self::Online { probe, .. } = self else { return None };
        let at = probe.logs.binary_search_by(|log| log.jail.cmp(name)).ok()?;
        probe.logs.get(at)
    }

    /// When this jail bans; `None` where that is not known.
    pub fn rule_of(&self, name: &JailName) -> Option<&BanRule> {
        let Self::Online { probe, .. } = self else { return None };
        probe.rules.iter().find(|rule| rule.jail == *name)
    }

    /// Whether it answers.
    pub const fn is_online(&self) -> bool {
        matches!(self, Self::Online { .. })
    }

    /// Why it does not answer; `None` while it does, and before it was asked.
    pub const fn outage(&self) -> Option<&Outage> {
        match self {
            Self::Offline { outage, .. } => Some(outage),
            Self::Starting | Self::Online { .. } => None,
        }
    }
}
