//! The numbers of jails and addresses: found, or given out to those that were not met before.

use std::collections::{HashMap, HashSet};

use bangui_domain::model::{Asn, BanId, Country, JailName, Network, Place, ServerId};
use bangui_domain::ports::{BanBatch, StoreError};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::counter::{Counter, advance};
use crate::connection::{AnyConnection, CHUNK, InsertRow, InsertRows, MultiBackend, TxError, comma};
use crate::fault::UnknownValue;
use crate::schema::{addresses, jails, networks};
use crate::text::storable;

/// An address with its number, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: i32,
    pub(super) place: Place,
}

/// The numbers of what a batch names.
#[derive(Debug, Default)]
pub(super) struct Names {
    jails: HashMap<JailName, i32>,
    addresses: HashMap<BanId, Known>,
    jails_by_id: HashMap<i32, JailName>,
    addresses_by_id: HashMap<i32, BanId>,
}

impl Names {
    /// Finds or gives out all numbers of a batch.
    pub(super) fn resolve(connection: &mut AnyConnection, batch: &BanBatch) -> Result<Self, TxError> {
        let keys = || {
            let bans = batch.bans.iter().map(|ban| &ban.ban.key);
            bans.chain(batch.ends.iter().map(|end| &end.key))
        };
        let mut names = Self::default();
        let wanted: HashSet<&JailName> = keys().map(|key| &key.jail).collect();
        names.find_jails(connection, &batch.server, &wanted)?;
        let places: HashMap<&BanId, &Place> = batch
            .bans
            .iter()
            .filter_map(|ban| ban.place.as_ref().map(|place| (&ban.ban.key.id, place)))
            .collect();
        let mut wanted: Vec<&BanId> = keys().map(|key| &key.id).collect();
        wanted.sort_unstable();
        wanted.dedup();
        names.find_addresses(connection, &wanted)?;
        wanted.retain(|id| !names.addresses.contains_key(id));
        names.add_addresses(connection, &wanted, &places)?;
        names.jails_by_id = names.jails.iter().map(|(name, id)| (*id, name.clone())).collect();
        names.addresses_by_id = names.addresses.iter().map(|(ip, known)| (known.id, ip.clone())).collect();
        Ok(names)
    }

    /// The number of a jail of the batch.
    pub(super) fn jail(&self, name: &JailName) -> Result<i32, StoreError> {
        self.jails.get(name).copied().ok_or_else(|| missing("the number of a jail", name.as_str()))
    }

    /// The number of an address of the batch.
    pub(super) fn address(&self, id: &BanId) -> Result<i32, StoreError> {
        let known = self.addresses.get(id).map(|known| known.id);
        known.ok_or_else(|| missing("the number of an address", id.as_str()))
    }

    /// Where an address of the batch is.
    pub(super) fn place(&self, id: &BanId) -> Place {
        self.addresses.get(id).map(|known| known.place.clone()).unwrap_or_default()
    }

    /// The name of a jail of the batch.
    pub(super) fn jail_name(&self, id: i32) -> Result<JailName, StoreError> {
        self.jails_by_id.get(&id).cloned().ok_or_else(|| missing("the name of a jail", &id.to_string()))
    }

    /// The address with this number.
    pub(super) fn id(&self, id: i32) -> Result<BanId, StoreError> {
        self.addresses_by_id.get(&id).cloned().ok_or_else(|| missing("an address", &id.to_string()))
    }

    fn find_jails(
        &mut self,
        connection: &mut AnyConnection,
        server: &ServerId,
        wanted: &HashSet<&JailName>,
    ) -> Result<(), TxError> {
        for name in wanted {
            let row = jails::table
                .filter(jails::name.eq(name.as_str()))
                .filter(jails::server_id.eq(server.as_str()))
                .select(jails::id);
            let found: Option<i32> = row.first(connection).optional()?;
            let id = match found {
                Some(id) => id,
                None => diesel::insert_into(jails::table)
                    .values((jails::server_id.eq(server.as_str()), jails::name.eq(name.as_str())))
                    .returning(jails::id)
                    .get_result(connection)?,
            };
            self.jails.insert((*name).clone(), id);
        }
        Ok(())
    }

    fn find_addresses(&mut self, connection: &mut AnyConnection, wanted: &[&BanId]) -> Result<(), TxError> {
        for chunk in wanted.chunks(CHUNK) {
            let rows: Vec<PlacedRow> = addresses::table
                .left_join(networks::table)
                .filter(addresses::ip.eq_any(chunk.iter().map(|id| id.as_str())))
                .select((
                    addresses::id,
                    addresses::ip,
                    addresses::country,
                    addresses::asn,
                    networks::name.nullable(),
                ))
                .load(connection)?;
            for (id, ip, country, asn, name) in rows {
                let known = Known { id, place: place(country, asn, name) };
                self.addresses.insert(BanId::from_stored(ip, []), known);
            }
        }
        Ok(())
    }

