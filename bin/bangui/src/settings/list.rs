//! Lists in settings: an array in a file, one text with commas in the environment.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// Reads a list of values that have a text form.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    deserializer.deserialize_any(List(PhantomData))
}

struct List<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> List<T> {
    fn one<E: Error>(text: &str) -> Result<T, E> {
        text.trim().parse().map_err(|error| E::custom(format!("{:?}: {error}", text.trim())))
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or one text with commas between the values")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
        text.split(',').filter(|part| !part.trim().is_empty()).map(Self::one).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(text) = parts.next_element::<String>()? {
            values.push(Self::one(&text)?);
        }
        Ok(values)
    }
}
