//! Replies about the server as a whole: its settings, and what became of its log.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::fields::{self, ReplyError, Setting, SettingError, read_settings, reported, wrong};
use crate::codec::Value;
use crate::types::{LogLevel, LogTarget, Reported, SyslogSocket};

/// The settings of the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ServerSettings {
    /// How much it writes into its log.
    pub loglevel: Reported<LogLevel>,
    /// Where it writes its log; options such as the form of a line are not told.
    pub logtarget: Option<Reported<LogTarget>>,
    /// The socket through which it writes to the syslog.
    pub syslogsocket: Reported<SyslogSocket>,
    /// The stack of its threads in KiB; 0 is the system's choice.
    pub stacksize: u64,
    /// Its sqlite file, by the path that it uses; `None` when it keeps none.
    pub dbfile: Option<PathBuf>,
    /// How many matching lines the database keeps of a ban; `None` without a database.
    pub dbmaxmatches: Option<i64>,
    /// After how many seconds the database forgets bans; `None` without a database.
    pub dbpurgeage: Option<i64>,
    /// The settings that could not be read: their fields are empty.
    pub unreadable: Vec<SettingError>,
}

/// Each key of `get KEY` with the field that it fills.
const SETTINGS: [Setting<ServerSettings>; 7] = [
    ("loglevel", |s, v| reported(v).map(|it| s.loglevel = it)),
    ("logtarget", |s, v| fields::set(v, reported).map(|it| s.logtarget = it)),
    ("syslogsocket", |s, v| reported(v).map(|it| s.syslogsocket = it)),
    ("thread", |s, v| stack_size(v).map(|it| s.stacksize = it)),
    ("dbfile", |s, v| set_path(v).map(|it| s.dbfile = it)),
    ("dbmaxmatches", |s, v| fields::set_int(v).map(|it| s.dbmaxmatches = it)),
    ("dbpurgeage", |s, v| fields::set_int(v).map(|it| s.dbpurgeage = it)),
];

impl ServerSettings {
    /// The keys of `get KEY`, in the order of their commands.
    pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
        SETTINGS.iter().map(|(key, _)| *key)
    }

    /// Reads the replies to the commands of [`command::server_settings`](crate::command::server_settings), in their
    /// order; `None` stands for a setting that the server does not have. A reply that is not what its command answers
    /// costs that setting alone.
    pub fn read<'a>(replies: impl IntoIterator<Item = Option<&'a Value>>) -> Self {
        let (settings, unreadable) = read_settings(&SETTINGS, replies);
        Self { unreadable, ..settings }
    }
}

pub(crate) fn stack_size(value: &Value) -> Result<u64, ReplyError> {
    let expected = || wrong("the size of the stack", value);
    let options = value.as_dict().ok_or_else(expected)?;
    let size = options.iter().find(|(name, _)| name.as_str() == Some("stacksize"));
    fields::count(&size.ok_or_else(expected)?.1)
}

pub(crate) fn set_path(value: &Value) -> Result<Option<PathBuf>, ReplyError> {
    match value {
        Value::None => Ok(None),
        other => fields::text(other).map(|path| Some(path.to_path())),
    }
}

/// What the server has done with its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlushedLog {
    /// It has opened the file again.
    RolledOver,
    /// It has written what was waiting. The log is no file.
    Flushed,
}

impl FromStr for FlushedLog {
    type Err = ReplyError;

    fn from_str(text: &str) -> Result<Self, ReplyError> {
        match text {
            "rolled over" => Ok(Self::RolledOver),
            "flushed" => Ok(Self::Flushed),
            _ => Err(ReplyError { expected: "what became of the log", got: text.to_owned() }),
        }
    }
}

impl fmt::Display for FlushedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::RolledOver => "rolled over",
            Self::Flushed => "flushed",
        })
    }
}
