//! What a jail watches for failures: log files or the journal, and whether that is there.

use super::JailName;

/// Whether a log file is there, as this machine's files are seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogFileState {
    /// It was there, and is gone, or a directory is in its place.
    Missing,
    /// It was never seen from here: fail2ban may see other files than BanGUI does.
    Unknown,
    /// It is there.
    Present,
}

impl LogFileState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Missing, Self::Unknown, Self::Present];

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Present => "present",
        }
    }
}

/// A log file that a jail reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Its path, as fail2ban tells it; what is not UTF-8 in it is U+FFFD.
    pub path: String,
    /// Whether it is there.
    pub state: LogFileState,
}

/// Whether a jail can find anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogVerdict {
    /// It reads the journal, or files that are all there.
    Watching,
    /// It reads neither a file nor the journal.
    Nothing,
    /// A file that it reads is missing.
    Missing,
    /// Whether its files are there cannot be seen from here.
    Unknown,
}

impl LogVerdict {
    /// The word used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Watching => "watching",
            Self::Nothing => "nothing",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// What a jail watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailLog {
    /// The jail.
    pub jail: JailName,
    /// The log files that it reads.
    pub files: Vec<LogFile>,
    /// The journal matches that it reads; an empty one is the whole journal.
    pub journal: Vec<String>,
}

impl JailLog {
    /// Whether the jail can find anything.
    pub fn verdict(&self) -> LogVerdict {
        let any = |state| self.files.iter().any(|file| file.state == state);
        if self.files.is_empty() && self.journal.is_empty() {
            LogVerdict::Nothing
        } else if any(LogFileState::Missing) {
            LogVerdict::Missing
        } else if any(LogFileState::Unknown) {
            LogVerdict::Unknown
        } else {
            LogVerdict::Watching
        }
    }

    /// What was last seen of a file.
    pub fn state_of(&self, path: &str) -> LogFileState {
        let found = self.files.iter().find(|file| file.path == path);
        found.map_or(LogFileState::Unknown, |file| file.state)
    }
}

#[cfg(test)]
mod tests {
    use super::{JailLog, JailName, LogFile, LogFileState as S, LogVerdict as V};

    #[test]
    fn one_missing_file_decides_and_an_unknown_one_leaves_it_open() {
        let verdict = |states: &[S], journal: &[&str]| {
            let file = |state: &S| LogFile { path: state.as_str().to_owned(), state: *state };
            let log = JailLog {
                jail: JailName::parse("sshd").unwrap(),
                files: states.iter().map(file).collect(),
                journal: journal.iter().map(ToString::to_string).collect(),
            };
            log.verdict()
        };
        assert_eq!(verdict(&[], &[]), V::Nothing);
        assert_eq!(verdict(&[], &[""]), V::Watching, "the whole journal");
        assert_eq!(verdict(&[S::Present], &[]), V::Watching);
        assert_eq!(verdict(&[S::Present, S::Unknown], &[]), V::Unknown);
        assert_eq!(verdict(&[S::Present, S::Unknown, S::Missing], &[]), V::Missing);
    }
}
