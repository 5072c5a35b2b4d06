//! Writes docs/configuration.md from the doc comments of the server's settings, and checks that it is current.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use syn::{Attribute, Expr, Fields, Item, ItemStruct, Lit, Meta, Type};

use crate::workspace;

const SOURCE: &str = "bin/bangui/src/settings.rs";
const PAGE: &str = "docs/configuration.md";
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

/// Writes the page.
pub(crate) fn write() -> Result<()> {
    let path = workspace::root().join(PAGE);
    std::fs::write(&path, page()?).with_context(|| format!("cannot write {}", path.display()))
}

/// Fails if the page is not what would be written.
pub(crate) fn check() -> Result<()> {
    let path = workspace::root().join(PAGE);
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    if found != page()? {
        bail!("{PAGE} does not say what {SOURCE} says: run `cargo xtask settings`");
    }
    Ok(())
}

fn page() -> Result<String> {
    let path = workspace::root().join(SOURCE);
    let source = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    render(&source)
}

fn render(source: &str) -> Result<String> {
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
    let mut page = HEAD.to_owned();
    let mut sections = String::new();
    let mut plain = Vec::new();
    for (name, kind, text) in fields(top) {
        match structs.get(&kind) {
            None => plain.push((name, text)),
            Some(section) => {
                let title = text.trim_end_matches('.');
                write!(sections, "\n## {title}\n\n{}", table(Some(&name), &rows(section))?)?;
            }
        }
    }
    write!(page, "\n## The deployment\n\n{}", table(None, &plain)?)?;
    page.push_str(&sections);
    Ok(page)
}

fn rows(section: &ItemStruct) -> Vec<(String, String)> {
    fields(section).into_iter().map(|(name, _, text)| (name, text)).collect()
}

fn table(section: Option<&str>, rows: &[(String, String)]) -> Result<String> {
    let mut text = "| setting | environment | what for |\n|---|---|---|\n".to_owned();
    for (name, doc) in rows {
        let (key, variable) = match section {
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

/// Name, last word of the type, and doc comment of each field.
fn fields(item: &ItemStruct) -> Vec<(String, String, String)> {
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
            Some((name, kind, doc(&field.attrs)))
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
