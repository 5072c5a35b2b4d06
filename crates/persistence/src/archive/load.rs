//! Loads what was read into a database: in one transaction, so that a failure anywhere leaves what was there before.

mod rows;
mod target;

use bangui_domain::model::Lease;
use diesel::result::Error;

use super::{ArchiveError, ArchiveReader, Contents, Snapshot, Take};
use crate::connection::{AnyConnection, Opener, Role, TxError, in_one_write_tx};
use crate::db::Db;
use crate::db::connect::blocking;
use crate::history::join::join_spellings;
use crate::history::rebuild;
use crate::migrate::{LOCK_WAIT_SECS, SPELLINGS, apply, is_wait_over, refuse_unfit, wait_for_turn};
use rows::Rows;

/// Where what is loaded comes from.
pub enum Source {
    /// A database.
    Database(Snapshot),
    /// An archive.
    Archive(ArchiveReader),
}

impl Source {
    /// What it is called in messages.
    fn name(&self) -> String {
        match self {
            Self::Database(snapshot) => snapshot.place(),
            Self::Archive(archive) => archive.name().to_owned(),
        }
    }

    fn schema(&self) -> &str {
        match self {
            Self::Database(snapshot) => snapshot.schema(),
            Self::Archive(archive) => archive.schema(),
        }
    }

    fn read(self, take: Take<'_>) -> Result<Contents, ArchiveError> {
        match self {
            Self::Database(mut snapshot) => snapshot.read(take),
            Self::Archive(archive) => archive.read(take),
        }
    }
}

impl Db {
    /// Refuses this database as a target if it is damaged, another program's, of a newer BanGUI, or holds data that is not
    /// to be given up (`replace`). Answers whether it has BanGUI's tables, and with them a scheduler lock.
    pub async fn judge_target(&self, replace: bool) -> Result<bool, ArchiveError> {
        let location = self.location();
        blocking(move || {
            let mut connection = Opener::new(location.clone(), Role::Writer).open()?;
            refuse_unfit(&mut connection, &location.shown())?;
            target::judge(&mut connection, &location.shown(), replace)
        })
        .await?
    }

    /// Loads `source`, which may be of an older schema: its tables are made as they were, filled, and brought up to date. What
    /// was there goes, if `replace` is set, in the same transaction. Refuses while a server holds the scheduler lock;
    /// `unrenewed` is a lease that was watched for its whole life.
    pub async fn load(
        &self,
        source: Source,
        replace: bool,
        unrenewed: Option<Lease>,
    ) -> Result<Contents, ArchiveError> {
        let location = self.location();
        blocking(move || {
            let mut connection = Opener::new(location.clone(), Role::Writer).open()?;
            let place = location.shown();
            refuse_unfit(&mut connection, &place)?;
            let loaded = in_one_write_tx(&mut connection, |connection| {
                load(connection, &place, source, replace, unrenewed.as_ref())
            });
            match loaded {
                Err(ArchiveError::Query(error)) if is_wait_over(&error.to_string()) => {
                    Err(ArchiveError::Busy { place: place.into_owned(), seconds: LOCK_WAIT_SECS })
                }
                Err(error) => Err(error),
                Ok(contents) => {
                    target::settle(&mut connection);
                    Ok(contents)
                }
            }
        })
        .await?
    }
}

fn load(
    connection: &mut AnyConnection,
    place: &str,
    source: Source,
    replace: bool,
    unrenewed: Option<&Lease>,
) -> Result<Contents, ArchiveError> {
    wait_for_turn(connection)?;
    let has_tables = target::judge(connection, place, replace)?;
    let kept =
        if has_tables { target::take_down(connection, place, unrenewed)? } else { target::Kept::default() };
    apply(connection, Some(source.schema()))?;
    target::empty(connection)?;
    let mut rows = Rows::new(source.name());
    let contents = source.read(&mut |item| rows.item(connection, item))?;
    rows.end(connection)?;
    // Before migrations that may add rows, and again for tables that they make anew.
    target::number_on(connection, &kept)?;
    let applied = apply(connection, None)?;
    target::number_on(connection, &kept)?;
    target::count_on(connection, &kept)?;
    if applied.iter().any(|version| version == SPELLINGS) {
        join_spellings(connection).map_err(unpacked)?;
    }
    rebuild(connection).map_err(unpacked)?;
    target::keep_lease(connection, &kept)?;
    Ok(contents)
}

/// The history could not be counted.
fn unpacked(error: TxError) -> ArchiveError {
    match error {
        TxError::Database(error) => error.into(),
        TxError::Store(error) => Error::QueryBuilderError(Box::new(error)).into(),
    }
}
