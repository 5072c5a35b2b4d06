//! The licences of other people's work in the binary: its Rust crates with the C sources that some of them bring, the
//! packages of the pages, and musl.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use super::Release;
use super::binary::FEATURES;
use crate::workspace;

/// A crate that only builds, but whose C sources end up in the binary.
const OPENSSL: &str = "openssl-src";
/// A crate without a file that holds its licence, and where that is.
const LIBPQ: (&str, &str) = ("pq-src", "packaging/licences/postgresql.txt");
/// Where Debian keeps the licence of the C library that a static binary holds.
const MUSL: &str = "/usr/share/doc/musl-dev/copyright";
const RULE: &str = "--------------------------------------------------------------------------------";

/// One text, and the works that are under it.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// All of them, in one text.
pub(super) fn third_party(release: &Release) -> Result<String> {
    let mut texts = Texts::new();
    crates(release, &mut texts)?;
    pages(&mut texts)?;
    if release.target.contains("musl") {
        let text = fs::read_to_string(MUSL).with_context(|| format!("read {MUSL}"))?;
        texts.entry(text).or_default().insert("musl".to_owned());
    }
    let mut all = "The binary of BanGUI holds the work of others, under these licences. It also holds SQLite, which is in the
public domain, and the standard library of Rust, which is under MIT or Apache-2.0.\n"
        .to_owned();
    for (text, works) in &texts {
        let works: Vec<&str> = works.iter().map(String::as_str).collect();
        write!(all, "\n{RULE}\n{}\n{RULE}\n\n{}\n", works.join("\n"), text.trim())?;
    }
    Ok(all)
}

fn crates(release: &Release, texts: &mut Texts) -> Result<()> {
    let metadata = MetadataCommand::new()
        .cargo_path(workspace::cargo_path())
        .current_dir(workspace::root().join("bin/bangui"))
        .other_options(["--filter-platform".to_owned(), release.target.clone()])
        .features(cargo_metadata::CargoOpt::SomeFeatures(vec![FEATURES.to_owned()]))
        .exec()
        .context("ask cargo for the crates of the binary")?;
    for package in linked(&metadata)? {
        let name =
            format!("{} {} ({})", package.name, package.version, package.license.as_deref().unwrap_or("?"));
        let folder = package.manifest_path.parent().context("a manifest without a folder")?;
        let mut found = licence_files(folder.as_std_path())?;
        if package.name.as_str() == LIBPQ.0 {
            found.push(workspace::root().join(LIBPQ.1));
        }
        add(texts, &name, &found)?;
    }
    Ok(())
}

/// The crates of others that the binary is linked from.
fn linked(metadata: &Metadata) -> Result<Vec<&Package>> {
    let nodes = &metadata.resolve.as_ref().context("cargo tells no dependencies")?.nodes;
    let by_id: BTreeMap<&PackageId, _> = nodes.iter().map(|node| (&node.id, node)).collect();
    let start = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "bangui")
        .context("no package bangui")?;
    let (mut seen, mut next) = (BTreeSet::from([&start.id]), vec![&start.id]);
    while let Some(node) = next.pop().and_then(|id| by_id.get(id)) {
        for dependency in &node.deps {
            let is_linked = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
                || dependency.name == OPENSSL.replace('-', "_");
            if is_linked && seen.insert(&dependency.pkg) {
                next.push(&dependency.pkg);
            }
        }
    }
    let ours = |package: &Package| package.source.is_none();
    Ok(metadata.packages.iter().filter(|package| seen.contains(&package.id) && !ours(package)).collect())
}

/// The packages that the pages are built from: those that their package.json names, all of which have no others.
fn pages(texts: &mut Texts) -> Result<()> {
    let read = |path: PathBuf| -> Result<serde_json::Value> {
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))
    };
    let manifest = read(workspace::ui().join("package.json"))?;
    let dependencies = manifest.get("dependencies").and_then(|found| found.as_object());
    for (name, _) in dependencies.context("the pages' package.json names no dependencies")? {
        let folder = workspace::ui().join("node_modules").join(name);
        let package = read(folder.join("package.json"))?;
        let text = |key: &str| package.get(key).and_then(|found| found.as_str()).unwrap_or("?").to_owned();
        add(texts, &format!("{name} {} ({})", text("version"), text("license")), &licence_files(&folder)?)?;
    }
    Ok(())
}

fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let tells = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];
        if path.is_file() && tells.iter().any(|start| name.starts_with(start)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn add(texts: &mut Texts, name: &str, files: &[PathBuf]) -> Result<()> {
    if files.is_empty() {
        let text = "These come without a file that holds their licence, which is the one named beside them.";
        texts.entry(text.to_owned()).or_default().insert(name.to_owned());
    }
    for path in files {
        let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        texts.entry(text).or_default().insert(name.to_owned());
    }
    Ok(())
}
