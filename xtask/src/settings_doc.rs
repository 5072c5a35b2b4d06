//! Writes docs/configuration.md and packaging/bangui.toml from the doc comments of the server's settings, and checks
//! that they are current.

mod file;

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use syn::{Attribute, Expr, Fields, Item, ItemStruct, Lit, Meta, Type};

use crate::workspace;

const SOURCE: &str = "bin/bangui/src/settings.rs";
const PAGE: &str = "docs/configuration.md";
const FILE: &str = "packaging/bangui.toml";
const HEAD: &str = "# Settings

<!-- Made by `cargo xtask settings` from the doc comments in bin/bangui/src/settings.rs. -->

Defaults are overruled by a file, and the file by the environment. The file is the one that `--config` names, else
`/etc/bangui/bangui.toml` if it exists:

```toml
[http]
listen = [\"127.0.0.1:8686\"]

[fail2ban]
socket = \"/var/run/fail2ban/fail2ban.sock\"
```

A variable of the environment is `BANGUI_`, the section, two underscores, and the name. A name that does not exist is an
error in either place. `bangui check-config` prints the settings as they would be used, with secrets masked, or
everything that is wrong with them.
";

/// Writes the page, and the file that packages install.
pub(crate) fn write() -> Result<()> {
    for (path, text) in made()? {
        let path = workspace::root().join(path);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Fails if one of them is not what would be written.
pub(crate) fn check() -> Result<()> {
    for (name, text) in made()? {
        if std::fs::read_to_string(workspace::root().join(name)).unwrap_or_default() != text {
            bail!("{name} does not say what {SOURCE} says: run `cargo xtask settings`");
        }
    }
    Ok(())
}

fn made() -> Result<[(&'static str, String); 2]> {
    let path = workspace::root().join(SOURCE);
    let source = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok([(PAGE, render(&source)?), (FILE, file::render(&sections(&source)?)?)])
}

/// Where settings stand together: the name of their section, if they are in one, what it is for, and the settings.
struct Section {
    name: Option<String>,
    about: String,
    settings: Vec<Setting>,
}

/// One setting: its name, the last word of its type, and its doc comment.
struct Setting {
    name: String,
    kind: String,
    doc: String,
}

fn render(source: &str) -> Result<String> {
    let mut page = HEAD.to_owned();
    for section in sections(source)? {
        write!(page, "\n## {}\n\n{}", section.about.trim_end_matches('.'), table(&section)?)?;
    }
    Ok(page)
}

/// What stands in no section comes first, as it has to in a TOML file.
fn sections(source: &str) -> Result<Vec<Section>> {
    let file = syn::parse_file(source).context("the settings do not parse")?;
    let structs: HashMap<String, ItemStruct> = file
        .items
        .into_iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some((item.ident.to_string(), item)),
            _ => None,
        })
        .collect();
    let top = structs.get("Settings").context("there is no struct Settings")?;
    let mut plain = Section { name: None, about: "The deployment".to_owned(), settings: Vec::new() };
    let mut sections = Vec::new();
    for setting in fields(top) {
        match structs.get(&setting.kind) {
            None => plain.settings.push(setting),
            Some(item) => {
                let Setting { name, doc, .. } = setting;
                sections.push(Section { name: Some(name), about: doc, settings: fields(item) });
            }
        }
    }
    sections.insert(0, plain);
    Ok(sections)
}

fn table(section: &Section) -> Result<String> {
    let mut text = "| setting | environment | what for |\n|---|---|---|\n".to_owned();
    for Setting { name, doc, .. } in &section.settings {
        let (key, variable) = match &section.name {
            None => (name.clone(), format!("BANGUI_{}", name.to_uppercase())),
            Some(section) => {
                let variable = format!("BANGUI_{}__{}", section.to_uppercase(), name.to_uppercase());
                (format!("{section}.{name}"), variable)
            }
        };
        writeln!(text, "| `{key}` | `{variable}` | {} |", doc.replace('|', "\\|"))?;
    }
    Ok(text)
}

fn fields(item: &ItemStruct) -> Vec<Setting> {
    let Fields::Named(named) = &item.fields else { return Vec::new() };
    named
        .named
        .iter()
        .filter_map(|field| {
            let name = field.ident.as_ref()?.to_string();
            let kind = match &field.ty {
                Type::Path(path) => path.path.segments.last()?.ident.to_string(),
                _ => String::new(),
            };
            Some(Setting { name, kind, doc: doc(&field.attrs) })
        })
        .collect()
}

fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_setting_becomes_a_row_with_its_variable() {
        let page = render(
            "struct Settings {\n/// How many.\npub workers: u32,\n/// The web server.\npub http: Http }\n\
             struct Http {\n/// Where to\n/// listen.\npub listen: Vec<u8> }",
        )
        .expect("a page");
        assert!(page.contains("| `workers` | `BANGUI_WORKERS` | How many. |"), "{page}");
        assert!(page.contains("## The web server\n"), "{page}");
        assert!(page.contains("| `http.listen` | `BANGUI_HTTP__LISTEN` | Where to listen. |"), "{page}");
    }
}
