//! Where addresses are, by their numbers, as two columns in memory: six bytes an address. Followed by the numbers under
//! which places were written.

use std::sync::{Arc, PoisonError};

use bangui_domain::model::{Country, CountryCode};
use diesel::prelude::*;

use super::memory::Memory;
use crate::connection::{AnyConnection, TxError};
use crate::schema::addresses;

/// Rows read at a time.
const PAGE: i64 = 20_000;
/// The codes of countries: unknown, private, and all pairs of letters.
pub(super) const COUNTRIES: usize = 2 + 26 * 26;

/// Where addresses are.
#[derive(Debug, Clone, Default)]
pub(super) struct PlaceTable {
    /// The number under which the newest place was written, and the last address of that number that was read.
    newest: (i64, i32),
    countries: Vec<u16>,
    networks: Vec<u32>,
}

impl PlaceTable {
    /// The places as they are now.
    pub(super) fn current(connection: &mut AnyConnection, memory: &Memory) -> Result<Arc<Self>, TxError> {
        let lock = || memory.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut table = Arc::clone(&lock());
        loop {
            let (number, id) = table.newest;
            let rows: Vec<(i32, Option<String>, Option<i64>, i64)> = addresses::table
                .filter(addresses::place_no.ge(number))
                .filter(addresses::place_no.gt(number).or(addresses::id.gt(id)))
                .filter(addresses::place_no.gt(0))
                .order((addresses::place_no, addresses::id))
                .limit(PAGE)
                .select((addresses::id, addresses::country, addresses::asn, addresses::place_no))
                .load(connection)?;
            let full = i64::try_from(rows.len()).is_ok_and(|count| count >= PAGE);
            if !rows.is_empty() {
                let changed = Arc::make_mut(&mut table);
                for (id, country, asn, number) in rows {
                    changed.set(id, country.as_deref(), asn);
                    changed.newest = (number, id);
                }
            }
            if !full {
                break;
            }
        }
        let mut kept = lock();
        if kept.newest < table.newest {
            *kept = Arc::clone(&table);
        }
        Ok(table)
    }

    fn set(&mut self, id: i32, country: Option<&str>, asn: Option<i64>) {
        let Ok(place) = usize::try_from(id) else { return };
        if place >= self.countries.len() {
            let size = place + 1;
            self.countries.resize(size, 0);
            self.networks.resize(size, 0);
        }
        if let Some(column) = self.countries.get_mut(place) {
            *column = country_code(country.and_then(|text| text.parse().ok()).unwrap_or_default());
        }
        if let Some(column) = self.networks.get_mut(place) {
            *column = asn.and_then(|asn| u32::try_from(asn).ok()).unwrap_or_default();
        }
    }

    /// Addresses with smaller numbers may have a place here.
    pub(super) fn size(&self) -> u32 {
        u32::try_from(self.countries.len()).unwrap_or(u32::MAX)
    }

    /// The code of an address's country.
    #[inline]
    pub(super) fn country(&self, address: u32) -> u16 {
        usize::try_from(address).ok().and_then(|place| self.countries.get(place).copied()).unwrap_or_default()
    }

    /// The number of an address's network; 0 where it is not known.
    #[inline]
    pub(super) fn network(&self, address: u32) -> u32 {
        usize::try_from(address).ok().and_then(|place| self.networks.get(place).copied()).unwrap_or_default()
    }
}

/// A country as a small number.
pub(super) fn country_code(country: Country) -> u16 {
    match country {
        Country::Unknown => 0,
        Country::Private => 1,
        Country::Known(code) => {
            let [a, b] = code.letters().map(|letter| u16::from(letter.saturating_sub(b'A')));
            2 + a * 26 + b
        }
    }
}

/// The country that a small number stands for.
pub(super) fn country(code: u16) -> Country {
    let letter = |index: u16| u8::try_from(index).map(|index| char::from(b'A' + index)).unwrap_or_default();
    match code {
        0 => Country::Unknown,
        1 => Country::Private,
        code => {
            let text: String = [letter((code - 2) / 26), letter((code - 2) % 26)].into_iter().collect();
            CountryCode::parse(&text).map_or(Country::Unknown, Country::Known)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, country, country_code};

    #[test]
    fn countries_come_back_from_their_codes() {
        for code in 0..u16::try_from(COUNTRIES).unwrap() {
            assert_eq!(country_code(country(code)), code);
        }
    }
}
