//! Databases as an older BanGUI left them: its migrations and no later ones, and rows that it may have written.

use std::path::{Path, PathBuf};

use bangui_persistence::DbKind;

use super::Place;

/// The repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Rows for every schema: `0001.sql` for the schema whose last migration is 0001, and so on, for both databases.
const ROWS: &str = "crates/persistence/tests/fixtures/schemas";

/// The versions of all migrations, oldest first.
///
/// # Panics
///
/// When the migrations cannot be read.
pub fn versions() -> Vec<String> {
    let mut versions: Vec<String> = folders(DbKind::Sqlite).into_iter().map(|(version, _)| version).collect();
    versions.sort();
    versions
}

impl Place {
    /// A new database with the schema `version` and the rows that belong to it.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub fn of_schema(kind: DbKind, version: &str) -> Self {
        let place = Self::new(kind);
        let mut folders = folders(kind);
        folders.sort();
        // As diesel makes it.
        let mut sql = vec![
            "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
             run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
                .to_owned(),
        ];
        for (name, folder) in folders.iter().filter(|(name, _)| name.as_str() <= version) {
            sql.push(read(&folder.join("up.sql")));
            sql.push(format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{name}');"));
        }
        sql.push(read(&Path::new(ROOT).join(ROWS).join(format!("{version}.sql"))));
        place.execute(&sql.join("\n")).unwrap_or_else(|error| panic!("the schema {version}: {error}"));
        place
    }
}

/// The migrations of a database: version and folder.
fn folders(kind: DbKind) -> Vec<(String, PathBuf)> {
    let database = if kind == DbKind::Sqlite { "sqlite" } else { "postgres" };
    let all = Path::new(ROOT).join("migrations").join(database);
    let entries = all.read_dir().unwrap_or_else(|error| panic!("{}: {error}", all.display()));
    entries
        .map(|entry| {
            let entry = entry.expect("a folder of migrations");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name.split('_').next().unwrap_or_default().to_owned(), entry.path())
        })
        .collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
