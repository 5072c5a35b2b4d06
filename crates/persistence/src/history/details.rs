//! What the numbers of counted groups stand for, and what only rows tell of a ban.

use std::collections::{BTreeMap, HashMap, HashSet};

use bangui_domain::model::{
    Asn, BanId, BanTime, Dimension, EventId, Group, JailName, Matches, Network, Offender, OffenderJail,
    Period, Place, ServerId, Timestamp,
};
use bangui_domain::ports::StoreError;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};

use super::places::{PlaceTable, country};
use super::scan::Hit;
use super::sieve::{JailRow, Sieve};
use crate::bans::code;
use crate::bans::names::{PlacedRow, place};
use crate::connection::{AnyConnection, CHUNK, TxError};
use crate::fault::UnknownValue;
use crate::schema::{active_bans, addresses, ban_matches, networks};

/// The group of an entry, as a number that means something to this dimension alone.
#[inline]
pub(super) fn key_of(by: Dimension, hit: &Hit, places: &PlaceTable) -> u32 {
    match by {
        Dimension::Jail => u32::try_from(hit.jail).unwrap_or(u32::MAX),
        Dimension::Origin => u32::from(hit.origin),
        Dimension::Country => u32::from(places.country(hit.address)),
        Dimension::Network => places.network(hit.address),
        Dimension::Address => hit.address,
    }
}

/// The groups with these keys, in their order.
pub(super) fn groups(
    connection: &mut AnyConnection,
    by: Dimension,
    keys: &[u32],
    sieve: &Sieve,
) -> Result<Vec<Group>, TxError> {
    let names = if by == Dimension::Network { network_names(connection, keys)? } else { HashMap::new() };
    let known = if by == Dimension::Address { known_addresses(connection, keys)? } else { HashMap::new() };
    let mut groups = Vec::with_capacity(keys.len());
    for key in keys {
        groups.push(match by {
            Dimension::Jail => {
                let jail = usize::try_from(*key).ok().and_then(|place| sieve.jails.get(place));
                Group::Jail(jail.map(|jail| jail.name.clone()).ok_or_else(|| missing("a jail", *key))?)
            }
            Dimension::Origin => Group::Origin(code::origin(i32::try_from(*key).unwrap_or(-1))?),
            Dimension::Country => Group::Country(country(u16::try_from(*key).unwrap_or_default())),
            Dimension::Network => Group::Network(
                Asn::new(*key)
                    .map(|asn| Network { asn, name: names.get(&i64::from(*key)).cloned().flatten() }),
            ),
            Dimension::Address => {
                let (id, place) = known.get(key).cloned().ok_or_else(|| missing("an address", *key))?;
                Group::Address(id, place)
            }
        });
    }
    Ok(groups)
}

fn missing(wanted: &'static str, key: u32) -> StoreError {
    UnknownValue { wanted, value: key.to_string() }.into()
}

fn network_names(
    connection: &mut AnyConnection,
    keys: &[u32],
) -> Result<HashMap<i64, Option<String>>, TxError> {
    let mut names = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let rows: Vec<(i64, Option<String>)> = networks::table
            .filter(networks::asn.eq_any(chunk.iter().map(|key| i64::from(*key))))
            .select((networks::asn, networks::name))
            .load(connection)?;
        names.extend(rows);
    }
    Ok(names)
}

fn known_addresses(
    connection: &mut AnyConnection,
    keys: &[u32],
) -> Result<HashMap<u32, (BanId, Place)>, TxError> {
    let mut known = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let ids = chunk.iter().filter_map(|key| i32::try_from(*key).ok());
        let rows: Vec<PlacedRow> = addresses::table
            .left_join(networks::table)
            .filter(addresses::id.eq_any(ids))
            .select((
                addresses::id,
                addresses::ip,
                addresses::country,
                addresses::asn,
                networks::name.nullable(),
            ))
            .load(connection)?;
        for (id, ip, country, asn, name) in rows {
            let key = u32::try_from(id).unwrap_or_default();
            known.insert(key, (BanId::from_stored(ip, []), place(country, asn, name)));
        }
    }
    Ok(known)
}

/// The log lines behind a ban.
pub(super) fn matches(connection: &mut AnyConnection, ban: EventId) -> Result<Option<Matches>, TxError> {
    let row = ban_matches::table.find(ban.0).select((ban_matches::lines, ban_matches::cut));
    let Some((text, cut)) = row.first::<(String, i32)>(connection).optional()? else { return Ok(None) };
    let lines = serde_json::from_str(&text).map_err(|error| StoreError::Backend(Box::new(error)))?;
    Ok(Some(Matches { lines, cut: cut != 0 }))
}

