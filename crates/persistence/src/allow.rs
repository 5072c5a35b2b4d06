//! The allowlist, and what fail2ban was told of it.

use async_trait::async_trait;
use bangui_domain::model::{AllowEntry, AllowId, AllowSpec, JailName, ServerId, Target, Timestamp};
use bangui_domain::ports::{AllowStore, StoreError};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::Text;

use crate::connection::{InsertRow, InsertRows, MultiBackend, TxError, comma};
use crate::db::Db;
use crate::fault::{UnknownValue, readable};
use crate::schema::{allowlist, allowlist_told};
use crate::text::{storable, storable_option};

/// What stands for every jail in the column of the jail.
const EVERY_JAIL: &str = "";
/// Rows or values of one statement.
const AT_ONCE: usize = 500;

#[derive(Queryable)]
struct Row {
    id: i64,
    address: String,
    jail: String,
    note: Option<String>,
    by_user: String,
    created_at: i64,
    until: Option<i64>,
}

impl Row {
    fn entry(self) -> Result<AllowEntry, TxError> {
        let jail = if self.jail == EVERY_JAIL { None } else { Some(jail(self.jail)?) };
        let spec = AllowSpec {
            target: target(self.address)?,
            jail,
            note: self.note,
            by: self.by_user,
            created_at: Timestamp::from_millis(self.created_at),
            until: self.until.map(Timestamp::from_millis),
        };
        Ok(AllowEntry { id: AllowId(self.id), spec })
    }
}

fn target(text: String) -> Result<Target, TxError> {
    let read = Target::parse(&text);
    read.map_err(|_| StoreError::from(UnknownValue { wanted: "an address or network", value: text }).into())
}

fn jail(text: String) -> Result<JailName, TxError> {
    let read = JailName::parse(&text);
    read.map_err(|_| StoreError::from(UnknownValue { wanted: "the name of a jail", value: text }).into())
}

/// One thing that a jail was told.
struct Told {
    server: String,
    jail: String,
    address: String,
}

impl InsertRow for Told {
    const HEAD: &'static str = "INSERT INTO allowlist_told (server_id, jail, address) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<Text, _>(&self.server)?;
        comma(pass).push_bind_param::<Text, _>(&self.jail)?;
        comma(pass).push_bind_param::<Text, _>(&self.address)
    }
}

#[async_trait]
impl AllowStore for Db {
    async fn allowed(&self, server: &ServerId) -> Result<Vec<AllowEntry>, StoreError> {
        let server = server.clone();
        self.read(move |connection| {
            let rows: Vec<Row> = allowlist::table
                .filter(allowlist::server_id.eq(server.as_str()))
                .select((
                    allowlist::id,
                    allowlist::address,
                    allowlist::jail,
                    allowlist::note,
                    allowlist::by_user,
                    allowlist::created_at,
                    allowlist::until,
                ))
                .order(allowlist::id.desc())
                .load(connection)?;
            Ok(readable("allowlist", rows.into_iter().map(|row| (row.id, row.entry()))))
        })
        .await
    }

    async fn allow(&self, server: &ServerId, spec: &AllowSpec) -> Result<AllowEntry, StoreError> {
        let (server, spec) = (server.clone(), spec.clone());
        self.write_tx(move |connection| {
            let id: i64 = diesel::insert_into(allowlist::table)
                .values((
                    allowlist::server_id.eq(server.as_str()),
                    allowlist::address.eq(spec.target.to_string()),
                    allowlist::jail.eq(spec.jail.as_ref().map_or(EVERY_JAIL, JailName::as_str)),
                    allowlist::note.eq(storable_option(spec.note.as_deref())),
                    allowlist::by_user.eq(storable(&spec.by)),
                    allowlist::created_at.eq(spec.created_at.as_millis()),
                    allowlist::until.eq(spec.until.map(Timestamp::as_millis)),
                ))
                .returning(allowlist::id)
                .get_result(connection)?;
            Ok(AllowEntry { id: AllowId(id), spec: spec.clone() })
        })
        .await
    }

    async fn disallow(&self, server: &ServerId, id: AllowId) -> Result<bool, StoreError> {
        let server = server.clone();
        self.write_tx(move |connection| {
            let entry = allowlist::table
                .filter(allowlist::server_id.eq(server.as_str()))
                .filter(allowlist::id.eq(id.0));
            Ok(diesel::delete(entry).execute(connection)? > 0)
        })
        .await
    }

    async fn told(&self, server: &ServerId) -> Result<Vec<(JailName, Target)>, StoreError> {
        let server = server.clone();
        self.read(move |connection| {
            let rows: Vec<(String, String)> = allowlist_told::table
                .filter(allowlist_told::server_id.eq(server.as_str()))
                .select((allowlist_told::jail, allowlist_told::address))
                .order((allowlist_told::jail, allowlist_told::address))
                .load(connection)?;
            let told = |(name, address): (String, String)| {
                let row = format!("{name} {address}");
                (row, jail(name).and_then(|jail| Ok((jail, target(address)?))))
            };
            Ok(readable("allowlist_told", rows.into_iter().map(told)))
        })
        .await
    }

    async fn note_told(
        &self,
        server: &ServerId,
        jail: &JailName,
        targets: &[Target],
    ) -> Result<(), StoreError> {
        let told = |target: &Target| Told {
            server: server.as_str().to_owned(),
            jail: jail.as_str().to_owned(),
            address: target.to_string(),
        };
        let rows: Vec<Told> = targets.iter().map(told).collect();
        self.write_tx(move |connection| {
            for part in rows.chunks(AT_ONCE) {
                InsertRows::<_>::new(part, " ON CONFLICT DO NOTHING").execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    async fn forget_told(
        &self,
        server: &ServerId,
        jail: &JailName,
        targets: &[Target],
    ) -> Result<(), StoreError> {
        let (server, jail) = (server.clone(), jail.clone());
        let addresses: Vec<String> = targets.iter().map(ToString::to_string).collect();
        self.write_tx(move |connection| {
            for part in addresses.chunks(AT_ONCE) {
                let rows = allowlist_told::table
                    .filter(allowlist_told::server_id.eq(server.as_str()))
                    .filter(allowlist_told::jail.eq(jail.as_str()))
                    .filter(allowlist_told::address.eq_any(part));
                diesel::delete(rows).execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}
