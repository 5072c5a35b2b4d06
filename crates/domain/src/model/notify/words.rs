//! Names within stored rules, as the words that the rest of the database uses.

use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::model::{Country, JailName, Origin};

/// A value with a word of its own.
pub(super) trait Word: Sized {
    fn word(&self) -> String;
    fn read(word: &str) -> Option<Self>;
}

impl Word for JailName {
    fn word(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(word: &str) -> Option<Self> {
        Self::parse(word).ok()
    }
}

impl Word for Origin {
    fn word(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(word: &str) -> Option<Self> {
        Self::parse(word)
    }
}

impl Word for Country {
    fn word(&self) -> String {
        self.to_string()
    }

    fn read(word: &str) -> Option<Self> {
        word.parse().ok()
    }
}

pub(super) fn serialize<S: Serializer, T: Word>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    values.iter().map(Word::word).collect::<Vec<_>>().serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>, T: Word>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    let read = |word: &String| T::read(word).ok_or_else(|| D::Error::custom(format!("{word:?} is unknown")));
    words.iter().map(read).collect()
}
