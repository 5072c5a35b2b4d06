//! Writes the table of commands and fail2ban versions in the README of `fail2ban-client` from the crate's catalogue,
//! and checks that it is current.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use fail2ban_client::command::{Info, Since, catalogue};

use crate::workspace;

const PAGE: &str = "crates/fail2ban-client/README.md";
const BEGIN: &str = "<!-- commands: made by `cargo xtask commands` -->\n";
const END: &str = "<!-- end of commands -->\n";

/// Writes the table.
pub(crate) fn write() -> Result<()> {
    let path = workspace::root().join(PAGE);
    std::fs::write(&path, with_table(&read()?)?).with_context(|| format!("cannot write {}", path.display()))
}

/// Fails if the table is not what would be written.
pub(crate) fn check() -> Result<()> {
    let text = read()?;
    if with_table(&text)? != text {
        bail!("the commands in {PAGE} are not those of the crate: run `cargo xtask commands`");
    }
    println!("the commands in {PAGE} are those of the crate.");
    Ok(())
}

fn read() -> Result<String> {
    let path = workspace::root().join(PAGE);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn with_table(text: &str) -> Result<String> {
    let (head, rest) = text.split_once(BEGIN).with_context(|| format!("{PAGE} has no line {BEGIN:?}"))?;
    let (_, tail) = rest.split_once(END).with_context(|| format!("{PAGE} has no line {END:?}"))?;
    Ok(format!("{head}{BEGIN}\n{}\n{END}{tail}", table(catalogue())))
}

fn table<'a>(commands: impl Iterator<Item = &'a Info>) -> String {
    let mut out = String::from("| on the wire | in Rust |");
    for since in Since::ALL {
        let _ = write!(out, " {since} |");
    }
    out.push_str("\n|---|---|");
    out.push_str(&"---|".repeat(Since::ALL.len()));
    let mut area = None;
    for info in commands {
        if area.replace(info.area) != Some(info.area) {
            let _ = write!(out, "\n| **{}** | |{}", info.area, " |".repeat(Since::ALL.len()));
        }
        let syntax = info.syntax.replace('|', "\\|");
        let _ = write!(out, "\n| `{syntax}` | `{}` |", info.method);
        for since in Since::ALL {
            out.push_str(if since >= info.since { " ✓ |" } else { " – |" });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_between_its_marks() {
        let text = format!("before\n{BEGIN}old\n{END}after\n");
        let text = with_table(&text).unwrap();
        assert!(text.starts_with("before\n") && text.ends_with("after\n"), "{text}");
        assert!(text.contains("| `ping` | `ping` | ✓ | ✓ | ✓ | ✓ |"), "{text}");
        assert!(text.contains("| `stats` | `stats` | – | – | ✓ | ✓ |"), "{text}");
        assert_eq!(with_table(&text).unwrap(), text);
        assert!(with_table("no marks").is_err());
    }
}
