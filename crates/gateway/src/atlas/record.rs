//! What a record of a file of places tells, in the spellings of everybody who is known to write such files: MaxMind, DB-IP,
//! IPinfo, IP2Location, tables made from the registries, and tools that make a file of one's own. Each field is taken where it
//! is understood: a number may be of any width, or a text.

use std::fmt;

use bangui_domain::model::{Asn, CountryCode};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::file::country;
use super::table::Known;

/// The longest name of a network that is kept, in characters.
const LONGEST_NAME: usize = 120;
/// How deep facts lie: `traits`, `geo` and the like are maps within the record, and a country may be one within these.
const DEPTH: u8 = 3;

/// What writers write where they know nothing.
const NOTHING: [&str; 5] = ["-", "n/a", "none", "null", "unknown"];

/// What is understood of a record.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// From the most to the least certain: where the address is, and where it is registered.
    countries: [Option<CountryCode>; 3],
    asn: Option<Asn>,
    name: Option<String>,
    is_odd: bool,
}

/// What a field tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// The letters of a country.
    Letters,
    /// A country, in letters, by name, or as a map with the letters.
    Country,
    /// The country of the registration, in the same way.
    Registered,
    /// The number of a network.
    Asn,
    /// The same within what tells of a network: anywhere else it may be the number of anything.
    Number,
    /// The name of a network's holder.
    Name,
    /// Number and name of a network: `AS64500 Example`, or a map with both.
    Network,
    /// A map with any of these.
    Group,
}

/// The names of fields in lower case, without what stands between words.
const FIELDS: [(&str, Field); 30] = [
    ("countrycode", Field::Letters),
    ("countryisocode", Field::Letters),
    ("countryiso", Field::Letters),
    ("countryshort", Field::Letters),
    ("isocode", Field::Letters),
    ("cc", Field::Letters),
    ("country", Field::Country),
    ("registeredcountry", Field::Registered),
    ("autonomoussystemnumber", Field::Asn),
    ("asnumber", Field::Asn),
    ("asnum", Field::Asn),
    ("number", Field::Number),
    ("asn", Field::Asn),
    ("as", Field::Network),
    ("autonomoussystem", Field::Network),
    ("org", Field::Network),
    ("autonomoussystemorganization", Field::Name),
    ("autonomoussystemname", Field::Name),
    ("asorganization", Field::Name),
    ("asorg", Field::Name),
    ("asname", Field::Name),
    ("asnname", Field::Name),
    ("asdescription", Field::Name),
    ("organization", Field::Name),
    ("isp", Field::Name),
    ("name", Field::Name),
    ("traits", Field::Group),
    ("geo", Field::Group),
    ("location", Field::Group),
    ("data", Field::Group),
];

impl Field {
    fn named(key: &str) -> Option<Self> {
        let letters = || key.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
        FIELDS.iter().find(|(name, _)| letters().eq(name.bytes())).map(|(_, field)| *field)
    }
}

impl Record {
    /// One of which nothing could be read.
    pub(super) fn unreadable() -> Self {
        Self { is_odd: true, ..Self::default() }
    }

    /// Whether something of it should have told a place and is not understood.
    pub(super) fn is_odd(&self) -> bool {
        self.is_odd
    }

    /// Whether nothing of it is understood, though there is something.
    pub(super) fn is_lost(&self) -> bool {
        self.is_odd && self.asn.is_none() && self.countries.iter().all(Option::is_none)
    }

    /// The place, and the name of its network.
    pub(super) fn told(self) -> (Known, Option<String>) {
        let country = self.countries.into_iter().flatten().next();
        (Known { country, asn: self.asn }, self.name)
    }

    fn take_text(&mut self, field: Field, text: &str) {
        let text = text.trim();
        // Nothing is known, and some writers say so.
        if text.is_empty() || NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing)) {
            return;
        }
        match field {
            Field::Letters => keep(&mut self.countries, 0, country(text)),
            // Anything but two letters is a name.
            Field::Country => keep(&mut self.countries, 1, country(text)),
            Field::Registered => keep(&mut self.countries, 2, country(text)),
            Field::Asn | Field::Number | Field::Network => {
                let (number, rest) = text.split_once(' ').unwrap_or((text, ""));
                match asn(number) {
                    Some(number) => {
                        self.asn = self.asn.or(Asn::new(number));
                        self.take_text(Field::Name, rest);
                    }
                    None if field == Field::Network => self.take_text(Field::Name, text),
                    None => self.is_odd = true,
                }
            }
            Field::Name => self.name = self.name.take().or_else(|| name(text)),
            Field::Group => self.is_odd = true,
        }
    }

    fn take_number(&mut self, field: Field, number: Option<u64>) {
        match (field, number.and_then(|number| u32::try_from(number).ok())) {
            (Field::Asn | Field::Number | Field::Network, Some(number)) => {
                self.asn = self.asn.or(Asn::new(number));
            }
            // A number of another kind, such as that of a country.
            (Field::Name, _) => {}
            _ => self.is_odd = true,
        }
    }
}

fn keep(countries: &mut [Option<CountryCode>; 3], place: usize, found: Option<CountryCode>) {
    if let Some(country) = countries.get_mut(place) {
        *country = country.or(found);
    }
}

/// The number of a network, with or without `AS` before it; 0 is that of none.
fn asn(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|char: char| char.is_ascii_alphabetic());
    let before = text.get(..text.len().checked_sub(digits.len())?)?;
    let is_number = matches!(before.to_ascii_uppercase().as_str(), "" | "AS" | "ASN")
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)?.parse().ok()
}

fn name(text: &str) -> Option<String> {
    let name: String = text.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut record = Self::default();
        // What was understood before something that nobody can read stays.
        let read = deserializer.deserialize_any(Value { record: &mut record, field: Field::Group, depth: 0 });
        record.is_odd |= read.is_err();
        Ok(record)
    }
}

/// The value of a field, of any type.
struct Value<'a> {
    record: &'a mut Record,
    field: Field,
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field of a place")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.record.take_text(self.field, text);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.record.take_number(self.field, Some(number));
        Ok(())
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<(), E> {
        self.record.take_number(self.field, u64::try_from(number).ok());
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.record.take_number(self.field, u64::try_from(number).ok());
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        // As exact as it is written; one that is no whole number is no number of a network.
        self.record.take_number(self.field, number.to_string().parse().ok());
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.record.is_odd = true;
        Ok(())
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.record.take_text(self.field, text),
            Err(_) => self.record.is_odd = true,
        }
        Ok(())
    }

    /// The first of several counts, as in a list of networks that announce an address.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { record, field, depth } = self;
        if depth == 0 || depth >= DEPTH {
            record.is_odd = true;
        } else {
            list.next_element_seed(Value { record, field, depth: depth + 1 })?;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { record, field: outer, depth } = self;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let field = Field::named(&key).and_then(|field| within(outer, field)).filter(|_| depth < DEPTH);
            match field {
                Some(field) => {
                    map.next_value_seed(Value { record: &mut *record, field, depth: depth + 1 })?;
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// What a field tells that stands in the map of another one: a country has names of its own, a network a number.
fn within(outer: Field, field: Field) -> Option<Field> {
    match (outer, field) {
        (Field::Group, inner) if inner != Field::Number => Some(field),
        (Field::Letters | Field::Country, Field::Letters) => Some(Field::Country),
        (Field::Registered, Field::Letters) => Some(Field::Registered),
        (Field::Network | Field::Asn, Field::Number) => Some(Field::Asn),
        (Field::Network | Field::Asn, Field::Asn | Field::Network | Field::Name) => Some(field),
        _ => None,
    }
}
