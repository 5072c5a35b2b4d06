//! The book's list of the API's calls is whole: what the OpenAPI document has, `docs/api.md` names, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Problem;
use super::tree::Tree;

const DOCUMENT: &str = "docs/openapi.json";
const LIST: &str = "docs/api.md";
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Broken rules.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let text = |path: &str| tree.texts().find(|(file, _)| file.path == path).map(|(_, text)| text);
    let Some(document) = text(DOCUMENT) else { return Vec::new() };
    let there = match serde_json::from_str::<Value>(document) {
        Ok(document) => operations(&document),
        Err(error) => return vec![Problem::new(DOCUMENT, format!("cannot be read: {error}"))],
    };
    let named = named(text(LIST).unwrap_or_default());
    let missing = there.difference(&named).map(|call| {
        Problem::new(LIST, format!("does not name `{call}`: give it a row in the table of calls"))
    });
    let gone = named.difference(&there).map(|call| {
        Problem::new(
            LIST,
            format!("names `{call}`, which {DOCUMENT} does not have: is that `cargo xtask openapi`?"),
        )
    });
    missing.chain(gone).collect()
}

/// Every operation of an OpenAPI document, as `GET /api/jails`.
fn operations(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for method in methods.as_object().into_iter().flat_map(serde_json::Map::keys) {
            let method = method.to_uppercase();
            if METHODS.contains(&method.as_str()) {
                found.insert(format!("{method} {path}"));
            }
        }
    }
    found
}

/// The calls in the first column of tables: pieces of code such as `GET /api/bans`. A piece that is a method alone belongs to
/// the next path. What is not below `/api` is none of the document's.
fn named(list: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let cells = list.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    for cell in cells {
        let mut methods = Vec::new();
        // Every second piece is between two back quotes.
        for code in cell.split('`').skip(1).step_by(2) {
            let (method, path) = code.split_once(' ').unwrap_or((code, ""));
            if !METHODS.contains(&method) {
                continue;
            }
            methods.push(method);
            if path.starts_with("/api/") {
                found.extend(methods.iter().map(|method| format!("{method} {path}")));
            }
            if !path.is_empty() {
                methods.clear();
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: &str = r#"{"paths": {
        "/api/bans": {"get": {}, "post": {}, "parameters": []},
        "/api/bans/{ip}": {"delete": {}},
        "/api/allowlist": {"get": {}}
    }}"#;

    fn complaints(list: &str) -> Vec<String> {
        let tree = Tree::fixture(&[(DOCUMENT, PATHS), (LIST, list)]);
        check(&tree).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_call_that_the_book_does_not_name_is_found() {
        let whole = "| call | what for |\n|---|---|\n| `GET`, `POST /api/bans`, `DELETE /api/bans/{ip}` | `q` |\n\
                     | `GET /api/allowlist` | `PUT /api/x` |\n| `GET /metrics` | numbers |\n";
        assert_eq!(complaints(whole), Vec::<String>::new());
        let found = complaints(
            "| `GET /api/bans`, `DELETE /api/bans/{ip}` | a `POST /api/bans` in the wrong place |\n",
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("GET /api/allowlist") && found[1].contains("POST /api/bans"), "{found:?}");
    }

    #[test]
    fn a_call_that_is_gone_is_found() {
        let text = "| `GET`, `POST /api/bans` | |\n| `DELETE /api/bans/{ip}`, `GET /api/allowlist` | |\n\
                    | `PUT /api/bans/{ip}` | |\n";
        let found = complaints(text);
        assert!(matches!(&found[..], [one] if one.starts_with("names `PUT /api/bans/{ip}`")), "{found:?}");
    }
}
