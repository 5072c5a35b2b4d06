//! `cargo xtask tidy`: the house rules that neither the compiler nor clippy knows.

mod arrows;
mod calls;
mod compose;
mod files;
mod graph;
mod manifests;
mod migrations;
mod text;
mod tree;

use anyhow::{Result, bail};

use crate::workspace;
use graph::Graph;
use tree::Tree;

/// A broken rule: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    place: String,
    what: String,
}

impl Problem {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// Checks the workspace; prints every broken rule and fails if there is one.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::load(&workspace::root())?;
    let graph = Graph::load(&workspace::root())?;
    let mut problems = Vec::new();
    problems.extend(arrows::check(&graph));
    problems.extend(files::check(&tree));
    problems.extend(text::check(&tree));
    problems.extend(manifests::check(&tree));
    problems.extend(migrations::check(&tree));
    problems.extend(compose::check(&tree));
    problems.extend(calls::check(&tree));
    problems.sort();
    for long in files::long(&tree) {
        println!("note: {}: {}", long.place, long.what);
    }
    for problem in &problems {
        println!("{}: {}", problem.place, problem.what);
    }
    if !problems.is_empty() {
        bail!("{} house rules are broken (docs/architecture.md gives the reasons)", problems.len());
    }
    println!("{} files and {} crates keep the house rules.", tree.files().len(), graph.crates().count());
    Ok(())
}
