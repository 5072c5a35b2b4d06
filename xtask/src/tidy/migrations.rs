//! The migrations of both databases have the same versions, each with a way up and a way down, and with rows from which
//! the tests upgrade.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use super::tree::Tree;

const DATABASES: [&str; 2] = ["sqlite", "postgres"];
const PARTS: [&str; 2] = ["up.sql", "down.sql"];

/// Where the rows are that a database of each schema may have.
const ROWS: &str = "crates/persistence/tests/fixtures/schemas";

/// Broken rules.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut files: BTreeSet<&str> = BTreeSet::new();
    for file in tree.files() {
        files.insert(&file.path);
        let mut parts = file.path.split('/');
        if parts.next() == Some("migrations")
            && let (Some(database), Some(version), Some(_)) = (parts.next(), parts.next(), parts.next())
        {
            versions.entry(version).or_default().insert(database);
        }
    }
    let mut problems = Vec::new();
    for (version, databases) in versions {
        let rows = format!("{ROWS}/{}.sql", version.split('_').next().unwrap_or(version));
        if !files.contains(rows.as_str()) {
            problems.push(Problem::new(
                rows,
                "is missing: write rows that a database may have after this migration, and look at the test of upgrades",
            ));
        }
        for database in DATABASES {
            let folder = format!("migrations/{database}/{version}");
            if !databases.contains(database) {
                problems.push(Problem::new(folder, "is missing: both databases have the same migrations"));
                continue;
            }
            for part in PARTS {
                let path = format!("{folder}/{part}");
                if !files.contains(path.as_str()) {
                    problems.push(Problem::new(path, "is missing"));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_one_database_lacks_is_found() {
        let tree = Tree::fixture(&[
            ("migrations/sqlite/0001_bans/up.sql", "select 1;\n"),
            ("migrations/sqlite/0001_bans/down.sql", "select 1;\n"),
            ("migrations/postgres/0001_bans/up.sql", "select 1;\n"),
            ("migrations/sqlite/0002_users/up.sql", "select 1;\n"),
            ("migrations/sqlite/0002_users/down.sql", "select 1;\n"),
            ("crates/persistence/tests/fixtures/schemas/0001.sql", "select 1;\n"),
        ]);
        let places: Vec<String> = check(&tree).into_iter().map(|problem| problem.place).collect();
        assert_eq!(
            places,
            [
                "migrations/postgres/0001_bans/down.sql",
                "crates/persistence/tests/fixtures/schemas/0002.sql",
                "migrations/postgres/0002_users"
            ]
        );
    }
}
