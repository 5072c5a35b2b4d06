//! Rules about source files as a whole: their opening, length and name.

use super::Problem;
use super::tree::{File, Tree};

const LONG: usize = 300;
const TOO_LONG: usize = 500;

/// Names that tell nothing of what is inside.
const EMPTY_NAMES: [&str; 10] =
    ["utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "shared", "stuff"];

/// Broken rules.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, text) in tree.texts().filter(|(file, _)| is_source(file)) {
        if file.extension() == "rs" && !text.starts_with("//! ") {
            problems
                .push(Problem::new(&file.path, "opens without `//!`: say in a line or more what it owns"));
        }
        let lines = text.lines().count();
        if lines > TOO_LONG {
            problems
                .push(Problem::new(&file.path, format!("has {lines} lines, more than {TOO_LONG}: split it")));
        }
        for part in file.path.split('/').map(|part| part.split('.').next().unwrap_or(part)) {
            if EMPTY_NAMES.contains(&part) {
                problems.push(Problem::new(
                    &file.path,
                    format!("`{part}` names nothing: call it by what it does"),
                ));
            }
        }
    }
    problems
}

/// Files that are long, and still allowed.
pub(super) fn long(tree: &Tree) -> Vec<Problem> {
    tree.texts()
        .filter(|(file, _)| is_source(file))
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| (LONG + 1..=TOO_LONG).contains(lines))
        .map(|(file, lines)| Problem::new(&file.path, format!("has {lines} lines, more than {LONG}")))
        .collect()
}

/// Hand-written source, not what a tool generates.
fn is_source(file: &File) -> bool {
    ["rs", "ts", "tsx", "css"].contains(&file.extension())
        && !file.is_data()
        && !file.path.ends_with("/api/schema.ts")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(problems: &[Problem]) -> Vec<&str> {
        problems.iter().map(|problem| problem.place.as_str()).collect()
    }

    #[test]
    fn a_rust_file_says_what_it_owns() {
        let tree =
            Tree::fixture(&[("a.rs", "//! Owns a.\n"), ("b.rs", "use std::fs;\n"), ("c.ts", "x();\n")]);
        assert_eq!(places(&check(&tree)), ["b.rs"]);
    }

    #[test]
    fn length_is_noted_and_then_refused() {
        let long_text = format!("//! Long.\n{}", "\n".repeat(350));
        let too_long = format!("//! Too long.\n{}", "\n".repeat(550));
        let tree =
            Tree::fixture(&[("long.rs", &long_text), ("too_long.rs", &too_long), ("data.json", &too_long)]);
        assert_eq!(places(&check(&tree)), ["too_long.rs"]);
        assert_eq!(places(&long(&tree)), ["long.rs"]);
    }

    #[test]
    fn names_tell_what_is_inside() {
        let tree = Tree::fixture(&[
            ("src/utils.rs", "//! U.\n"),
            ("src/common/x.ts", "\n"),
            ("src/bans.rs", "//! B.\n"),
        ]);
        assert_eq!(places(&check(&tree)), ["src/common/x.ts", "src/utils.rs"]);
    }
}
