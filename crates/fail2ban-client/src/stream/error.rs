//! Why a command cannot stand in a jail's stream.

use thiserror::Error;

use super::entry::shown;
use crate::codec::Arg;
use crate::types::{BackendError, JailNameError};

/// A command that a [`JailStream`](super::JailStream) does not take.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("command {place} of the jail's stream, `{command}`, is refused: {fault}")]
pub struct StreamError {
    /// Its place in the stream; 0 is `add`.
    pub place: usize,
    /// The command, shortened and without the values of actions.
    pub command: String,
    /// What is wrong with it.
    pub fault: StreamFault,
}

impl StreamError {
    pub(super) fn new(place: usize, args: &[Arg], fault: StreamFault) -> Self {
        Self { place, command: shown(args), fault }
    }
}

/// What is wrong with a command of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StreamFault {
    /// The first command is not `add JAIL BACKEND`.
    #[error("a stream begins with `add JAIL BACKEND`")]
    NoAdd,
    /// The last command is not `start` of the same jail.
    #[error("a stream ends with `start JAIL`")]
    NoStart,
    /// Not the name of a jail.
    #[error(transparent)]
    Name(#[from] JailNameError),
    /// Not a backend.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// It concerns another jail.
    #[error("it is for the jail {jail:?}, and the stream configures one jail")]
    OtherJail {
        /// That jail.
        jail: String,
    },
    /// It does something else than configuring a jail.
    #[error("it does not configure a jail, or not in a way that this crate knows to be harmless")]
    NotConfiguration,
    /// fail2ban found an error in its files and prints it in place of the jail.
    #[error("fail2ban found an error in the configuration: {text}")]
    Configuration {
        /// What it says.
        text: String,
    },
    /// The value is not of the kind that the setting takes. The server would evaluate a text here, or misread it.
    #[error("its value must be {expected}")]
    Value {
        /// What it must be.
        expected: &'static str,
    },
    /// An action is added a second time.
    #[error("the stream has an action {action:?} already")]
    ActionTwice {
        /// The action.
        action: String,
    },
    /// Properties of an action that the stream has not added before.
    #[error("the stream has not added an action {action:?} before")]
    UnknownAction {
        /// The action.
        action: String,
    },
    /// Properties of a Python action, any of which may be a method that would be called.
    #[error("{action:?} is a Python action, which takes its properties when it is added")]
    PythonProperties {
        /// The action.
        action: String,
    },
    /// The name of a property has another form than fail2ban's, or means something else to the server: a method, which
    /// it would call.
    #[error(
        "{property:?} cannot be a property of an action: fail2ban takes it for a method or for one of its own"
    )]
    NotAProperty {
        /// The name.
        property: String,
    },
}
