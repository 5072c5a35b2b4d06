//! Makes a jail's stream from the jail that runs. Knows what `get` tells and what it does not.

use super::Client;
use super::running::{Running, RunningAction};
use crate::codec::{Arg, Text, Value};
use crate::command;
use crate::error::Error;
use crate::reply::{ReplyError, fields};
use crate::stream::{JailStream, Missing};
use crate::types::{Backend, JailName};

/// Settings of one value, in an order in which they can be set: `usedns` decides what expressions mean.
const BEFORE_EXPRESSIONS: [&str; 3] = ["usedns", "prefregex", "maxlines"];
const AFTER_EXPRESSIONS: [&str; 15] = [
    "logtimezone",
    "logencoding",
    "maxretry",
    "maxmatches",
    "findtime",
    "bantime",
    "bantime.increment",
    "bantime.overalljails",
    "bantime.factor",
    "bantime.formula",
    "bantime.multipliers",
    "bantime.maxtime",
    "bantime.rndtime",
    "ignorecommand",
    "ignoreself",
];

/// The stream that makes a running jail again.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The stream. Expressions are as the server has expanded them.
    pub stream: JailStream,
    /// What the server does not tell, and what therefore is not in the stream.
    pub missing: Vec<Missing>,
}

impl Snapshot {
    /// Whether the stream has all that the server has.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

impl Client {
    /// Reads a running jail as the stream that would make it again: for putting it back, and not for files, since
    /// expressions come expanded. Good for this server only.
    ///
    /// The server does not tell what a Python action was made with. Of several date patterns it tells the first one,
    /// and none of `{^LN-BEG}` alone, so that they are taken for what it tells. Before 1.1.0 it does not tell the
    /// backend, which is then `systemd` for a jail with journal matches and else `polling`. A Python action that
    /// extends fail2ban's own class of command actions passes for one.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn snapshot_jail(&self, jail: &JailName) -> Result<Snapshot, Error> {
        let running = self.running(jail).await?;
        let running = running.ok_or_else(|| Error::UnknownJail { jail: jail.to_string() })?;
        self.snapshot_of(jail, &running).await
    }

    pub(super) async fn snapshot_of(&self, jail: &JailName, running: &Running) -> Result<Snapshot, Error> {
        let guess =
            if running.has("journalmatch") { Backend::Systemd(String::new()) } else { Backend::Polling };
        let backend = match self.stats().await {
            Ok(stats) => {
                let own = stats.into_iter().find(|entry| entry.jail == *jail);
                let told = own.and_then(|entry| entry.told.ok());
                told.and_then(|(backend, _)| backend.parse().ok()).unwrap_or(guess)
            }
            Err(Error::Unsupported { .. }) => guess,
            Err(error) => return Err(error),
        };
        Ok(snapshot(jail, backend, running))
    }
}

fn snapshot(jail: &JailName, backend: Backend, running: &Running) -> Snapshot {
    let mut made = Snapshot { stream: JailStream::new(jail.clone(), backend), missing: Vec::new() };
    let setting = |key: &str| running.settings.get(key).filter(|value| is_set(key, value));
    let items = |key: &str| setting(key).and_then(Value::as_sequence).unwrap_or_default();
    for key in BEFORE_EXPRESSIONS {
        made.set(key, key, setting(key).map(|value| vec![arg(value)]));
    }
    for (key, command) in [("failregex", "addfailregex"), ("ignoreregex", "addignoreregex")] {
        for expression in items(key) {
            made.set(key, command, Some(vec![arg(expression)]));
        }
    }
    let pattern = setting("datepattern").map(date_pattern);
    let pattern = pattern.and_then(|pattern| pattern.map_or(Some(None), |known| known.map(Some)));
    made.set("datepattern", "datepattern", pattern.map(|pattern| vec![pattern]));
    for key in AFTER_EXPRESSIONS {
        made.set(key, key, setting(key).map(|value| vec![arg(value)]));
    }
    if let [key, count, time] = items("ignorecache") {
        let text = match (key.as_str(), count.as_int(), time.as_int()) {
            (Some(key), Some(count), Some(time)) if !key.contains('"') => {
                Some(Arg::from(format!("key=\"{key}\", max-count={count}, max-time={time}")))
            }
            _ => None,
        };
        made.set("ignorecache", "ignorecache", Some(vec![text]));
    }
    for ignored in items("ignoreip") {
        made.set("ignoreip", "addignoreip", Some(vec![file(ignored).or_else(|| arg(ignored))]));
    }
    for path in items("logpath") {
        made.set("logpath", "addlogpath", Some(vec![arg(path)]));
    }
    for group in items("journalmatch") {
        made.set(
            "journalmatch",
            "addjournalmatch",
            Some(group.as_sequence().unwrap_or_default().iter().map(arg).collect()),
        );
    }
    for action in &running.actions {
        made.add_action(action);
    }
    made
}

