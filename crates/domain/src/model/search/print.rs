//! Prints a question in the one canonical way: names in their order, then the plain texts.

use std::fmt::{self, Display};

use super::words::words;
use super::{Name, Search, UNKNOWN};
use crate::model::{Asn, Choice, EventKind, Origin};

impl Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&parts(self).join(" "))
    }
}

fn parts(search: &Search) -> Vec<String> {
    let Search { filter, since, until } = search;
    let mut parts = Vec::new();
    choice(&mut parts, Name::Jail, &filter.jails, ToString::to_string);
    choice(&mut parts, Name::Ip, &filter.targets, ToString::to_string);
    choice(&mut parts, Name::Country, &filter.countries, ToString::to_string);
    choice(&mut parts, Name::Network, &filter.networks, |asn: &Option<Asn>| {
        asn.map_or_else(|| UNKNOWN.to_owned(), |asn| asn.to_string())
    });
    choice(&mut parts, Name::Origin, &filter.origins, |origin: &Origin| origin.as_str().to_owned());
    one(&mut parts, Name::Kind, filter.kind.map(EventKind::as_str));
    one(&mut parts, Name::Since, since.as_ref());
    one(&mut parts, Name::Until, until.as_ref());
    parts.extend(filter.texts.iter().map(|text| plain(text)));
    parts
}

fn choice<T>(parts: &mut Vec<String>, name: Name, choice: &Choice<T>, print: impl Fn(&T) -> String) {
    for (sign, list) in [("", &choice.any_of), ("-", &choice.none_of)] {
        if !list.is_empty() {
            let values: Vec<String> = list.iter().map(|each| value(&print(each))).collect();
            parts.push(format!("{sign}{}:{}", name.as_str(), values.join(",")));
        }
    }
}

fn one(parts: &mut Vec<String>, name: Name, value: Option<impl Display>) {
    if let Some(value) = value {
        parts.push(format!("{}:{value}", name.as_str()));
    }
}

/// A value behind a name.
pub(super) fn value(text: &str) -> String {
    if text.is_empty() || text.contains([',', '"']) || text.contains(char::is_whitespace) {
        return in_quotes(text);
    }
    text.to_owned()
}

/// A text that is not to be taken for a name.
fn plain(text: &str) -> String {
    let is_itself =
        matches!(words(text).as_deref(), Ok([word]) if word.text() == text && word.named().is_none());
    if is_itself { text.to_owned() } else { in_quotes(text) }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
