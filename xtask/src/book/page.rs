//! What a page of Markdown links to, and what in it can be linked to. Knows no other page.

use std::collections::{BTreeSet, HashMap};

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

/// A page, as far as links go.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Where its links and pictures lead, as written.
    pub(super) links: Vec<String>,
    /// The files that mdBook puts into it.
    pub(super) includes: Vec<String>,
    /// The anchors of its headings, as mdBook and code hosts make them.
    pub(super) anchors: BTreeSet<String>,
}

impl Page {
    /// Reads a page.
    pub(super) fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let before = seen.entry(anchor.clone()).or_default();
                    page.anchors.insert(match *before {
                        0 => anchor,
                        again => format!("{anchor}-{again}"),
                    });
                    *before += 1;
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Text(text) | Event::Code(text) => {
                    page.include(&text);
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }

    fn include(&mut self, text: &CowStr<'_>) {
        for part in text.split("{{#include ").skip(1) {
            if let Some((path, _)) = part.split_once("}}") {
                self.includes.push(path.trim().to_owned());
            }
        }
    }
}

/// The anchor of a heading: small letters, digits, `-` and `_`, with `-` for each blank.
fn anchor(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            letter if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn links_pictures_and_includes_are_found_and_examples_are_not() {
        let page = Page::read(
            "See [a](a.md#b) and ![p](p.png), `[no](no.md)`.\n\n```nginx\n{{#include x/y.conf}}\n[no](no.md)\n```\n\n\
             | [t](t.md) |\n|---|\n| [u](u.md) |\n\n[r]: r.md\n\n[r]\n",
        );
        assert_eq!(page.links, ["a.md#b", "p.png", "t.md", "u.md", "r.md"]);
        assert_eq!(page.includes, ["x/y.conf"]);
    }

    #[test]
    fn headings_have_the_anchors_that_readers_get() {
        let page = Page::read("# One process or many\n## `bangui doctor`: what?\n## Again\n### Again\n");
        let anchors: Vec<&str> = page.anchors.iter().map(String::as_str).collect();
        assert_eq!(anchors, ["again", "again-1", "bangui-doctor-what", "one-process-or-many"]);
    }
}
