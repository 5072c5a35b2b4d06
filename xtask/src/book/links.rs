//! Follows every link from page to page. Addresses of other sites are not asked: a test needs no network.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::page::Page;

/// The page that lists the others.
const SUMMARY: &str = "docs/SUMMARY.md";

/// What links that are not followed begin with: other sites, and the reader's own machine.
const ELSEWHERE: [&str; 3] = ["https://", "mailto:", "http://127.0.0.1:"];

/// What leads nowhere, one line each, and pages that nothing leads to.
pub(super) fn check(root: &Path, pages: &BTreeMap<PathBuf, Page>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut listed = BTreeSet::from([PathBuf::from(SUMMARY)]);
    for (name, page) in pages {
        let folder = name.parent().unwrap_or(Path::new(""));
        let mut complain = |link: &str, what: &str| {
            problems.push(format!("{}: {link}: {what}", name.display()));
        };
        for link in &page.links {
            if ELSEWHERE.iter().any(|start| link.starts_with(start)) {
                continue;
            }
            if link.contains("://") {
                complain(link, "is neither https nor a place in this repository");
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { name.clone() } else { joined(folder, path) };
            if name == Path::new(SUMMARY) {
                listed.insert(target.clone());
            }
            match pages.get(&target) {
                Some(page) if anchor.is_empty() || page.anchors.contains(anchor) => {}
                Some(_) => complain(link, "there is no such heading"),
                None if root.join(&target).exists() && anchor.is_empty() => {}
                None => complain(link, "there is no such file"),
            }
        }
        for include in &page.includes {
            if !root.join(joined(folder, include)).is_file() {
                complain(include, "there is no such file to include");
            }
        }
    }
    let of_the_book = pages.keys().filter(|name| name.starts_with("docs"));
    for name in of_the_book.filter(|name| !listed.contains(*name)) {
        problems.push(format!("{}: is not in {SUMMARY}", name.display()));
    }
    problems
}

/// `path` from `folder`, without `..`.
fn joined(folder: &Path, path: &str) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    use super::check;
    use crate::book::page::Page;

    fn problems(pages: &[(&str, &str)]) -> Vec<String> {
        let pages: BTreeMap<PathBuf, Page> =
            pages.iter().map(|(name, text)| (PathBuf::from(name), Page::read(text))).collect();
        check(Path::new("/nowhere"), &pages)
    }

    #[test]
    fn what_leads_somewhere_is_fine() {
        let found = problems(&[
            ("docs/SUMMARY.md", "[a](a.md)\n[b](adr/b.md)\n"),
            ("docs/a.md", "# Top\n[b](adr/b.md#why-not) [self](#top) [out](https://example.org/)\n"),
            ("docs/adr/b.md", "## Why not?\n[a](../a.md)\n"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn what_leads_nowhere_is_named() {
        let found = problems(&[
            ("docs/SUMMARY.md", "[a](a.md)\n"),
            ("docs/a.md", "[x](x.md) [y](#nothing) [z](http://example.org)\n```\n{{#include c.txt}}\n```\n"),
            ("docs/lost.md", "# Lost\n"),
        ]);
        for (nth, what) in [
            (0, "x.md: there is no such file"),
            (1, "#nothing: there is no such heading"),
            (2, "http://example.org: is neither"),
            (3, "c.txt: there is no such file to include"),
            (4, "docs/lost.md: is not in"),
        ] {
            assert!(found[nth].contains(what), "{found:?}");
        }
    }
}
