//! Reads a question: each word is a name with values, or plain text.

use std::fmt::Display;
use std::str::FromStr;

use super::words::{Named, words};
use super::{Moment, Name, Search, SearchError, UNKNOWN};
use crate::model::{Asn, AsnError, Choice, EventKind, JailName, Origin, ServerId};

pub(super) fn search(server: ServerId, text: &str) -> Result<Search, SearchError> {
    let length = text.chars().count();
    if length > Search::MAX_CHARS {
        let message = format!("at most {} characters are read, this has {length}", Search::MAX_CHARS);
        return Err(SearchError { at: Search::MAX_CHARS.saturating_add(1), message });
    }
    let mut search = Search::all(server);
    for word in words(text)? {
        match word.named() {
            Some(named) => take(&mut search, word.at, named)?,
            None => plain(&mut search.filter.texts, word.at, word.text())?,
        }
    }
    Ok(search)
}

fn plain(texts: &mut Vec<String>, at: usize, text: String) -> Result<(), SearchError> {
    if text.trim().is_empty() || texts.contains(&text) {
        return Ok(());
    }
    if texts.len() >= Search::MAX_TEXTS {
        let message =
            format!("at most {} plain texts: put words that belong together in quotes", Search::MAX_TEXTS);
        return Err(SearchError { at, message });
    }
    texts.push(text);
    Ok(())
}

fn take(search: &mut Search, at: usize, named: Named) -> Result<(), SearchError> {
    let name = named.name;
    if let Some((at, _)) = named.values.iter().find(|(_, value)| value.is_empty()) {
        let message = format!("{}: needs a value such as {}", name.as_str(), name.examples());
        return Err(SearchError { at: *at, message });
    }
    let filter = &mut search.filter;
    match name {
        Name::Jail => choose(&mut filter.jails, at, named, JailName::parse),
        Name::Ip => choose(&mut filter.targets, at, named, FromStr::from_str),
        Name::Country => choose(&mut filter.countries, at, named, FromStr::from_str),
        Name::Network => choose(&mut filter.networks, at, named, network),
        Name::Origin => choose(&mut filter.origins, at, named, |text| {
            Origin::parse(text).ok_or_else(|| not_one_of(text, &Origin::ALL.map(Origin::as_str).join(", ")))
        }),
        Name::Kind => {
            let negated = named.negated;
            let kind = single(&mut filter.kind, at, named, |text| {
                EventKind::parse(text).ok_or_else(|| not_one_of(text, "ban, unban"))
            })?;
            *kind = match (*kind, negated) {
                (EventKind::Ban, true) => EventKind::Unban,
                (EventKind::Unban, true) => EventKind::Ban,
                (kind, false) => kind,
            };
            Ok(())
        }
        Name::Since => moment(&mut search.since, at, named, Moment::parse_since),
        Name::Until => moment(&mut search.until, at, named, Moment::parse_until),
    }
}

fn not_one_of(text: &str, words: &str) -> String {
    format!("{text:?} is not one of {words}")
}

/// A network by its number; nothing for those that are not known.
fn network(text: &str) -> Result<Option<Asn>, AsnError> {
    if text.eq_ignore_ascii_case(UNKNOWN) { Ok(None) } else { text.parse().map(Some) }
}

/// Reads values of which one has to hold, or none.
fn choose<T: PartialEq, E: Display>(
    choice: &mut Choice<T>,
    at: usize,
    named: Named,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<(), SearchError> {
    let name = named.name.as_str();
    if !named.negated && !choice.any_of.is_empty() {
        return Err(SearchError {
            at,
            message: twice(name, "with commas between the values for one of several"),
        });
    }
    let list = if named.negated { &mut choice.none_of } else { &mut choice.any_of };
    for (at, text) in named.values {
        let value = read(&text).map_err(|error| SearchError { at, message: error.to_string() })?;
        if list.len() >= Search::MAX_VALUES {
            let message = format!("{name}: takes at most {} values", Search::MAX_VALUES);
            return Err(SearchError { at, message });
        }
        if !list.contains(&value) {
            list.push(value);
        }
    }
    Ok(())
}

/// Reads the one value of a name that takes no more.
fn single<T, E: Display>(
    slot: &mut Option<T>,
    at: usize,
    named: Named,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<&mut T, SearchError> {
    let name = named.name.as_str();
    if slot.is_some() {
        return Err(SearchError { at, message: twice(name, "once") });
    }
    let mut values = named.values.into_iter();
    let (first, second) = (values.next(), values.next());
    if let Some((at, _)) = second {
        return Err(SearchError { at, message: format!("{name}: takes one value") });
    }
    let (at, text) = first.unwrap_or_default();
    let value = read(&text).map_err(|error| SearchError { at, message: error.to_string() })?;
    Ok(slot.insert(value))
}

fn moment<E: Display>(
    slot: &mut Option<Moment>,
    at: usize,
    named: Named,
    read: impl Fn(&str) -> Result<Moment, E>,
) -> Result<(), SearchError> {
    if named.negated {
        let message = format!("{}: cannot be turned round: write it without the -", named.name.as_str());
        return Err(SearchError { at, message });
    }
    single(slot, at, named, read).map(drop)
}

fn twice(name: &str, instead: &str) -> String {
    format!("{name}: is there already: write it {instead}")
}
