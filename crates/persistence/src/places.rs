//! Where addresses are and what they are called, as far as jobs find out. A change of a place takes a number of its own, so
//! that whoever holds places in memory finds what has changed.

use async_trait::async_trait;
use bangui_domain::model::{BanId, Fence, Place, Target};
use bangui_domain::ports::{AddressStore, KeptAddress, Nameless, PlaceProgress, StoreError};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use crate::bans::counter::{Counter, advance};
use crate::bans::names::{stored_country, write_networks};
use crate::connection::{AnyConnection, Both, CHUNK, InsertRow, InsertRows, MultiBackend, TxError, comma};
use crate::db::{Db, optional};
use crate::lease::check_fence;
use crate::schema::{addresses, settings};
use crate::text::storable;

/// The setting with the edition of the atlas.
const EDITION: &str = "places.edition";
/// The setting with the number from which on places are of that edition.
const FROM: &str = "places.from";
/// The setting with the number of the last address whose name was asked for.
const NAMED: &str = "names.up_to";

fn get(connection: &mut AnyConnection, key: &str) -> Result<Option<String>, TxError> {
    let row = settings::table.filter(settings::key.eq(key)).select(settings::value).first(connection);
    Ok(optional(row)?)
}

fn get_number(connection: &mut AnyConnection, key: &str) -> Result<Option<i64>, TxError> {
    Ok(get(connection, key)?.and_then(|text| text.parse().ok()))
}

fn set(connection: &mut AnyConnection, key: &str, value: &str) -> Result<(), TxError> {
    let upsert = diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(value));
    Both(upsert).execute(connection)?;
    Ok(())
}

/// The number from which on places are of the edition in use. Before there was any, nothing is.
fn from(connection: &mut AnyConnection) -> Result<i64, TxError> {
    Ok(get_number(connection, FROM)?.unwrap_or(i64::MAX))
}

/// What is written of an address. Many at once, since whoever takes numbers of places waits meanwhile.
struct Located {
    id: i32,
    country: Option<String>,
    asn: Option<i64>,
    place_no: i64,
}

impl Located {
    fn new(id: i64, place: &Place, place_no: i64) -> Option<Self> {
        let asn = place.network.as_ref().map(|network| i64::from(network.asn.number()));
        Some(Self { id: id.try_into().ok()?, country: stored_country(place.country), asn, place_no })
    }
}

impl InsertRow for Located {
    const HEAD: &'static str = "UPDATE addresses SET country = found.column2, asn = found.column3, \
                                place_no = found.column4 FROM (VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<Integer, _>(&self.id)?;
        comma(pass).push_bind_param::<Nullable<Text>, _>(&self.country)?;
        comma(pass).push_bind_param::<Nullable<BigInt>, _>(&self.asn)?;
        comma(pass).push_bind_param::<BigInt, _>(&self.place_no)
    }
}

#[async_trait]
impl AddressStore for Db {
    async fn edition(&self) -> Result<Option<String>, StoreError> {
        self.read(|connection| get(connection, EDITION)).await
    }

    async fn begin_edition(&self, fence: Fence, edition: &str) -> Result<(), StoreError> {
        let edition = storable(edition).into_owned();
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let from = advance(connection, Counter::Place, 1)?;
            set(connection, EDITION, &edition)?;
            set(connection, FROM, &from.to_string())
        })
        .await
    }

    async fn to_locate(&self, limit: u32) -> Result<Vec<KeptAddress>, StoreError> {
        self.read(move |connection| {
            let from = from(connection)?;
            let rows: Vec<(i32, String)> = addresses::table
                .filter(addresses::place_no.lt(from))
                .order((addresses::place_no, addresses::id))
                .limit(limit.into())
                .select((addresses::id, addresses::ip))
                .load(connection)?;
            let kept =
                |(id, ip): (i32, String)| KeptAddress { number: id.into(), id: BanId::from_stored(ip, []) };
            Ok(rows.into_iter().map(kept).collect())
        })
        .await
    }

    async fn locate(&self, fence: Fence, places: &[(i64, Place)]) -> Result<(), StoreError> {
        let places = places.to_vec();
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let number = advance(connection, Counter::Place, 1)?;
            let networks: Vec<_> = places.iter().filter_map(|(_, place)| place.network.as_ref()).collect();
            write_networks(connection, &networks)?;
            let rows: Vec<Located> =
                places.iter().filter_map(|(id, place)| Located::new(*id, place, number)).collect();
            for chunk in rows.chunks(CHUNK) {
                InsertRows::<_, ()>::new(chunk, ") AS found WHERE addresses.id = found.column1")
                    .execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    async fn progress(&self) -> Result<PlaceProgress, StoreError> {
        self.read(|connection| {
            let from = from(connection)?;
            let located: i64 =
                addresses::table.filter(addresses::place_no.ge(from)).count().get_result(connection)?;
            let waiting: i64 =
                addresses::table.filter(addresses::place_no.lt(from)).count().get_result(connection)?;
            let number = |count: i64| u64::try_from(count).unwrap_or_default();
            Ok(PlaceProgress { located: number(located), to_locate: number(waiting) })
        })
        .await
    }

    async fn to_name(&self, backlog: u32, limit: u32) -> Result<Option<Nameless>, StoreError> {
        self.read(move |connection| {
            let after = match get_number(connection, NAMED)? {
                Some(number) => number,
                None => newest(connection)?.saturating_sub(backlog.into()),
            };
            let after = i32::try_from(after.max(0)).unwrap_or(i32::MAX);
            let rows: Vec<(i32, String)> = addresses::table
                .filter(addresses::id.gt(after))
                .order(addresses::id)
                .limit(limit.into())
                .select((addresses::id, addresses::ip))
                .load(connection)?;
            let Some((up_to, _)) = rows.last().cloned() else { return Ok(None) };
            let single = |(id, ip): (i32, String)| match Target::parse(&ip) {
                Ok(Target::Address(address)) => Some((i64::from(id), address)),
                _ => None,
            };
            let addresses = rows.into_iter().filter_map(single).collect();
            Ok(Some(Nameless { addresses, up_to: up_to.into() }))
        })
        .await
    }

    async fn name(&self, fence: Fence, names: &[(i64, String)], up_to: i64) -> Result<(), StoreError> {
        let names = names.to_vec();
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            for (id, name) in &names {
                let Ok(id) = i32::try_from(*id) else { continue };
                diesel::update(addresses::table.filter(addresses::id.eq(id)))
                    .set(addresses::host.eq(storable(name)))
                    .execute(connection)?;
            }
            set(connection, NAMED, &up_to.to_string())
        })
        .await
    }
}

fn newest(connection: &mut AnyConnection) -> Result<i64, TxError> {
    let newest: Option<i32> = addresses::table.select(diesel::dsl::max(addresses::id)).first(connection)?;
    Ok(newest.map_or(0, i64::from))
}
