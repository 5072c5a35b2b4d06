//! The settings of a jail that `get` offers, each with its own reading.

use super::fields::{self, ReplyError, Setting, SettingError, read_settings, reported, set, wrong};
use crate::codec::{Text, Value};
use crate::types::{
    Bantime, BantimeFactor, BantimeFormula, BantimeMultipliers, IgnoreCache, IgnoreEntry, Reported, UseDns,
};

/// The running settings of a jail, by fail2ban's own names. Times are whole seconds; a fraction is cut off. A setting
/// that an older server does not have is as though it were not set. A number or word that could not be read is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct JailSettings {
    /// Log files; empty for the systemd backend.
    pub logpath: Vec<Text>,
    /// The encoding of the log files.
    pub logencoding: Option<String>,
    /// Journal matches, one list of terms per group; empty for file backends.
    pub journalmatch: Vec<Vec<String>>,
    /// Whether the host's own addresses are ignored.
    pub ignoreself: Option<bool>,
    /// Addresses, networks, names and `file:` lists that the filter never bans. The server's order varies.
    pub ignoreip: Vec<Reported<IgnoreEntry>>,
    /// A command that is asked before each ban.
    pub ignorecommand: Option<String>,
    /// How answers of `ignorecommand` are kept.
    pub ignorecache: Option<IgnoreCache>,
    /// The expression that cuts lines before the others see them.
    pub prefregex: Option<String>,
    /// Expressions that find failures, expanded by the server: `<HOST>` is a long group here.
    pub failregex: Vec<String>,
    /// Expressions for lines to leave out, expanded by the server.
    pub ignoreregex: Vec<String>,
    /// Whether host names are looked up.
    pub usedns: Option<Reported<UseDns>>,
    /// Seconds within which failures add up.
    pub findtime: Option<i64>,
    /// How long a ban lasts.
    pub bantime: Option<Bantime>,
    /// How dates are found in lines.
    pub datepattern: DatePattern,
    /// The zone of dates without one.
    pub logtimezone: Option<String>,
    /// Matching lines kept per address.
    pub maxmatches: Option<i64>,
    /// Failures that lead to a ban.
    pub maxretry: Option<i64>,
    /// Lines that an expression sees at once.
    pub maxlines: Option<i64>,
    /// Longer bans for those who come back.
    pub bantime_increment: BantimeIncrement,
    /// The names of the actions, in their order.
    pub actions: Vec<String>,
    /// The settings that could not be read: their fields are empty.
    pub unreadable: Vec<SettingError>,
}

/// The settings `bantime.*`: longer bans for those who come back.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct BantimeIncrement {
    /// `bantime.increment`: whether bans grow.
    pub increment: Option<bool>,
    /// `bantime.overalljails`: whether bans in other jails count.
    pub overalljails: Option<bool>,
    /// `bantime.factor`.
    pub factor: Option<Reported<BantimeFactor>>,
    /// `bantime.formula`. Any formula may stand in the server's files.
    pub formula: Option<Reported<BantimeFormula>>,
    /// `bantime.multipliers`.
    pub multipliers: Option<Reported<BantimeMultipliers>>,
    /// `bantime.maxtime`: the longest ban in seconds.
    pub maxtime: Option<i64>,
    /// `bantime.rndtime`: the most seconds that are added at random.
    pub rndtime: Option<i64>,
}

/// The setting `datepattern`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DatePattern {
    /// The first pattern; `None` for the built-in detectors.
    pub pattern: Option<String>,
    /// What the server calls it: `Default Detectors`.
    pub name: String,
}

impl JailSettings {
    /// The keys of `get JAIL KEY`, in the order of their commands.
    pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
        SETTINGS.iter().map(|(key, _)| *key)
    }

    /// Reads the replies to the commands of [`command::jail_settings`](crate::command::jail_settings), in their order;
    /// `None` stands for a setting that the server does not have. A reply that is not what its command answers costs that
    /// setting alone.
    pub fn read<'a>(replies: impl IntoIterator<Item = Option<&'a Value>>) -> Self {
        let (settings, unreadable) = read_settings(&SETTINGS, replies);
        Self { unreadable, ..settings }
    }
}

