//! Everything that can go wrong between a caller and fail2ban, said so that an operator knows what to do.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::codec::{DecodeError, EncodeError};
use crate::reply::{ReplyError, Report, ServerException};
use crate::stream::{ReloadFault, ReloadRefusal, Restored, StreamError};
use crate::types::{AddressError, BanIdError, JailNameError, Version};

/// Why a command has no result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no socket at this path.
    #[error("fail2ban's socket {} does not exist: fail2ban is not running, or its socket is elsewhere (`socket` in fail2ban.conf)", path.display())]
    SocketMissing {
        /// The socket's path.
        path: PathBuf,
    },
    /// This process may not use the socket.
    #[error("no permission to use fail2ban's socket {}: run as root, or give this user's group write permission on the socket and search permission on its directory", path.display())]
    PermissionDenied {
        /// The socket's path.
        path: PathBuf,
    },
    /// The path is something else than a socket.
    #[error("{} is not a socket; give the path of fail2ban's socket (`socket` in fail2ban.conf)", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
    },
    /// The socket is there and nobody listens.
    #[error("nobody listens on fail2ban's socket {}: fail2ban was killed or is not running; start it again (and if a container mounts the socket file, mount its directory instead)", path.display())]
    NobodyListens {
        /// The socket's path.
        path: PathBuf,
    },
    /// The socket could not be connected to for another reason.
    #[error("cannot connect to fail2ban at {server}: {source}")]
    Connect {
        /// What the connector calls the server; for a socket its path.
        server: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something took longer than its limit.
    #[error(
        "fail2ban did not {doing} within {after:?} ({server}, command {command:?}); it may be busy with actions of other commands"
    )]
    TimedOut {
        /// What the connector calls the server; for a socket its path.
        server: String,
        /// The command, shortened.
        command: String,
        /// What did not happen: `accept the connection`, `take the request`, `answer`.
        doing: &'static str,
        /// The limit.
        after: Duration,
    },
    /// The connection ended before the reply was complete.
    #[error(
        "fail2ban closed the connection after {received} bytes of its reply to {command:?} ({server}): it stopped or restarted"
    )]
    Disconnected {
        /// What the connector calls the server; for a socket its path.
        server: String,
        /// The command, shortened.
        command: String,
        /// How many bytes of the reply had come.
        received: usize,
        /// What the system said; `None` for an orderly end.
        source: Option<io::Error>,
    },
    /// The reply is not one that fail2ban sends, or costs more than the limits allow.
    #[error(
        "the reply to {command:?} from {server} cannot be read: {source}; check that fail2ban listens there, or raise the limit"
    )]
    Malformed {
        /// What the connector calls the server; for a socket its path.
        server: String,
        /// The command, shortened.
        command: String,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// The reply is well-formed, but not what this command answers.
    #[error("fail2ban answered {command:?} with something unexpected: {source}")]
    UnexpectedReply {
        /// The command, shortened.
        command: String,
        /// What was expected and what came.
        source: ReplyError,
    },
    /// The command raised an exception in the server.
    #[error("fail2ban refused {command:?}: {exception}")]
    Server {
        /// The command, shortened.
        command: String,
        /// The exception.
        exception: ServerException,
    },
    /// The server could not read the request, or could not write its answer.
    #[error("fail2ban could not process {command:?}: {text}")]
    ServerText {
        /// The command, shortened.
        command: String,
        /// The server's text, which begins with `ERROR:`.
        text: String,
    },
    /// The server is about to end.
    #[error("fail2ban is shutting down (command {command:?}); try again when it is back")]
    ShuttingDown {
        /// The command, shortened.
        command: String,
    },
    /// There is no such jail.
    #[error("fail2ban has no jail {jail:?}; `fail2ban-client status` lists those that run")]
    UnknownJail {
        /// The jail that was asked for.
        jail: String,
    },
    /// The server took the command, and changed nothing.
    #[error("fail2ban took {command:?} and changed nothing: {reason}")]
    Unchanged {
        /// The command, shortened.
        command: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// What should be removed or used is not there.
    #[error("{command:?} found no entry {entry:?}; ask for the list of them")]
    NoSuchEntry {
        /// The command, shortened.
        command: String,
        /// The entry: its place in the list, its name, or itself.
        entry: String,
    },
    /// This version of the server does not have the command.
    #[error("fail2ban {version} does not know the command {command:?}")]
    Unsupported {
        /// The command.
        command: String,
        /// The server's version.
        version: Version,
    },
    /// The server is older than [`Options::oldest`](crate::Options::oldest) allows. Nothing but its version was asked.
    #[error(
        "fail2ban {version} is too old: {oldest} is the oldest version that is worked with; upgrade fail2ban"
    )]
    TooOld {
        /// The server's version.
        version: Version,
        /// The oldest that is allowed.
        oldest: Version,
    },
    /// A command that changes something was sent, and its reply was lost: it may or may not have been carried out.
    #[error(
        "it is unknown whether fail2ban carried out {command:?}: {source}; read the state before trying again"
    )]
    OutcomeUnknown {
        /// The command, shortened.
        command: String,
        /// Why there is no reply.
        source: Box<Self>,
    },
    /// A command for many addresses was carried out for some of them, and then something failed.
    #[error("{command:?} was cut short ({report}): {source}")]
    PartlyDone {
        /// The command, shortened.
        command: String,
        /// What is known of each address.
        report: Box<Report>,
        /// What failed.
        source: Box<Self>,
    },
    /// A jail's stream was not sent; nothing has changed.
    #[error("the jail {jail:?} was not reloaded: {reason}")]
    ReloadRefused {
        /// The jail.
        jail: String,
        /// Why.
        reason: Box<ReloadRefusal>,
    },
    /// A jail's stream was sent and failed, or its outcome is unknown.
    #[error("reloading the jail {jail:?} failed: {source}; {restored}")]
    ReloadFailed {
        /// The jail.
        jail: String,
        /// What went wrong.
        source: Box<ReloadFault>,
        /// What became of the jail.
        restored: Restored,
    },
    /// The request must not be sent.
    #[error("{command:?} was not sent: {source}")]
    Request {
        /// The command, shortened.
        command: String,
        /// Why.
        source: EncodeError,
    },
    /// A command that does not belong into a jail's stream.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// Not an address or network.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Not the name of a jail.
    #[error(transparent)]
    JailName(#[from] JailNameError),
    /// Not the id of a ban.
    #[error(transparent)]
    BanId(#[from] BanIdError),
}

impl Error {
    /// Whether fail2ban could not be reached or did not answer, as against having answered with a refusal. Worth
    /// trying again later.
    pub fn is_offline(&self) -> bool {
        match self {
            Self::SocketMissing { .. }
            | Self::PermissionDenied { .. }
            | Self::NotASocket { .. }
            | Self::NobodyListens { .. }
            | Self::Connect { .. }
            | Self::TimedOut { .. }
            | Self::Disconnected { .. }
            | Self::ShuttingDown { .. } => true,
            Self::OutcomeUnknown { source, .. } | Self::PartlyDone { source, .. } => source.is_offline(),
            Self::ReloadFailed { source, .. } => {
                matches!(&**source, ReloadFault::Error(error) if error.is_offline())
            }
            _ => false,
        }
    }

    /// Whether the server answered, and said of this command alone that it does not do it, or said something that this
    /// command does not answer: other commands may well be answered. Not so where the server is away, about to end or not
    /// to be understood at all.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Server { .. }
                | Self::ServerText { .. }
                | Self::UnexpectedReply { .. }
                | Self::Unsupported { .. }
        )
    }

    /// Whether the command may or may not have been carried out.
    pub fn is_outcome_unknown(&self) -> bool {
        match self {
            Self::OutcomeUnknown { .. } => true,
            Self::PartlyDone { source, .. } => source.is_outcome_unknown(),
            Self::ReloadFailed { source, .. } => {
                matches!(&**source, ReloadFault::Error(error) if error.is_outcome_unknown())
            }
            _ => false,
        }
    }

    /// The exception of the server, where it raised one.
    pub fn exception(&self) -> Option<&ServerException> {
        match self {
            Self::Server { exception, .. } => Some(exception),
            Self::PartlyDone { source, .. } => source.exception(),
            Self::ReloadFailed { source, .. } => match &**source {
                ReloadFault::Error(error) => error.exception(),
                _ => None,
            },
            _ => None,
        }
    }
}
