//! Everything about one address.

use std::net::IpAddr;

use bangui_domain::model::{
    ActiveBan, AddressJail, AddressStory, BanId, BanTime, Limit, ServerId, Target, Timestamp,
};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::bans::events::{jail_list, number_list};
use crate::bans::find::{IPV4_KEYS, keys};
use crate::bans::names::place;
use crate::bans::rows::{self, ACTIVE_COLUMNS, ActiveRow};
use crate::connection::{AnyConnection, TxError};
use crate::fault::readable;
use crate::schema::{active_bans, addresses, networks};

/// Neighbours that are told.
const NEIGHBOURS: usize = 20;
/// Addresses around an address that are looked at: a /64 may hold any number.
const LOOKED_AT: i64 = 2_000;

#[derive(QueryableByName)]
struct InJail {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    bans: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    failures: Option<i64>,
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = BigInt)]
    shortest: i64,
    #[diesel(sql_type = BigInt)]
    longest: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    ban_count: Option<i32>,
}

#[derive(QueryableByName)]
struct Neighbour {
    #[diesel(sql_type = Text)]
    ip: String,
    #[diesel(sql_type = BigInt)]
    bans: i64,
}

type AddressRow = (i32, String, Option<String>, Option<i64>, Option<String>, Option<String>);

pub(super) fn story(
    connection: &mut AnyConnection,
    server: &ServerId,
    target: &Target,
) -> Result<AddressStory, TxError> {
    let id = BanId::from(*target);
    let (low, _) = target.key_range();
    // An address and the networks that begin with it share a key.
    let rows: Vec<AddressRow> = addresses::table
        .left_join(networks::table)
        .filter(addresses::ip_key.eq(low))
        .order(addresses::id)
        .select((
            addresses::id,
            addresses::ip,
            addresses::country,
            addresses::asn,
            networks::name.nullable(),
            addresses::host,
        ))
        .load(connection)?;
    let own: Vec<AddressRow> = rows.into_iter().filter(|row| row.1 == id.as_str()).collect();
    let ids: Vec<i32> = own.iter().map(|row| row.0).collect();
    let jails = jail_list(connection, server)?;
    let wider = wider_ids(connection, target)?;
    let members = match target {
        Target::Address(_) => number_list(&ids),
        Target::Network(_) => inside(target, &wider),
    };
    // A network's neighbours are what lies within it, which is counted as a whole.
    let beside = match target {
        Target::Address(address) => number_list(&around(connection, *address, &ids)?),
        Target::Network(_) => inside(target, &[ids, wider.clone()].concat()),
    };
    let (active, more) = active(connection, server, target)?;
    let mut story = AddressStory {
        id,
        place: bangui_domain::model::Place::default(),
        host: None,
        jails: in_jails(connection, &members, &jails)?,
        within: match target {
            Target::Address(_) => None,
            Target::Network(_) => Some(count(connection, "DISTINCT address_id", &members, &jails)?),
        },
        around: count(connection, "*", &number_list(&wider), &jails)?,
        active,
        more,
        neighbours: banned_most(connection, &beside, &jails)?,
    };
    if let Some((_, _, country, asn, name, host)) = own.into_iter().next() {
        story.place = place(country, asn, name);
        story.host = host;
    }
    Ok(story)
}

/// The networks that contain `target`, by their numbers.
fn wider_ids(connection: &mut AnyConnection, target: &Target) -> Result<Vec<i32>, TxError> {
    let around: Vec<String> = target.covering().map(|net| net.to_string()).collect();
    Ok(addresses::table.filter(addresses::ip.eq_any(around)).select(addresses::id).load(connection)?)
}

