//! A filter made ready for going through millions of entries: every name in it is a number, every address a bit.

use std::cell::OnceCell;

use bangui_domain::model::{Asn, Choice, HistoryFilter, JailName, Origin, Target};
use diesel::prelude::*;

use super::places::{COUNTRIES, PlaceTable, country_code};
use super::text::{TextSieve, text_sieve};
use crate::bans::code::origin_code;
use crate::bans::find::{IPV4_KEYS, keys};
use crate::bans::{RESTORED, rows};
use crate::connection::{AnyConnection, TxError};
use crate::schema::{addresses, jails};

/// Up to so many addresses are looked up as rows, and not searched for in packs.
const PINNED: usize = 256;

/// Numbers of addresses, a bit each.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    count: usize,
}

impl Bits {
    pub(super) fn set(&mut self, number: u32) {
        let Ok(word) = usize::try_from(number / 64) else { return };
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            let bit = 1 << (number % 64);
            self.count += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }

    #[inline]
    pub(super) fn has(&self, number: u32) -> bool {
        let word = usize::try_from(number / 64).ok().and_then(|word| self.words.get(word));
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// All numbers, ascending.
    pub(super) fn numbers(&self) -> Vec<u32> {
        (0_u32..)
            .zip(&self.words)
            .flat_map(|(index, word)| {
                (0..64_u32).filter(move |bit| word & (1 << bit) != 0).map(move |bit| index * 64 + bit)
            })
            .collect()
    }
}

/// A jail of the server that is asked about.
#[derive(Debug, Clone)]
pub(super) struct JailRow {
    pub(super) id: i32,
    pub(super) name: JailName,
}

/// A filter made ready.
#[derive(Debug)]
pub(super) struct Sieve {
    /// The jails that are wanted, by their numbers.
    pub(super) jails: Vec<JailRow>,
    /// Bit N is set where origin N is wanted.
    origins: u8,
    countries: Option<Vec<bool>>,
    /// Those that are wanted, and those that are not; ascending.
    networks: Option<(Vec<u32>, Vec<u32>)>,
    any_of: Option<Bits>,
    none_of: Option<Bits>,
    texts: Vec<TextSieve>,
    /// The addresses of the table of places that are wanted.
    admitted: OnceCell<Bits>,
}

impl Sieve {
    /// Makes a filter ready. What counts bans (`attacks`) leaves restored ones out, unless they are asked for.
    pub(super) fn new(
        connection: &mut AnyConnection,
        filter: &HistoryFilter,
        attacks: bool,
    ) -> Result<Self, TxError> {
        let all: Vec<(i32, String)> = jails::table
            .filter(jails::server_id.eq(filter.server.as_str()))
            .order(jails::id)
            .select((jails::id, jails::name))
            .load(connection)?;
        let mut wanted = Vec::new();
        for (id, name) in all {
            let name = rows::jail(name)?;
            if filter.jails.admits(&name) {
                wanted.push(JailRow { id, name });
            }
        }
        let networks = (!filter.networks.is_free()).then(|| {
            // 0 is the number of those that are not known.
            let numbers = |asns: &[Option<Asn>]| {
                let mut numbers: Vec<u32> = asns.iter().map(|asn| asn.map_or(0, Asn::number)).collect();
                numbers.sort_unstable();
                numbers
            };
            (numbers(&filter.networks.any_of), numbers(&filter.networks.none_of))
        });
        let countries = (!filter.countries.is_free()).then(|| {
            let mut admitted = vec![filter.countries.any_of.is_empty(); COUNTRIES];
            let mut mark = |list: &[bangui_domain::model::Country], value: bool| {
                for country in list {
                    if let Some(place) = admitted.get_mut(usize::from(country_code(*country))) {
                        *place = value;
                    }
                }
            };
            mark(&filter.countries.any_of, true);
            mark(&filter.countries.none_of, false);
            admitted
        });
        let mut texts = Vec::new();
        for text in &filter.texts {
            texts.push(text_sieve(connection, text, &wanted)?);
        }
        Ok(Self {
            jails: wanted,
            origins: origins(&filter.origins, attacks),
            countries,
            networks,
            any_of: within(connection, &filter.targets.any_of)?,
            none_of: within(connection, &filter.targets.none_of)?,
            texts,
            admitted: OnceCell::new(),
        })
    }

    /// The few addresses that alone are meant; `None` where there may be many.
    pub(super) fn pinned(&self) -> Option<Vec<u32>> {
        self.any_of.as_ref().filter(|bits| bits.count() <= PINNED).map(Bits::numbers)
    }

    /// Whether all that is asked for is jails: then a day's count of attacks is an answer.
    pub(super) fn is_by_jail_alone(&self) -> bool {
        self.origins == origins(&Choice::default(), true)
            && self.is_blind_to_addresses()
            && self.texts.is_empty()
    }

    /// Whether everything is wanted of the jails: then rows can be read in the order of time.
    pub(super) fn is_free(&self) -> bool {
        self.origins == 0b1111 && self.is_blind_to_addresses() && self.texts.is_empty()
    }

