//! What can go wrong with a private fail2ban, said so that a reader of a failed test knows what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a private fail2ban could not be started, asked or stopped.
#[derive(Debug)]
pub enum LabError {
    /// A program is not installed.
    Missing {
        /// Its name: `fail2ban-server`, `fail2ban-client` or `sh`.
        program: &'static str,
    },
    /// The socket path is longer than the system allows for a Unix socket.
    PathTooLong {
        /// The socket path that was wanted.
        path: PathBuf,
    },
    /// A file or a program could not be used.
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// The server ended, or was not ready in time.
    NotReady {
        /// What was seen last.
        why: String,
        /// What the server wrote: its standard output and the end of its log.
        output: String,
    },
    /// `fail2ban-client` ended with an error.
    Client {
        /// Its arguments.
        args: Vec<String>,
        /// What it printed.
        output: String,
    },
    /// There is no jail of that name in this private fail2ban.
    NoSuchJail {
        /// The name that was asked for.
        jail: String,
    },
}

impl LabError {
    pub(super) fn io(doing: impl Into<String>, source: io::Error) -> Self {
        Self::Io { doing: doing.into(), source }
    }

    pub(super) fn spawn(program: &'static str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            Self::Missing { program }
        } else {
            Self::io(format!("starting {program}"), source)
        }
    }
}

impl fmt::Display for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { program } => {
                write!(f, "{program} is not installed; on Debian: apt-get install --yes fail2ban")
            }
            Self::PathTooLong { path } => write!(
                f,
                "{} is too long for a Unix socket (107 bytes at most); choose a shorter directory, for instance by TMPDIR=/tmp",
                path.display()
            ),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
            Self::NotReady { why, output } => {
                write!(f, "the private fail2ban did not become ready: {why}\n{output}")
            }
            Self::Client { args, output } => write!(f, "fail2ban-client {}: {output}", args.join(" ")),
            Self::NoSuchJail { jail } => write!(f, "this private fail2ban has no jail {jail:?}"),
        }
    }
}

impl std::error::Error for LabError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<LabError> for io::Error {
    fn from(error: LabError) -> Self {
        let kind = match &error {
            LabError::Missing { .. } | LabError::NoSuchJail { .. } => io::ErrorKind::NotFound,
            LabError::Io { source, .. } => source.kind(),
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
