//! What the book, the dashboard and the alert rules say about metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

fn docs(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The tables of docs/metrics.md: for each name the type and the labels.
pub(crate) fn tables() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut rows = BTreeMap::new();
    for line in docs("metrics.md").lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let ["", name, kind, labels, _, ""] = cells.as_slice()
            && let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'))
        {
            let labels = labels.split(", ").filter(|label| !label.is_empty());
            let labels = labels.map(|label| label.trim_matches('`').to_owned()).collect();
            let row = ((*kind).to_owned(), labels);
            assert!(rows.insert(name.to_owned(), row).is_none(), "{name} has two rows");
        }
    }
    rows
}

/// The names of ours in a text; of histograms, those of the family.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours =
        words.filter(|word| ["f2b_", "bangui_", "process_"].iter().any(|start| word.starts_with(start)));
    ours.map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned()).collect()
}

/// What the alert rules and their tests ask for.
pub(crate) fn alerts() -> BTreeSet<String> {
    names(&(docs("prometheus/bangui-rules.yml") + &docs("prometheus/bangui-rules.test.yml")))
}

/// What the dashboard asks for.
pub(crate) fn dashboard() -> BTreeSet<String> {
    let dashboard: Value = serde_json::from_str(&docs("grafana/bangui.json")).expect("JSON");
    let mut asked = String::new();
    let mut panels = 0;
    for panel in dashboard["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().into_iter().flatten() {
            panels += 1;
            asked.push_str(target["expr"].as_str().expect("an expression"));
            asked.push(' ');
        }
    }
    for variable in dashboard["templating"]["list"].as_array().expect("variables") {
        asked.push_str(variable["definition"].as_str().unwrap_or_default());
        asked.push(' ');
    }
    assert!(panels > 20, "{panels}");
    names(&asked)
}
