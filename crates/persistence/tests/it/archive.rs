//! Archives: from each database into each, refused where they must be, and of one moment. Here is what the tests make and
//! read of them.

mod files;
mod loading;
mod moment;
mod refusing;

use std::collections::BTreeMap;
use std::io::Cursor;

use bangui_persistence::archive::{
    ArchiveError, ArchiveReader, ArchiveWriter, Contents, Item, KEPT, LEFT_OUT, Snapshot, Source,
};
use bangui_persistence::{Db, DbKind};
use bangui_test_support::both_databases;
use bangui_test_support::db::{Place, options};
use serde_json::Value;

/// The rows of each table, each row by the names of its columns.
pub(crate) type Rows = BTreeMap<String, Vec<BTreeMap<String, Value>>>;

/// What is kept of the database at `url`.
pub(crate) fn kept(url: &str) -> Rows {
    let mut rows = Rows::new();
    let (mut table, mut names) = (String::new(), Vec::new());
    let mut take = |item: Item<'_>| {
        match item {
            Item::Table(name, columns) => {
                name.clone_into(&mut table);
                names = columns.iter().map(|column| column.name.clone()).collect();
                rows.insert(table.clone(), Vec::new());
            }
            Item::Row(line) => {
                let cells: Vec<Value> = serde_json::from_str(line).unwrap();
                rows.get_mut(&table).unwrap().push(names.iter().cloned().zip(cells).collect());
            }
        }
        Ok(())
    };
    Snapshot::open(url).unwrap().read(&mut take).unwrap();
    rows
}

/// An archive of the database at `url`.
pub(crate) fn archive(url: &str) -> Vec<u8> {
    let snapshot = Snapshot::open(url).unwrap();
    let (bytes, contents) =
        ArchiveWriter::write(Vec::new(), snapshot, "0.1.0", "2023-11-14T22:13:20Z").unwrap();
    assert!(contents.rows() > 0);
    bytes
}

/// What an archive is loaded from.
pub(crate) fn source(bytes: Vec<u8>) -> Source {
    Source::Archive(open(bytes).unwrap())
}

fn open(bytes: Vec<u8>) -> Result<ArchiveReader, ArchiveError> {
    ArchiveReader::open("the archive", Cursor::new(bytes))
}

/// Reads an archive to its end.
fn verify(bytes: Vec<u8>) -> Result<Contents, ArchiveError> {
    open(bytes)?.read(&mut |_| Ok(()))
}

/// The database of `place`, made if it is a file that is not there.
pub(crate) async fn connect(place: &Place) -> Db {
    Db::connect(place.url(), &options()).await.unwrap()
}

/// A database of the newest schema with rows in every table.
fn full(kind: DbKind) -> Place {
    Place::of_schema(kind, bangui_test_support::db::schema::versions().last().unwrap())
}

both_databases!(every_table_is_kept_or_left_out_for_a_reason, |test| async move {
    let listed = if test.db().kind() == DbKind::Sqlite {
        "sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name"
    } else {
        "pg_tables WHERE schemaname = current_schema() AND tablename"
    };
    let names: Vec<&str> =
        KEPT.iter().map(|table| table.name).chain(LEFT_OUT.iter().map(|(name, _)| *name)).collect();
    let former = |name: &str| KEPT.iter().any(|table| table.name == name && table.former);
    for name in names.iter().filter(|name| !former(name)) {
        assert_eq!(test.count(&format!("{listed} = '{name}'")), 1, "{name} is in a list and no table");
    }
    let all = names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let unlisted = test.count(&format!("{listed} NOT IN ({all}, '__diesel_schema_migrations')"));
    assert_eq!(unlisted, 0, "a table is in none of the lists of crates/persistence/src/archive/tables.rs");
});
