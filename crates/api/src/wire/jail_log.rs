//! What a jail watches, and whether that is there.

use bangui_domain::model::{JailLog, LogFileState as State, LogVerdict as Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// Whether a jail can find anything.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogVerdict {
    /// It reads the journal, or files that are all there.
    Watching,
    /// It reads neither a file nor the journal: it finds nothing.
    Nothing,
    /// A file that it reads was there and is gone, or a directory is in its place.
    Missing,
    /// Whether its files are there cannot be seen from here, or fail2ban does not answer.
    Unknown,
}

/// Whether a log file is there, as BanGUI sees the files of its machine or container.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFileState {
    /// It is there.
    Present,
    /// It was there, and is gone, or a directory is in its place.
    Missing,
    /// It was never seen from here: fail2ban may see other files.
    Unknown,
}

/// A log file that a jail reads.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogFile {
    /// Its path, as fail2ban tells it.
    #[schema(example = "/var/log/auth.log")]
    path: String,
    /// Whether it is there.
    state: LogFileState,
}

/// What a jail watches.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct JailWatches {
    /// The log files that it reads; at most 100 of them in the list of jails, the missing ones first.
    files: Vec<LogFile>,
    /// The journal matches that it reads; an empty one is the whole journal.
    #[schema(example = json!(["_SYSTEMD_UNIT=sshd.service + _COMM=sshd"]))]
    journal: Vec<String>,
}

/// What a jail watches, in a word and in full.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JailWatched)]
pub(crate) struct Watched {
    /// Whether it can find anything, as of at most half a minute ago.
    log: LogVerdict,
    /// What it watches.
    watches: JailWatches,
}

impl Watched {
    /// Nothing is known of a jail that fail2ban has not told of.
    pub(crate) fn new(log: Option<&JailLog>) -> Self {
        let Some(log) = log else {
            return Self { log: LogVerdict::Unknown, watches: JailWatches::default() };
        };
        let files =
            log.files.iter().map(|file| LogFile { path: file.path.clone(), state: file.state.into() });
        Self {
            log: log.verdict().into(),
            watches: JailWatches { files: files.collect(), journal: log.journal.clone() },
        }
    }
}

impl From<Verdict> for LogVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Watching => Self::Watching,
            Verdict::Nothing => Self::Nothing,
            Verdict::Missing => Self::Missing,
            Verdict::Unknown => Self::Unknown,
        }
    }
}

impl From<State> for LogFileState {
    fn from(state: State) -> Self {
        match state {
            State::Present => Self::Present,
            State::Missing => Self::Missing,
            State::Unknown => Self::Unknown,
        }
    }
}