/// What lies in a network, as SQL's IN wants it: there may be any number, so that they stay in the database. A wider network
/// that begins with the same address has the same key, and so has to be `left_out`.
fn inside(target: &Target, left_out: &[i32]) -> String {
    let (low, high, spans_ipv4) = keys(target);
    let ipv4 = if spans_ipv4 {
        format!("AND NOT a.ip_key BETWEEN '{}' AND '{}' ", IPV4_KEYS.0, IPV4_KEYS.1)
    } else {
        String::new()
    };
    format!(
        "SELECT a.id FROM addresses AS a WHERE a.ip_key BETWEEN '{low}' AND '{high}' {ipv4}AND a.id NOT IN ({})",
        number_list(left_out)
    )
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// So many bans of some addresses, or so many of the addresses, by what is counted.
fn count(connection: &mut AnyConnection, counted: &str, members: &str, jails: &str) -> Result<u64, TxError> {
    let query = format!(
        "SELECT count({counted}) AS found FROM bans WHERE address_id IN ({members}) AND jail_id IN ({jails})"
    );
    let Counted { found } = diesel::sql_query(query).get_result(connection)?;
    Ok(u64::try_from(found).unwrap_or_default())
}

fn in_jails(connection: &mut AnyConnection, members: &str, jails: &str) -> Result<Vec<AddressJail>, TxError> {
    let rows: Vec<InJail> = diesel::sql_query(format!(
        "SELECT j.name, s.bans, s.failures, s.first, s.last, s.shortest, s.longest, s.ban_count FROM \
         (SELECT jail_id, count(*) AS bans, CAST(sum(failures) AS BIGINT) AS failures, \
         min(banned_at) AS first, max(banned_at) AS last, min(bantime) AS shortest, max(bantime) AS longest, \
         max(ban_count) AS ban_count FROM bans WHERE address_id IN ({members}) AND jail_id IN ({jails}) GROUP BY jail_id) AS s \
         JOIN jails AS j ON j.id = s.jail_id ORDER BY s.bans DESC, j.name",
    ))
    .load(connection)?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let mut stories = Vec::with_capacity(rows.len());
    for row in rows {
        // A permanent ban is -1, and longer than all others.
        let longest = if row.shortest < 0 { BanTime::Permanent } else { BanTime::from_fail2ban(row.longest) };
        stories.push(AddressJail {
            jail: rows::jail(row.name)?,
            bans: count(row.bans),
            failures: row.failures.map(count),
            first: Timestamp::from_millis(row.first),
            last: Timestamp::from_millis(row.last),
            longest,
            ban_count: row.ban_count.and_then(|count| u32::try_from(count).ok()),
        });
    }
    Ok(stories)
}

/// The bans in force, and whether there are more of them within a network. Its own bans and those of networks around it say
/// whether it is banned, so that they come first, and all of them: there may be any number within it.
fn active(
    connection: &mut AnyConnection,
    server: &ServerId,
    target: &Target,
) -> Result<(Vec<ActiveBan>, bool), TxError> {
    let covering = target.covering().map(|net| net.to_string());
    let hitting: Vec<String> = covering.chain([BanId::from(*target).to_string()]).collect();
    // The empty text keeps SQLite from walking all rows of the server instead of the index that begins with `ip`.
    let mut rows: Vec<ActiveRow> = active_bans::table
        .filter(active_bans::ip.eq_any(&hitting))
        .filter(active_bans::server_id.concat("").eq(server.as_str()))
        .order((active_bans::banned_at.desc(), active_bans::id.desc()))
        .select(ACTIVE_COLUMNS)
        .load(connection)?;
    let mut more = false;
    if matches!(target, Target::Network(_)) {
        let (low, high, spans_ipv4) = keys(target);
        let mut within = active_bans::table
            .filter(active_bans::server_id.eq(server.as_str()))
            .filter(active_bans::ip_key.between(low, high))
            .filter(active_bans::ip.ne_all(&hitting))
            .order((active_bans::banned_at.desc(), active_bans::id.desc()))
            .limit(i64::from(Limit::MAX) + 1)
            .select(ACTIVE_COLUMNS)
            .into_boxed();
        if spans_ipv4 {
            within = within.filter(not(active_bans::ip_key.between(IPV4_KEYS.0, IPV4_KEYS.1)));
        }
        let mut within: Vec<ActiveRow> = within.load(connection)?;
        more = within.len() > usize::from(Limit::MAX);
        within.truncate(usize::from(Limit::MAX));
        rows.append(&mut within);
    }
    Ok((readable("active_bans", rows.into_iter().map(|row| (row.id, row.into_ban()))), more))
}

/// The addresses around one, without `own`: those of its /24 of IPv4 or /64 of IPv6, which people mean by its neighbours.
fn around(connection: &mut AnyConnection, address: IpAddr, own: &[i32]) -> Result<Vec<i32>, TxError> {
    let net = match address {
        IpAddr::V4(address) => Ipv4Net::new(address, 24).map(IpNet::V4),
        IpAddr::V6(address) => Ipv6Net::new(address, 64).map(IpNet::V6),
    };
    let Ok(net) = net else { return Ok(Vec::new()) };
    let (low, high) = Target::Network(net.trunc()).key_range();
    let ids: Vec<i32> = addresses::table
        .filter(addresses::ip_key.between(low, high))
        .order(addresses::ip_key)
        .limit(LOOKED_AT)
        .select(addresses::id)
        .load(connection)?;
    Ok(ids.into_iter().filter(|id| !own.contains(id)).collect())
}

/// Those of some addresses that were banned most.
fn banned_most(
    connection: &mut AnyConnection,
    members: &str,
    jails: &str,
) -> Result<Vec<(BanId, u64)>, TxError> {
    let rows: Vec<Neighbour> = diesel::sql_query(format!(
        "SELECT a.ip, s.bans FROM (SELECT address_id, count(*) AS bans FROM bans WHERE address_id IN ({members}) \
         AND jail_id IN ({jails}) GROUP BY address_id ORDER BY count(*) DESC, address_id LIMIT {NEIGHBOURS}) AS s \
         JOIN addresses AS a ON a.id = s.address_id ORDER BY s.bans DESC, a.id"
    ))
    .load(connection)?;
    let neighbour =
        |row: Neighbour| (BanId::from_stored(row.ip, []), u64::try_from(row.bans).unwrap_or_default());
    Ok(rows.into_iter().map(neighbour).collect())
}
