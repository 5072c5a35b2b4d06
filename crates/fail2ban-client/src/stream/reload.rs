//! Why a jail was not reloaded, what went wrong where it was, and what became of the jail.

use std::fmt;

use thiserror::Error as ThisError;

use super::check::JailCheck;
use crate::codec::Text;
use crate::error::Error;

/// Why a stream was not sent. The jail runs as before.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ReloadRefusal {
    /// The jail has something without which it would not ban, and the stream has none of it.
    #[error("it would disarm the jail, which has {} while the stream has none", list(weapons))]
    Disarms {
        /// What the jail would lose.
        weapons: Vec<Weapon>,
    },
    /// fail2ban refuses commands of the stream.
    #[error("fail2ban refuses its configuration: {check}")]
    Problems {
        /// Which, and why.
        check: JailCheck,
    },
    /// The stream that would put the jail back is one of another jail.
    #[error("the last good stream is one of the jail {jail:?}")]
    OtherJail {
        /// That jail.
        jail: String,
    },
    /// What runs cannot be read completely, so that it could not be put back.
    #[error(
        "the running jail could not be put back, since fail2ban does not tell {}; give its last good stream",
        list(missing)
    )]
    NoWayBack {
        /// What is not known.
        missing: Vec<Missing>,
    },
    /// fail2ban refuses commands of the stream that would put the jail back.
    #[error("the jail could not be put back, since fail2ban refuses its last good stream: {check}")]
    BadWayBack {
        /// Which, and why.
        check: JailCheck,
    },
    /// The jail must be stopped for this change, and fail2ban has no database from which its bans would come back.
    #[error(
        "the change needs a restart of the jail ({}), and without a database its {bans} bans would be lost; lift them first, or give fail2ban a database (`dbfile`)",
        list(reasons)
    )]
    BansWouldBeLost {
        /// How many there are.
        bans: usize,
        /// Why a restart is needed.
        reasons: Vec<String>,
    },
}

/// What a jail needs to ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Weapon {
    /// Log files or journal matches.
    Logs,
    /// Expressions that find failures.
    Failregex,
    /// Actions.
    Actions,
}

/// Part of a running jail that fail2ban does not tell, or tells in a form that it would not take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// What a Python action was made with.
    PythonAction {
        /// The action.
        action: String,
    },
    /// A property of an action.
    Property {
        /// The action.
        action: String,
        /// The property.
        property: String,
    },
    /// A setting.
    Setting {
        /// Its name, such as `bantime.formula`.
        setting: String,
    },
}

/// Something of a jail that is not as its stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// A setting, expressions, log files or journal matches, by the name that `get` has for it.
    Setting(String),
    /// An action that should be there and is not.
    NoAction(String),
    /// An action that should not be there.
    Action(String),
    /// A property of an action.
    Property {
        /// The action.
        action: String,
        /// The property.
        property: String,
    },
}

/// What went wrong with a stream that was sent.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ReloadFault {
    /// fail2ban refused a command of it, or its reply was lost.
    #[error(transparent)]
    Error(#[from] Error),
    /// fail2ban has carried it out, and the jail is gone.
    #[error("fail2ban accepted it, and the jail is gone")]
    Gone,
    /// fail2ban has carried it out, and the jail is not as it says.
    #[error("fail2ban accepted it, and the jail differs from it in {}", list(differences))]
    Different {
        /// In what.
        differences: Vec<Difference>,
    },
}

/// What became of a jail whose reload failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Restored {
    /// The reload did not reach it: it runs as before.
    Untouched,
    /// Its last good stream was put back, and is in force.
    Back {
        /// Bans that have not come back. One that has ended meanwhile is among them, and one of an address that the
        /// jail ignores.
        lost_bans: Vec<Text>,
        /// Log files that fail2ban cannot open any more, and that the jail therefore does without.
        lost_logs: Vec<Text>,
    },
    /// It did not run before, and does not run.
    Absent,
    /// It could not be put back: it may be gone, or half made.
    Failed {
        /// Why.
        error: Box<ReloadFault>,
    },
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untouched => f.write_str("the jail runs as before"),
            Self::Back { lost_bans, lost_logs } => {
                f.write_str("its last good stream is in force again")?;
                if !lost_bans.is_empty() {
                    write!(f, ", without {} of its bans", lost_bans.len())?;
                }
                if !lost_logs.is_empty() {
                    write!(f, ", without log files that are no more: {}", list(lost_logs))?;
                }
                Ok(())
            }
            Self::Absent => f.write_str("it did not run before and does not run"),
            Self::Failed { error } => write!(
                f,
                "putting the last good stream back failed, so that the jail may be gone: {error}; look, and reload it"
            ),
        }
    }
}

impl fmt::Display for Weapon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Logs => "log files or journal matches",
            Self::Failregex => "failregex",
            Self::Actions => "actions",
        })
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PythonAction { action } => write!(f, "the arguments of the Python action {action:?}"),
            Self::Property { action, property } => {
                write!(f, "the property {property:?} of the action {action:?}")
            }
            Self::Setting { setting } => write!(f, "the setting {setting}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(setting) => f.pad(setting),
            Self::NoAction(action) => write!(f, "the missing action {action:?}"),
            Self::Action(action) => write!(f, "the action {action:?}"),
            Self::Property { action, property } => write!(f, "{property:?} of the action {action:?}"),
        }
    }
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
