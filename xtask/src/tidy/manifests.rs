//! Rules about Cargo.toml: every crate takes the workspace's lints, and names versions only in the root. A manifest
//! that is a workspace of its own stands apart: fuzz targets need another compiler.

use toml::{Table, Value};

use super::Problem;
use super::tree::Tree;

/// Development crates that may set lints of their own.
const OWN_LINTS: [&str; 2] = ["bangui-test-support", "xtask"];

/// Broken rules.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.texts()
        .filter(|(file, _)| file.path.ends_with("/Cargo.toml"))
        .flat_map(|(file, text)| match text.parse::<Table>() {
            Ok(manifest) => {
                complaints(&manifest).into_iter().map(|what| Problem::new(&file.path, what)).collect()
            }
            Err(error) => vec![Problem::new(&file.path, format!("is not TOML: {error}"))],
        })
        .collect()
}

fn complaints(manifest: &Table) -> Vec<String> {
    let mut found = Vec::new();
    if manifest.contains_key("workspace") {
        return found;
    }
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let lints = manifest.get("lints");
    let inherits = lints.and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true);
    let sets_own = lints.is_some() && OWN_LINTS.contains(&name);
    if !inherits && !sets_own {
        found.push("has no `[lints] workspace = true`".to_owned());
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(dependencies) = manifest.get(section).and_then(Value::as_table) else { continue };
        for (dependency, wanted) in dependencies {
            if wanted.get("workspace").and_then(Value::as_bool) != Some(true) {
                found.push(format!("`{dependency}` names a version: take it with `workspace = true`"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_and_versions_come_from_the_workspace() {
        let good =
            "[package]\nname = \"a\"\n[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\n";
        let no_lints = "[package]\nname = \"b\"\n";
        let version = "[package]\nname = \"c\"\n[lints]\nworkspace = true\n[dependencies]\nserde = \"1\"\n";
        let own = "[package]\nname = \"xtask\"\n[lints.rust]\nmissing_docs = \"deny\"\n";
        let apart = "[workspace]\n[package]\nname = \"d\"\n[dependencies]\nserde = \"1\"\n";
        let tree = Tree::fixture(&[
            ("Cargo.toml", "[workspace]\n"),
            ("a/Cargo.toml", good),
            ("b/Cargo.toml", no_lints),
            ("c/Cargo.toml", version),
            ("xtask/Cargo.toml", own),
            ("a/fuzz/Cargo.toml", apart),
        ]);
        let places: Vec<String> = check(&tree).into_iter().map(|problem| problem.place).collect();
        assert_eq!(places, ["b/Cargo.toml", "c/Cargo.toml"]);
    }
}
