//! How the types of this crate stand in a request. Times are numbers: the server evaluates a text in their place.

use super::{
    ActionMethod, ActionName, ActionProperty, Address, Arguments, Backend, BanId, Bantime, BantimeFactor,
    BantimeFormula, BantimeMultipliers, IgnoreCache, IgnoreEntry, JailName, LogPosition, PythonFile,
    RootCommand, ServerPath, SyslogSocket, UseDns,
};
use crate::codec::Arg;

/// Types that stand in a request as the text that they print.
macro_rules! as_text {
    ($($type:ty),* $(,)?) => {$(
        impl From<&$type> for Arg {
            fn from(value: &$type) -> Self {
                Self::from(value.to_string())
            }
        }
    )*};
}

as_text!(
    ActionMethod,
    ActionName,
    ActionProperty,
    Address,
    Arguments,
    Backend,
    BanId,
    BantimeFactor,
    BantimeFormula,
    BantimeMultipliers,
    IgnoreCache,
    JailName,
    LogPosition,
    RootCommand,
    String,
    UseDns,
);

impl From<&Self> for Arg {
    fn from(arg: &Self) -> Self {
        arg.clone()
    }
}

impl From<&ServerPath> for Arg {
    fn from(path: &ServerPath) -> Self {
        Self::Str(path.to_text())
    }
}

impl From<&SyslogSocket> for Arg {
    fn from(socket: &SyslogSocket) -> Self {
        match socket {
            SyslogSocket::Auto => Self::from("auto"),
            SyslogSocket::Path(path) => Self::from(path),
        }
    }
}

impl From<&PythonFile> for Arg {
    fn from(file: &PythonFile) -> Self {
        Self::from(file.path())
    }
}

impl From<&IgnoreEntry> for Arg {
    fn from(entry: &IgnoreEntry) -> Self {
        match entry {
            IgnoreEntry::File(path) => Self::Str(path.to_text_between("file:", "")),
            IgnoreEntry::Address(_) | IgnoreEntry::Name(_) => Self::from(entry.to_string()),
        }
    }
}

impl From<Bantime> for Arg {
    fn from(bantime: Bantime) -> Self {
        match bantime {
            Bantime::Permanent => Self::Int(-1),
            Bantime::Seconds(seconds) => {
                i64::try_from(seconds).map_or_else(|_| Self::from(seconds.to_string()), Self::Int)
            }
        }
    }
}

/// A setting or, for `None`, the empty text by which fail2ban clears one.
pub(crate) fn or_clear(value: Option<impl Into<Arg>>) -> Arg {
    value.map_or_else(|| Arg::from(""), Into::into)
}
