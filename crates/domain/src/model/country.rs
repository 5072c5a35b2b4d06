//! The names of countries, in English, so that they can be found by name. `country/names.txt` has one line for each code
//! of ISO 3166-1, and for Kosovo, which the registries of addresses know as XK.

use super::CountryCode;

const NAMES: &str = include_str!("country/names.txt");

/// Every country that has a name, by its code.
pub fn countries() -> impl Iterator<Item = (CountryCode, &'static str)> {
    NAMES.lines().filter_map(|line| {
        let (code, name) = line.split_once(' ')?;
        Some((CountryCode::parse(code)?, name))
    })
}

#[cfg(test)]
mod tests {
    use super::{NAMES, countries};

    #[test]
    fn every_line_is_a_country_and_they_are_in_order() {
        let all: Vec<_> = countries().collect();
        assert_eq!(all.len(), NAMES.lines().count());
        assert!(all.is_sorted_by(|a, b| a.0 < b.0));
        assert!(all.iter().all(|(_, name)| name.len() > 3 && name.is_ascii()));
        let name = |code: &str| all.iter().find(|(at, _)| at.to_string() == code).unwrap().1;
        assert_eq!((name("NL"), name("DE"), name("XK")), ("Netherlands", "Germany", "Kosovo"));
    }
}