/// Each key of `get JAIL KEY` with the field that it fills.
const SETTINGS: [Setting<JailSettings>; 26] = [
    ("logpath", |s, v| fields::texts(v).map(|it| s.logpath = it)),
    ("logencoding", |s, v| fields::string(v).map(|it| s.logencoding = Some(it))),
    ("journalmatch", |s, v| groups(v).map(|it| s.journalmatch = it)),
    ("ignoreself", |s, v| fields::boolean(v).map(|it| s.ignoreself = Some(it))),
    ("ignoreip", |s, v| ignored(v).map(|it| s.ignoreip = it)),
    ("ignorecommand", |s, v| fields::set_string(v).map(|it| s.ignorecommand = it)),
    ("ignorecache", |s, v| cache(v).map(|it| s.ignorecache = it)),
    ("prefregex", |s, v| fields::set_string(v).map(|it| s.prefregex = it)),
    ("failregex", |s, v| fields::strings(v).map(|it| s.failregex = it)),
    ("ignoreregex", |s, v| fields::strings(v).map(|it| s.ignoreregex = it)),
    ("usedns", |s, v| reported(v).map(|it| s.usedns = Some(it))),
    ("findtime", |s, v| fields::int(v).map(|it| s.findtime = Some(it))),
    ("bantime", |s, v| bantime(v).map(|it| s.bantime = Some(it))),
    ("datepattern", |s, v| date_pattern(v).map(|it| s.datepattern = it)),
    ("logtimezone", |s, v| fields::set_string(v).map(|it| s.logtimezone = it)),
    ("maxmatches", |s, v| fields::int(v).map(|it| s.maxmatches = Some(it))),
    ("maxretry", |s, v| fields::int(v).map(|it| s.maxretry = Some(it))),
    ("maxlines", |s, v| fields::int(v).map(|it| s.maxlines = Some(it))),
    ("bantime.increment", |s, v| fields::set_boolean(v).map(|it| s.bantime_increment.increment = it)),
    ("bantime.overalljails", |s, v| fields::set_boolean(v).map(|it| s.bantime_increment.overalljails = it)),
    ("bantime.factor", |s, v| set(v, reported).map(|it| s.bantime_increment.factor = it)),
    ("bantime.formula", |s, v| set(v, reported).map(|it| s.bantime_increment.formula = it)),
    ("bantime.multipliers", |s, v| set(v, reported).map(|it| s.bantime_increment.multipliers = it)),
    ("bantime.maxtime", |s, v| fields::set_int(v).map(|it| s.bantime_increment.maxtime = it)),
    ("bantime.rndtime", |s, v| fields::set_int(v).map(|it| s.bantime_increment.rndtime = it)),
    ("actions", |s, v| fields::strings(v).map(|it| s.actions = it)),
];

pub(crate) fn bantime(value: &Value) -> Result<Bantime, ReplyError> {
    fields::wide_int(value).map(Bantime::from_number)
}

pub(crate) fn groups(value: &Value) -> Result<Vec<Vec<String>>, ReplyError> {
    fields::sequence(value)?.iter().map(fields::strings).collect()
}

/// Texts, and from 1.1.1 on objects that stand for `file:` entries.
pub(crate) fn ignored(value: &Value) -> Result<Vec<Reported<IgnoreEntry>>, ReplyError> {
    let entry = |item: &Value| match item {
        Value::Object(object) => {
            let attributes = object.state.as_ref().and_then(Value::as_dict).unwrap_or_default();
            let file = attributes.iter().find(|(name, _)| name.as_str() == Some("fileName"));
            let path = file.and_then(|(_, path)| path.as_text()).and_then(|path| path.try_into().ok());
            path.map(|path| Reported::Known(IgnoreEntry::File(path)))
                .ok_or_else(|| wrong("an address, a network or a file", item))
        }
        _ => reported(item),
    };
    fields::sequence(value)?.iter().map(entry).collect()
}

pub(crate) fn cache(value: &Value) -> Result<Option<IgnoreCache>, ReplyError> {
    let wrong = || wrong("key, count and time", value);
    match value {
        Value::None => Ok(None),
        _ => match fields::sequence(value)? {
            [key, max_count, max_time] => {
                let number =
                    |part| fields::int(part).and_then(|number| number.try_into().map_err(|_| wrong()));
                let cache = IgnoreCache::new(fields::string(key)?, number(max_count)?, number(max_time)?);
                cache.map(Some).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        },
    }
}

pub(crate) fn date_pattern(value: &Value) -> Result<DatePattern, ReplyError> {
    if *value == Value::None {
        return Ok(DatePattern::default());
    }
    let (pattern, name) = fields::pair(value)?;
    Ok(DatePattern {
        pattern: fields::set_string(pattern)?,
        name: fields::set_string(name)?.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_no_number_and_no_word() {
        let odd = Value::from(vec![Value::None]);
        let settings = JailSettings::read(SETTINGS.iter().map(|_| Some(&odd)));
        assert_eq!((settings.bantime, settings.findtime, settings.maxretry), (None, None, None));
        assert_eq!((settings.maxmatches, settings.maxlines, settings.ignoreself), (None, None, None));
        assert_eq!((settings.usedns, settings.logencoding), (None, None));
        let named: Vec<_> = settings.unreadable.iter().map(|unread| unread.key).collect();
        assert!(named.contains(&"bantime") && named.contains(&"usedns"), "{named:?}");
    }
}
