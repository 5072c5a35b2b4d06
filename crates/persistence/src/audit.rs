//! The trail of what was done by whom: lines are added and never changed.

use async_trait::async_trait;
use bangui_domain::model::AuditEntry;
use bangui_domain::ports::{AuditLog, StoreError};
use diesel::prelude::*;

use crate::db::Db;
use crate::schema::audit;
use crate::text::storable_option;

#[async_trait]
impl AuditLog for Db {
    async fn record(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let entry = entry.clone();
        self.write_tx(move |connection| {
            diesel::insert_into(audit::table)
                .values((
                    audit::server_id.eq(entry.server.as_str()),
                    audit::occurred_at.eq(entry.at.as_millis()),
                    audit::user_name.eq(storable_option(entry.user.as_deref())),
                    audit::address.eq(entry.address.map(|address| address.to_string())),
                    audit::action.eq(entry.action.as_str()),
                    audit::subject.eq(storable_option(entry.subject.as_deref())),
                    audit::detail.eq(storable_option(entry.detail.as_deref())),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }
}
