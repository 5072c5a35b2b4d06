//! Addresses under other spellings than the canonical one: renamed, or joined with the one that is there.

use std::collections::HashMap;

use bangui_domain::model::{ActiveBan, BanId, BanKey, Origin, ServerId};
use diesel::prelude::*;

use super::Mended;
use super::rows::{Row, replace};
use crate::bans::code::origin_code;
use crate::bans::counter::{Counter, advance};
use crate::bans::rows::{ACTIVE_COLUMNS, ActiveRow};
use crate::bans::write::ActiveValues;
use crate::connection::{AnyConnection, InsertRows, TxError};
use crate::fault::readable;
use crate::schema::{active_bans, addresses, bans};

/// Addresses read at a time.
const PAGE: i64 = 20_000;

/// Makes the spelling of every address canonical. Bans that are the same then are joined; packs are not touched.
pub(crate) fn join_spellings(connection: &mut AnyConnection) -> Result<Mended, TxError> {
    let mut mended = Mended::default();
    let mut behind = i32::MIN;
    loop {
        let page: Vec<(i32, String)> = addresses::table
            .filter(addresses::id.gt(behind))
            .order(addresses::id)
            .limit(PAGE)
            .select((addresses::id, addresses::ip))
            .load(connection)?;
        let Some((last, _)) = page.last() else { break };
        behind = *last;
        for (number, ip) in page {
            let id = BanId::from_reported(ip);
            if id.is_spelled_otherwise() {
                mended.spellings += 1;
                mended.bans += respell(connection, number, &id)?;
            }
        }
    }
    join_active(connection)?;
    Ok(mended)
}

/// Gives one address its canonical spelling; answers how many bans were there twice.
fn respell(connection: &mut AnyConnection, number: i32, id: &BanId) -> Result<u64, TxError> {
    let value = id.as_str();
    let known: Option<(i32, i64)> = addresses::table
        .filter(addresses::ip.eq(value))
        .select((addresses::id, addresses::place_no))
        .first(connection)
        .optional()?;
    let Some((kept, place_no)) = known else {
        diesel::update(addresses::table.find(number))
            .set((addresses::ip.eq(value), addresses::ip_key.eq(id.sort_key())))
            .execute(connection)?;
        return Ok(0);
    };
    if place_no == 0 {
        take_place(connection, number, kept)?;
    }
    let rows: Vec<Row> = bans::table
        .filter(bans::address_id.eq(number))
        .order((bans::banned_at, bans::id))
        .select(Row::as_select())
        .load(connection)?;
    let mut joined = 0;
    for row in rows {
        joined += u64::from(move_ban(connection, row, kept)?);
    }
    diesel::delete(addresses::table.find(number)).execute(connection)?;
    Ok(joined)
}

/// Where the address is, if the spelling that stays does not know.
fn take_place(connection: &mut AnyConnection, from: i32, to: i32) -> Result<(), TxError> {
    let place: (Option<String>, Option<i64>, Option<String>, i64) = addresses::table
        .find(from)
        .select((addresses::country, addresses::asn, addresses::host, addresses::place_no))
        .first(connection)?;
    let (country, asn, host, place_no) = place;
    if place_no == 0 {
        return Ok(());
    }
    let place_no = advance(connection, Counter::Place, 1)?;
    diesel::update(addresses::table.find(to))
        .set((
            addresses::country.eq(country),
            addresses::asn.eq(asn),
            addresses::host.eq(host),
            addresses::place_no.eq(place_no),
        ))
        .execute(connection)?;
    Ok(())
}

/// Moves a ban to its address; answers whether it was there already, and is one with that now.
fn move_ban(connection: &mut AnyConnection, row: Row, address: i32) -> Result<bool, TxError> {
    let rounding = BanKey::ROUNDING_MILLIS;
    let near: Vec<Row> = bans::table
        .filter(bans::address_id.eq(address))
        .filter(bans::jail_id.eq(row.jail_id))
        .filter(bans::banned_at.between(row.banned_at - rounding, row.banned_at + rounding))
        .order(bans::banned_at)
        .select(Row::as_select())
        .load(connection)?;
    // What begins within a second of a ban that was lifted by hand is another one; but not in the very same second.
    let manual = i32::from(origin_code(Origin::Manual));
    let same =
        near.into_iter().filter(|known| known.banned_at == row.banned_at || known.end_origin != Some(manual));
    let Some(known) = same.min_by_key(|known| (known.banned_at - row.banned_at).abs()) else {
        diesel::update(bans::table.find(row.id)).set(bans::address_id.eq(address)).execute(connection)?;
        return Ok(false);
    };
    // Of an event that was told and one that was imported, the one that was told keeps its number.
    let (kept, gone) = if row.id > 0 && known.id <= 0 { (row, known) } else { (known, row) };
    let joined = Row { address_id: address, ..kept.with(&gone) };
    replace(connection, &joined, gone.id)?;
    Ok(true)
}

/// The same for bans in force.
fn join_active(connection: &mut AnyConnection) -> Result<(), TxError> {
    let rows: Vec<(String, ActiveRow)> = active_bans::table
        .select((active_bans::server_id, ACTIVE_COLUMNS))
        .order(active_bans::id)
        .load(connection)?;
    let mut places: HashMap<(String, String, String), ActiveBan> = HashMap::new();
    let mut odd = Vec::new();
    let read = rows.into_iter().map(|(server, row)| {
        let number = row.id;
        (number, row.into_ban().map(|ban| (server, number, ban)))
    });
    let bans: Vec<(String, i64, ActiveBan)> = readable("active_bans", read);
    for (server, number, mut ban) in bans {
        let id = BanId::from_reported(ban.key.id.as_str());
        if id.is_spelled_otherwise() {
            ban.key.id = id;
            odd.push((server, number, ban));
        } else {
            let place = (server, ban.key.jail.to_string(), ban.key.id.to_string());
            places.insert(place, ban);
        }
    }
    for (server, number, mut ban) in odd {
        diesel::delete(active_bans::table.find(number)).execute(connection)?;
        let place = (server, ban.key.jail.to_string(), ban.key.id.to_string());
        if let Some(known) = places.remove(&place) {
            let (mut newer, older) =
                if known.key.banned_at > ban.key.banned_at { (known, ban) } else { (ban, known) };
            newer.key.id.also_spelled(&older.key.id);
            ban = newer;
        }
        let server = ServerId::from_stored(place.0.clone());
        let values = [ActiveValues::new(&server, &ban)];
        InsertRows::<_, ()>::new(&values, ActiveValues::REPLACE).execute(connection)?;
        places.insert(place, ban);
    }
    Ok(())
}
