//! Joins what the history holds twice: addresses that stood under several spellings, and bans that were recorded at two
//! times because fail2ban's lists were read in another time zone. Whoever joins makes the packs anew in the same transaction.

mod addresses;
mod pairs;
mod rows;

use bangui_domain::ports::StoreError;

pub(crate) use self::addresses::join_spellings;
use super::rebuild::rebuild;
use crate::connection::{AnyConnection, TxError};
use crate::db::Db;

/// What was joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mended {
    /// Addresses that stood under another spelling than the canonical one.
    pub spellings: u64,
    /// Bans that were there a second time.
    pub bans: u64,
}

impl Db {
    /// Joins what is there twice, and counts the history anew where something was: in one transaction, beside whoever writes
    /// what happens now.
    pub async fn mend_history(&self) -> Result<Mended, StoreError> {
        self.write_tx(|connection| {
            super::keep::lock_servers(connection)?;
            mend(connection)
        })
        .await
    }
}

fn mend(connection: &mut AnyConnection) -> Result<Mended, TxError> {
    let mut mended = join_spellings(connection)?;
    mended.bans += pairs::join_pairs(connection)?;
    if mended != Mended::default() {
        rebuild(connection)?;
    }
    Ok(mended)
}