/// A ban of an offender in one jail: the first or the last of the period.
#[derive(QueryableByName)]
struct Edge {
    #[diesel(sql_type = Integer)]
    address_id: i32,
    #[diesel(sql_type = Integer)]
    jail_id: i32,
    #[diesel(sql_type = BigInt)]
    banned_at: i64,
    #[diesel(sql_type = BigInt)]
    bantime: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    ban_count: Option<i32>,
}

/// Addresses with the number of their bans, told in full; in their order.
pub(super) fn offenders(
    connection: &mut AnyConnection,
    server: &ServerId,
    sieve: &Sieve,
    period: Period,
    ids: &[(u32, u64)],
) -> Result<Vec<Offender>, TxError> {
    let keys: Vec<u32> = ids.iter().map(|(id, _)| *id).collect();
    let known = known_addresses(connection, &keys)?;
    let mut stories: HashMap<u32, BTreeMap<JailName, OffenderJail>> = HashMap::new();
    for (direction, is_last) in [("ASC", false), ("DESC", true)] {
        for edge in edges(connection, sieve, period, &keys, direction)? {
            let story = stories.entry(u32::try_from(edge.address_id).unwrap_or_default()).or_default();
            let place = sieve.jail(edge.jail_id).and_then(|place| sieve.jails.get(place));
            let Some(JailRow { name, .. }) = place else { continue };
            let at = Timestamp::from_millis(edge.banned_at);
            let bantime = BanTime::from_fail2ban(edge.bantime);
            let found = story.entry(name.clone()).or_insert_with(|| OffenderJail {
                jail: name.clone(),
                first: at,
                last: at,
                first_bantime: bantime,
                last_bantime: bantime,
                ban_count: None,
            });
            if is_last {
                found.last = at;
                found.last_bantime = bantime;
                found.ban_count = edge.ban_count.and_then(|count| u32::try_from(count).ok());
            }
        }
    }
    let banned = banned_now(connection, server, known.values().map(|(id, _)| id.as_str()))?;
    let mut offenders = Vec::with_capacity(ids.len());
    for (key, bans) in ids {
        // A row that was pruned since it was counted has nothing to tell.
        let (Some((id, place)), Some(story)) = (known.get(key), stories.remove(key)) else { continue };
        let jails: Vec<OffenderJail> = story.into_values().collect();
        let first = jails.iter().map(|jail| jail.first).min();
        let last = jails.iter().map(|jail| jail.last).max();
        let (Some(first), Some(last)) = (first, last) else { continue };
        offenders.push(Offender {
            id: id.clone(),
            place: place.clone(),
            bans: *bans,
            jails,
            first,
            last,
            banned_now: banned.contains(id.as_str()),
        });
    }
    Ok(offenders)
}

/// The first (`ASC`) or last (`DESC`) ban of each address in each jail: one place in an index each, however many bans
/// there are.
fn edges(
    connection: &mut AnyConnection,
    sieve: &Sieve,
    period: Period,
    keys: &[u32],
    direction: &str,
) -> Result<Vec<Edge>, TxError> {
    let mut pairs = Vec::with_capacity(keys.len() * sieve.jails.len());
    for key in keys {
        pairs.extend(sieve.jails.iter().map(|jail| format!("({key}, {})", jail.id)));
    }
    let mut edges = Vec::new();
    for chunk in pairs.chunks(CHUNK) {
        let query = format!(
            "SELECT e.address_id, e.jail_id, e.banned_at, e.bantime, e.ban_count FROM (VALUES {}) AS k \
             CROSS JOIN bans AS e WHERE e.id = (SELECT b.id FROM bans AS b WHERE b.address_id = k.column1 \
             AND b.jail_id = k.column2 AND b.banned_at >= {} AND b.banned_at < {} AND b.origin IN ({}) \
             ORDER BY b.banned_at {direction} LIMIT 1)",
            chunk.join(", "),
            period.since.as_millis(),
            period.until.as_millis(),
            sieve.origin_list(),
        );
        edges.append(&mut diesel::sql_query(query).load::<Edge>(connection)?);
    }
    Ok(edges)
}

fn banned_now<'a>(
    connection: &mut AnyConnection,
    server: &ServerId,
    ips: impl Iterator<Item = &'a str>,
) -> Result<HashSet<String>, TxError> {
    let ips: Vec<&str> = ips.collect();
    let mut banned = HashSet::new();
    for chunk in ips.chunks(CHUNK) {
        let rows: Vec<String> = active_bans::table
            .filter(active_bans::ip.eq_any(chunk))
            .filter(active_bans::server_id.concat("").eq(server.as_str()))
            .select(active_bans::ip)
            .load(connection)?;
        banned.extend(rows);
    }
    Ok(banned)
}
