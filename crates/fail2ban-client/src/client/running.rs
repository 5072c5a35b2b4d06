//! A running jail as `get` tells it, undigested: its settings, and its actions with their properties. Compares it with
//! what a stream asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::Client;
use super::check::Settings;
use crate::codec::{Arg, Text, Value};
use crate::command::{self, Command};
use crate::error::Error;
use crate::reply::fields;
use crate::stream::{Difference, JailStream, is_property};
use crate::types::{Backend, JailName};

/// Settings that are compared with the stream itself: a scratch jail has none of them.
const NOT_REHEARSED: [&str; 3] = ["logpath", "journalmatch", "actions"];

/// Settings that the server empties when a reload begins.
const EMPTIED: [&str; 3] = ["failregex", "ignoreregex", "ignoreip"];

/// What every command action has, and a Python action as a rule has not.
const OF_COMMAND_ACTIONS: [&str; 4] = ["actionstart", "actionban", "actionunban", "timeout"];

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Running {
    pub(super) settings: Settings,
    pub(super) actions: Vec<RunningAction>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct RunningAction {
    pub(super) name: Text,
    /// `None` for a Python action.
    pub(super) properties: Option<BTreeMap<Text, Value>>,
}

impl Client {
    /// All that the server tells about a jail; `None` where there is none.
    pub(super) async fn running(&self, jail: &JailName) -> Result<Option<Running>, Error> {
        match self.look_at(jail).await {
            Ok(running) => Ok(Some(running)),
            Err(Error::UnknownJail { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn look_at(&self, jail: &JailName) -> Result<Running, Error> {
        let settings = self.settings(jail).await?;
        let names = settings.get("actions").map(fields::texts).transpose();
        let names = names.map_err(|source| unexpected(jail, "actions", source))?.unwrap_or_default();
        let ask = |name: &Text| get(jail, ["actionproperties".into(), Arg::Str(name.clone())]);
        let replies = self.run_all(&names.iter().map(ask).collect::<Vec<_>>()).await?;
        let mut actions = Vec::with_capacity(names.len());
        for (name, reply) in names.into_iter().zip(replies) {
            let known =
                fields::texts(&reply?).map_err(|source| unexpected(jail, "actionproperties", source))?;
            let is_command = OF_COMMAND_ACTIONS.iter().all(|wanted| known.iter().any(|name| name == wanted));
            let properties = if is_command { Some(self.properties(jail, &name, known).await?) } else { None };
            actions.push(RunningAction { name, properties });
        }
        Ok(Running { settings, actions })
    }

    async fn properties(
        &self,
        jail: &JailName,
        action: &Text,
        mut names: Vec<Text>,
    ) -> Result<BTreeMap<Text, Value>, Error> {
        names.retain(|name| name.as_str().is_some_and(is_property));
        let ask =
            |name: &Text| get(jail, ["action".into(), Arg::Str(action.clone()), Arg::Str(name.clone())]);
        let replies = self.run_all(&names.iter().map(ask).collect::<Vec<_>>()).await?;
        names.into_iter().zip(replies).map(|(name, reply)| Ok((name, reply?))).collect()
    }
}

impl Running {
    pub(super) fn has(&self, list: &str) -> bool {
        self.settings.get(list).and_then(Value::as_sequence).is_some_and(|items| !items.is_empty())
    }

    pub(super) fn has_python_action(&self) -> bool {
        self.actions.iter().any(|action| action.properties.is_none())
    }

    /// Where the jail is not as the stream says; `intended` are the settings that the stream made on a scratch jail.
    pub(super) fn differences(&self, stream: &JailStream, intended: &Settings) -> Vec<Difference> {
        let mut differences: Vec<Difference> = intended
            .iter()
            .filter(|(key, _)| !NOT_REHEARSED.contains(key))
            .filter(|(key, value)| {
                self.settings.get(**key).map(|own| comparable(key, own)) != Some(comparable(key, value))
            })
            .map(|(key, _)| Difference::Setting((*key).to_owned()))
            .collect();
        differences.extend(self.log_differences(stream));
        differences.extend(self.action_differences(stream));
        differences
    }

    /// Settings that would stay as they are in a plain reload, though a jail made of the stream would not have them.
    pub(super) fn leftovers<'a>(
        &'a self,
        stream: &'a JailStream,
        intended: &'a Settings,
    ) -> impl Iterator<Item = &'static str> {
        let stays = |key: &str| !NOT_REHEARSED.contains(&key) && !EMPTIED.contains(&key) && !stream.sets(key);
        intended
            .iter()
            .filter(move |(key, value)| stays(key) && self.settings.get(**key) != Some(value))
            .map(|(key, _)| *key)
    }

    pub(super) fn journal_differs(&self, stream: &JailStream) -> bool {
        let own = self.settings.get("journalmatch").and_then(Value::as_sequence).unwrap_or_default();
        let own: BTreeSet<Vec<Text>> = own.iter().filter_map(|group| fields::texts(group).ok()).collect();
        !own.is_empty() && own != stream.journal_matches()
    }

    fn log_differences(&self, stream: &JailStream) -> Option<Difference> {
        let differs = |key: &str| Some(Difference::Setting(key.to_owned()));
        if self.has("journalmatch") || matches!(stream.backend(), Backend::Systemd(_)) {
            return if self.journal_differs(stream) || self.has("journalmatch") != stream.has_journal_matches()
            {
                differs("journalmatch")
            } else {
                None
            };
        }
        let own =
            self.settings.get("logpath").and_then(|paths| fields::texts(paths).ok()).unwrap_or_default();
        let own: BTreeSet<&Text> = own.iter().collect();
        if own == stream.log_paths().collect() { None } else { differs("logpath") }
    }

    /// The actions by name, kind and properties.
    pub(super) fn action_differences(&self, stream: &JailStream) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (name, python) in stream.actions() {
            match self.actions.iter().find(|action| action.name == *name) {
                Some(RunningAction { properties: None, .. }) if python => {}
                Some(RunningAction { properties: Some(own), .. }) if !python => {
                    let property = |property: &Text| Difference::Property {
                        action: name.to_string(),
                        property: property.to_string(),
                    };
                    differences.extend(property_differences(own, stream, name).into_iter().map(property));
                }
                _ => differences.push(Difference::NoAction(name.to_string())),
            }
        }
        let wanted = |action: &RunningAction| stream.actions().any(|(name, _)| *name == action.name);
        let extra = self.actions.iter().filter(|action| !wanted(action));
        differences.extend(extra.map(|action| Difference::Action(action.name.to_string())));
        differences
    }
}

/// The properties that an action has otherwise than the stream says; unset ones are empty, and the server ignores
/// `bantime`.
fn property_differences<'a>(
    own: &'a BTreeMap<Text, Value>,
    stream: &'a JailStream,
    action: &'a Text,
) -> Vec<&'a Text> {
    let wanted: BTreeMap<&Text, &Arg> =
        stream.properties(action).map(|(name, value)| (name, value)).collect();
    let differs = |name: &Text| match (own.get(name), wanted.get(name)) {
        (Some(Value::Str(own)), Some(Arg::Str(wanted))) => own != wanted,
        (Some(Value::Int(own)), Some(Arg::Int(wanted))) => own != wanted,
        (Some(Value::Bool(own)), Some(Arg::Bool(wanted))) => own != wanted,
        (Some(Value::Float(own)), Some(Arg::Float(wanted))) => own.total_cmp(wanted).is_ne(),
        (Some(Value::Str(own)), None) => *own != "",
        (Some(Value::Int(60)), None) => *name != "timeout",
        (None, None) => false,
        _ => true,
    };
    let names: BTreeSet<&Text> = own.keys().chain(wanted.keys().copied()).collect();
    names.into_iter().filter(|name| **name != "bantime" && differs(name)).collect()
}

/// Lists whose order varies from answer to answer are put in order.
fn comparable(key: &str, value: &Value) -> Vec<String> {
    match value.as_sequence() {
        Some(items) if key == "ignoreip" => {
            let mut items: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
            items.sort();
            items.dedup();
            items
        }
        _ => vec![format!("{value:?}")],
    }
}

fn get<const N: usize>(jail: &JailName, words: [Arg; N]) -> Command<Value> {
    command::read_raw(["get".into(), Arg::from(jail)].into_iter().chain(words).collect())
}

fn unexpected(jail: &JailName, key: &str, source: crate::reply::ReplyError) -> Error {
    Error::UnexpectedReply { command: format!("get {jail} {key}"), source }
}