    /// Whether an origin is wanted.
    #[inline]
    pub(super) fn wants(&self, origin: u8) -> bool {
        self.origins & (1 << (origin & 3)) != 0
    }

    /// Whether nothing is said of addresses and where they are.
    fn is_blind_to_addresses(&self) -> bool {
        self.countries.is_none() && self.networks.is_none() && self.any_of.is_none() && self.none_of.is_none()
    }

    /// The origins that are wanted, as SQL's IN wants them.
    pub(super) fn origin_list(&self) -> String {
        let wanted: Vec<i32> = (0..4).filter(|code| self.origins & (1 << code) != 0).collect();
        if wanted.is_empty() {
            "-1".to_owned()
        } else {
            wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
    }

    /// The place of a jail among those that are wanted.
    #[inline]
    pub(super) fn jail(&self, id: i32) -> Option<usize> {
        self.jails.binary_search_by_key(&id, |jail| jail.id).ok()
    }

    /// Whether an entry is wanted, in a jail that is.
    pub(super) fn admits(&self, places: &PlaceTable, jail: usize, at: i64, address: u32, origin: u8) -> bool {
        self.wants(origin) && self.takes(places, address) && self.tells(jail, at, address)
    }

    /// Whether an address is wanted.
    fn takes(&self, places: &PlaceTable, address: u32) -> bool {
        self.any_of.as_ref().is_none_or(|bits| bits.has(address))
            && self.none_of.as_ref().is_none_or(|bits| !bits.has(address))
            && self.countries.as_ref().is_none_or(|countries| {
                countries.get(usize::from(places.country(address))).copied().unwrap_or_default()
            })
            && self.networks.as_ref().is_none_or(|(any_of, none_of)| {
                let network = places.network(address);
                (any_of.is_empty() || any_of.binary_search(&network).is_ok())
                    && none_of.binary_search(&network).is_err()
            })
    }

    /// Whether every text is found.
    #[inline]
    pub(super) fn tells(&self, jail: usize, at: i64, address: u32) -> bool {
        self.texts.iter().all(|text| text.admits(jail, at, address))
    }

    /// The same question for millions of entries: it is answered once for each address whose place is known.
    pub(super) fn passes<'a>(&'a self, places: &'a PlaceTable) -> Passes<'a> {
        if self.is_blind_to_addresses() {
            return Passes { sieve: self, places, known: None };
        }
        let known = self.admitted.get_or_init(|| {
            let mut bits = Bits::default();
            (0..places.size()).filter(|address| self.takes(places, *address)).for_each(|id| bits.set(id));
            bits
        });
        Passes { sieve: self, places, known: Some((places.size(), known)) }
    }
}

/// Which addresses pass.
#[derive(Clone, Copy)]
pub(super) struct Passes<'a> {
    sieve: &'a Sieve,
    places: &'a PlaceTable,
    /// Numbers below this are in these bits. `None` where all pass.
    known: Option<(u32, &'a Bits)>,
}

impl Passes<'_> {
    /// Whether an entry is wanted, in a jail that is.
    #[inline]
    pub(super) fn admit(&self, jail: usize, at: i64, address: u32, origin: u8) -> bool {
        let passes = match self.known {
            None => true,
            Some((behind, bits)) if address < behind => bits.has(address),
            Some(_) => self.sieve.takes(self.places, address),
        };
        passes && self.sieve.wants(origin) && self.sieve.tells(jail, at, address)
    }
}

fn origins(choice: &Choice<Origin>, attacks: bool) -> u8 {
    let wanted = Origin::ALL.into_iter().filter(|origin| choice.admits(origin));
    let mask = wanted.fold(0, |mask, origin| mask | 1 << origin_code(origin));
    if attacks && !choice.any_of.contains(&Origin::Restored) { mask & !(1 << RESTORED) } else { mask }
}

/// The addresses that lie in one of some targets, and the networks that contain one; `None` where no target is given.
fn within(connection: &mut AnyConnection, targets: &[Target]) -> Result<Option<Bits>, TxError> {
    if targets.is_empty() {
        return Ok(None);
    }
    let mut bits = Bits::default();
    for target in targets {
        let (low, high, spans_ipv4) = keys(target);
        let mut inside =
            addresses::table.filter(addresses::ip_key.between(low, high)).select(addresses::id).into_boxed();
        if spans_ipv4 {
            inside = inside.filter(diesel::dsl::not(addresses::ip_key.between(IPV4_KEYS.0, IPV4_KEYS.1)));
        }
        let around: Vec<String> = target.covering().map(|net| net.to_string()).collect();
        let around = addresses::table.filter(addresses::ip.eq_any(around)).select(addresses::id);
        let found: Vec<i32> = inside.load(connection)?;
        for id in found.into_iter().chain(around.load::<i32>(connection)?) {
            bits.set(u32::try_from(id).unwrap_or_default());
        }
    }
    Ok(Some(bits))
}