    fn add_addresses(
        &mut self,
        connection: &mut AnyConnection,
        wanted: &[&BanId],
        places: &HashMap<&BanId, &Place>,
    ) -> Result<(), TxError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let place_no = if places.is_empty() { 0 } else { advance(connection, Counter::Place, 1)? };
        let found: Vec<&Network> = wanted.iter().filter_map(|id| places.get(id)?.network.as_ref()).collect();
        write_networks(connection, &found)?;
        for chunk in wanted.chunks(CHUNK) {
            let rows: Vec<NewAddress<'_>> = chunk
                .iter()
                .map(|id| {
                    let place = places.get(id);
                    NewAddress {
                        ip: id.as_str(),
                        ip_key: id.sort_key(),
                        country: place.and_then(|place| stored_country(place.country)),
                        asn: place
                            .and_then(|place| place.network.as_ref())
                            .map(|net| i64::from(net.asn.number())),
                        place_no: if place.is_some() { place_no } else { 0 },
                    }
                })
                .collect();
            let insert: InsertRows<'_, _, (Integer, Text)> = InsertRows::new(&rows, " RETURNING id, ip");
            let numbered: Vec<(i32, String)> = insert.load(connection)?;
            for (id, ip) in numbered {
                let ip = BanId::from_stored(ip, []);
                let place = places.get(&ip).map(|place| (*place).clone()).unwrap_or_default();
                self.addresses.insert(ip, Known { id, place });
            }
        }
        Ok(())
    }
}

fn missing(wanted: &'static str, value: &str) -> StoreError {
    UnknownValue { wanted, value: value.to_owned() }.into()
}

/// An address with its place: number, text, country, network and its name.
pub(crate) type PlacedRow = (i32, String, Option<String>, Option<i64>, Option<String>);

/// Writes down networks that are new, and names that are known better now.
pub(crate) fn write_networks(connection: &mut AnyConnection, found: &[&Network]) -> Result<(), TxError> {
    let mut by_number: HashMap<u32, &Network> = HashMap::new();
    for network in found {
        let entry = by_number.entry(network.asn.number()).or_insert(network);
        if entry.name.is_none() {
            *entry = network;
        }
    }
    let mut rows: Vec<NewNetwork> = by_number
        .into_values()
        .map(|network| NewNetwork {
            asn: i64::from(network.asn.number()),
            name: network.name.as_deref().map(|name| storable(name).into_owned()),
        })
        .collect();
    rows.sort_unstable_by_key(|row| row.asn);
    for chunk in rows.chunks(CHUNK) {
        let tail = " ON CONFLICT (asn) DO UPDATE SET name = excluded.name \
                    WHERE excluded.name IS NOT NULL AND (networks.name IS NULL OR networks.name <> excluded.name)";
        InsertRows::<_, ()>::new(chunk, tail).execute(connection)?;
    }
    Ok(())
}

/// A place from its columns.
pub(crate) fn place(country: Option<String>, asn: Option<i64>, name: Option<String>) -> Place {
    let country = country.and_then(|text| text.parse().ok()).unwrap_or(Country::Unknown);
    let asn = asn.and_then(|number| u32::try_from(number).ok()).and_then(Asn::new);
    Place { country, network: asn.map(|asn| Network { asn, name }) }
}

/// The column of a country; nothing for one that is not known.
pub(crate) fn stored_country(country: Country) -> Option<String> {
    match country {
        Country::Unknown => None,
        known => Some(known.to_string()),
    }
}

struct NewAddress<'a> {
    ip: &'a str,
    ip_key: String,
    country: Option<String>,
    asn: Option<i64>,
    place_no: i64,
}

impl InsertRow for NewAddress<'_> {
    const HEAD: &'static str = "INSERT INTO addresses (ip, ip_key, country, asn, place_no) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<Text, _>(self.ip)?;
        comma(pass).push_bind_param::<Text, _>(&self.ip_key)?;
        comma(pass).push_bind_param::<Nullable<Text>, _>(&self.country)?;
        comma(pass).push_bind_param::<Nullable<BigInt>, _>(&self.asn)?;
        comma(pass).push_bind_param::<BigInt, _>(&self.place_no)
    }
}

struct NewNetwork {
    asn: i64,
    name: Option<String>,
}

impl InsertRow for NewNetwork {
    const HEAD: &'static str = "INSERT INTO networks (asn, name) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<BigInt, _>(&self.asn)?;
        comma(pass).push_bind_param::<Nullable<Text>, _>(&self.name)
    }
}
