//! The book in docs/: checks that nothing in it leads nowhere, and builds it with mdBook.

mod links;
mod page;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{needs, process, workspace};
use page::Page;

/// Where the book's pages are.
const BOOK: &str = "docs";
/// Pages of the repository that are no part of the book, and are read with it.
const OTHERS: [&str; 5] =
    ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "crates/fail2ban-client/README.md"];

/// Fails with everything that leads nowhere.
pub(crate) fn check() -> Result<()> {
    let root = workspace::root();
    let mut pages = BTreeMap::new();
    for path in pages_of(&root.join(BOOK))?.into_iter().chain(OTHERS.map(|name| root.join(name))) {
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let name = path.strip_prefix(&root).unwrap_or(&path).to_path_buf();
        pages.insert(name, Page::read(&text));
    }
    let problems = links::check(&root, &pages);
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        bail!("{} links of the book lead nowhere", problems.len());
    }
    let links: usize = pages.values().map(|page| page.links.len()).sum();
    println!("{} pages with {links} links, none of which leads nowhere.", pages.len());
    Ok(())
}

/// Checks the book and builds it into `target/book`.
pub(crate) fn build() -> Result<()> {
    check()?;
    needs::require_mdbook()?;
    let out = workspace::root().join("target/book");
    let mut mdbook = std::process::Command::new("mdbook");
    process::run(mdbook.arg("build").arg(workspace::root().join(BOOK)).arg("--dest-dir").arg(&out))
        .context("build the book")?;
    println!("The book is in {}: open index.html.", out.display());
    Ok(())
}

/// Every Markdown file below a folder.
fn pages_of(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let entries = folder.read_dir().with_context(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            pages.extend(pages_of(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    Ok(pages)
}
