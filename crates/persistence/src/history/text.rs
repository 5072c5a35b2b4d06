//! Plain text in a filter: what it may be found in is looked up once, so that no row has to be read for it.

use std::collections::HashSet;

use bangui_domain::model::Target;
use diesel::prelude::*;

use super::sieve::{Bits, JailRow};
use crate::connection::{AnyConnection, TxError};
use crate::schema::{addresses, ban_notes, bans};
use crate::text::like_pattern;

diesel::define_sql_function! {
    /// ASCII in lower case, which is enough for addresses.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Where a text was found.
#[derive(Debug, Default)]
pub(super) struct TextSieve {
    /// Whether the name of a jail contains it, by the jail's place in the sieve.
    jails: Vec<bool>,
    /// Addresses that contain it.
    addresses: Bits,
    /// Addresses with a ban whose user or reason contains it.
    noted_addresses: Bits,
    /// The beginnings and ends of these: jail, second, address.
    noted: HashSet<(usize, i64, u32)>,
}

impl TextSieve {
    #[inline]
    pub(super) fn admits(&self, jail: usize, second: i64, address: u32) -> bool {
        self.jails.get(jail).is_some_and(|named| *named)
            || self.addresses.has(address)
            || (self.noted_addresses.has(address) && self.noted.contains(&(jail, second, address)))
    }
}

/// Looks a text up.
pub(super) fn text_sieve(
    connection: &mut AnyConnection,
    text: &str,
    jails: &[JailRow],
) -> Result<TextSieve, TxError> {
    let mut found = TextSieve::default();
    let Some(pattern) = like_pattern(text) else { return Ok(found) };
    let small = text.to_lowercase();
    found.jails = jails.iter().map(|jail| jail.name.as_str().to_lowercase().contains(&small)).collect();
    let spelt = addresses::table.filter(lower(addresses::ip).like(pattern.clone()).escape('\\'));
    // Addresses are made of these alone, so that nearly every text needs no look at them. What is no address has no key,
    // and may hold anything.
    let like_address =
        small.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'/'));
    let ids: Vec<i32> = if like_address {
        spelt.select(addresses::id).load(connection)?
    } else {
        let others: Vec<(i32, String)> = addresses::table
            .filter(addresses::ip_key.eq(""))
            .select((addresses::id, addresses::ip))
            .load(connection)?;
        others.into_iter().filter(|(_, ip)| ip.to_lowercase().contains(&small)).map(|(id, _)| id).collect()
    };
    // An address is meant in whatever spelling.
    let meant: Option<i32> = match Target::parse(text) {
        Ok(target) => {
            let row = addresses::table.filter(addresses::ip.eq(target.to_string())).select(addresses::id);
            row.first(connection).optional()?
        }
        Err(_) => None,
    };
    for id in ids.into_iter().chain(meant) {
        found.addresses.set(u32::try_from(id).unwrap_or_default());
    }
    let noted: Vec<(i32, i32, i64, Option<i64>, i32)> = ban_notes::table
        .inner_join(bans::table)
        .filter(ban_notes::search.like(pattern).escape('\\'))
        .select((ban_notes::at_end, bans::jail_id, bans::banned_at, bans::ended_at, bans::address_id))
        .load(connection)?;
    for (at_end, jail, banned_at, ended_at, address) in noted {
        let at = if at_end == 0 { Some(banned_at) } else { ended_at };
        let jail = jails.binary_search_by_key(&jail, |jail| jail.id);
        if let (Some(at), Ok(jail), Ok(address)) = (at, jail, u32::try_from(address)) {
            found.noted_addresses.set(address);
            found.noted.insert((jail, at.div_euclid(1_000), address));
        }
    }
    Ok(found)
}