impl Snapshot {
    /// Adds `set JAIL COMMAND VALUE…`; what is no value of a request, or none that a stream takes, is missing.
    fn set(&mut self, setting: &str, command: &str, values: Option<Vec<Option<Arg>>>) {
        let Some(values) = values else { return };
        let values: Option<Vec<Arg>> = values.into_iter().collect();
        let taken = values.is_some_and(|values| {
            let words = ["set".into(), Arg::from(self.stream.jail()), command.into()];
            self.stream.push(&command::raw(words.into_iter().chain(values).collect())).is_ok()
        });
        if !taken {
            let missing = Missing::Setting { setting: setting.to_owned() };
            if !self.missing.contains(&missing) {
                self.missing.push(missing);
            }
        }
    }

    fn add_action(&mut self, action: &RunningAction) {
        let RunningAction { name, properties: Some(properties) } = action else {
            self.missing.push(Missing::PythonAction { action: action.name.to_string() });
            return;
        };
        self.set("actions", "addaction", Some(vec![Some(Arg::Str(name.clone()))]));
        for (property, value) in properties {
            let words = arg(value).map(|value| {
                let jail = Arg::from(self.stream.jail());
                vec![
                    "set".into(),
                    jail,
                    "action".into(),
                    Arg::Str(name.clone()),
                    Arg::Str(property.clone()),
                    value,
                ]
            });
            if words.is_none_or(|words| self.stream.push(&command::raw(words)).is_err()) {
                let (action, property) = (name.to_string(), property.to_string());
                self.missing.push(Missing::Property { action, property });
            }
        }
    }
}

/// `None`, the empty text and `ignorecommand`'s `False` stand for what was never set.
fn is_set(key: &str, value: &Value) -> bool {
    match value {
        Value::None => false,
        Value::Bool(_) => key != "ignorecommand",
        Value::Str(text) => *text != "",
        _ => true,
    }
}

/// The pattern; of one without the server tells a name, which for times since 1970 is not the word that sets it.
/// `None` for the built-in patterns.
fn date_pattern(value: &Value) -> Result<Option<Arg>, ReplyError> {
    let (pattern, name) = fields::pair(value)?;
    Ok(match (pattern, name.as_str()) {
        (Value::None, Some("Default Detectors")) => None,
        (Value::None, Some("Epoch")) => Some("EPOCH".into()),
        (Value::None, Some("LongEpoch")) => Some("LEPOCH".into()),
        (Value::None, _) => arg(name),
        _ => arg(pattern),
    })
}

/// A value of a reply as one of a request. Times may be whole numbers with a fraction of zero.
fn arg(value: &Value) -> Option<Arg> {
    match value {
        Value::Str(text) => Some(Arg::Str(text.clone())),
        Value::Int(number) => Some(Arg::Int(*number)),
        Value::Bool(value) => Some(Arg::Bool(*value)),
        Value::Float(number) if number.fract() == 0.0 => fields::int(value).ok().map(Arg::Int),
        _ => None,
    }
}

/// `file:PATH`, which from 1.1.1 on is an object.
fn file(value: &Value) -> Option<Arg> {
    let Value::Object(object) = value else { return None };
    let attributes = object.state.as_ref().and_then(Value::as_dict)?;
    let (_, path) = attributes.iter().find(|(name, _)| name.as_str() == Some("fileName"))?;
    path.as_text().map(|path: &Text| Arg::from(format!("file:{path}")))
}
