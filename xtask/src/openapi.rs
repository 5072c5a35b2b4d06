//! `cargo xtask openapi`: writes the API's document as the server prints it, and the pages' types from it;
//! or checks that both are what they would be.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::needs::{self, Need};
use crate::workspace::{self, Profile};
use crate::{process, web};

fn document() -> PathBuf {
    workspace::root().join("docs/openapi.json")
}

fn types() -> PathBuf {
    workspace::ui().join("src/api/schema.ts")
}

/// Writes docs/openapi.json and the types of the pages.
pub(crate) fn write() -> Result<()> {
    let path = document();
    fs::write(&path, printed()?).with_context(|| format!("write {}", path.display()))?;
    generate_types()
}

/// Fails when a committed file differs from what the server says today. Leaves both files as they were.
pub(crate) fn check() -> Result<()> {
    let path = document();
    let committed = fs::read_to_string(&path)
        .with_context(|| format!("read {}; `cargo xtask openapi` writes it", path.display()))?;
    if committed != printed()? {
        bail!(
            "docs/openapi.json is not what `bangui openapi` prints: run `cargo xtask openapi` and look at the change"
        );
    }
    let path = types();
    let before = fs::read(&path)
        .with_context(|| format!("read {}; `cargo xtask openapi` writes it", path.display()))?;
    generate_types()?;
    let after = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    if before != after {
        fs::write(&path, before).with_context(|| format!("put {} back", path.display()))?;
        bail!(
            "crates/web-ui/ui/src/api/schema.ts is not made from docs/openapi.json: run `cargo xtask openapi`"
        );
    }
    println!("docs/openapi.json and the types made from it are up to date.");
    Ok(())
}

/// The document, with exactly one line end behind it.
fn printed() -> Result<String> {
    let binary = workspace::build_server(Profile::Dev)?;
    let text =
        process::output(Command::new(binary).arg("openapi")).context("ask the server for its document")?;
    Ok(format!("{}\n", text.trim_end()))
}

fn generate_types() -> Result<()> {
    needs::require(&[Need::Node])?;
    web::install()?;
    process::run(&mut web::npm(["run", "types"])).context("make the pages' types from docs/openapi.json")
}
