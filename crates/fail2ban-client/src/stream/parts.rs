//! The parts of a jail's stream by what they are about. Knows nothing of servers.

use std::collections::BTreeSet;

use super::{Entry, JailStream};
use crate::codec::{Arg, Text};
use crate::types::JailName;

impl JailStream {
    /// What was put in, each with its place in the stream.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        (1..).zip(&self.entries)
    }

    pub(crate) fn log_paths(&self) -> impl Iterator<Item = &Text> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::LogPath { path, .. } => Some(path),
            _ => None,
        })
    }

    pub(crate) fn remove_log_path(&mut self, wanted: &Text) {
        self.entries.retain(|entry| !matches!(entry, Entry::LogPath { path, .. } if path == wanted));
    }

    pub(crate) fn has_journal_matches(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::JournalMatch { .. }))
    }

    /// The groups of journal matches: `+` begins another one.
    pub(crate) fn journal_matches(&self) -> BTreeSet<Vec<Text>> {
        let terms = self.entries.iter().filter_map(|entry| match entry {
            Entry::JournalMatch { terms } => Some(terms),
            _ => None,
        });
        terms.flat_map(|terms| terms.split(|term| *term == "+").map(<[Text]>::to_vec)).collect()
    }

    /// Whether a setting of this name is set.
    pub(crate) fn sets(&self, wanted: &str) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Setting { key, .. } if *key == wanted))
    }

    /// Whether there is an expression that finds failures.
    pub(crate) fn has_failregex(&self) -> bool {
        let found = |entry: &Entry| matches!(entry, Entry::Expressions { key: "addfailregex", expressions, .. } if !expressions.is_empty());
        self.entries.iter().any(found)
    }

    /// The properties of an action, in the order in which they are set.
    pub(crate) fn properties<'a>(&'a self, wanted: &'a Text) -> impl Iterator<Item = &'a (Text, Arg)> {
        self.entries.iter().flat_map(move |entry| match entry {
            Entry::Properties { action, properties, .. } if action == wanted => properties.as_slice(),
            _ => &[],
        })
    }

    /// The settings of this name, such as `datepattern`, leave the stream, and those of the other come in.
    pub(crate) fn adopt(&mut self, wanted: &str, other: &Self) {
        let is_wanted = |entry: &Entry| matches!(entry, Entry::Setting { key, .. } if *key == wanted);
        self.entries.retain(|entry| !is_wanted(entry));
        self.entries.extend(other.entries.iter().filter(|entry| is_wanted(entry)).cloned());
    }
}

impl Entry {
    /// What a scratch jail can be asked to take, one command for each expression; nothing for log files, journals and
    /// actions, which do more than being stored. Expressions go by `multi-set`, which answers without all of them.
    pub(crate) fn rehearsals(&self, jail: &JailName) -> Vec<Vec<Arg>> {
        match self {
            Self::Setting { .. } => vec![self.args(jail)],
            Self::Expressions { key, expressions, .. } => {
                let one = |text: &Text| {
                    Self::Expressions { key, expressions: vec![text.clone()], many: true }.args(jail)
                };
                expressions.iter().map(one).collect()
            }
            Self::LogPath { .. }
            | Self::JournalMatch { .. }
            | Self::Action { .. }
            | Self::Properties { .. } => Vec::new(),
        }
    }
}
