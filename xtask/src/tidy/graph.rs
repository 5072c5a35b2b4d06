//! What depends on what, as cargo resolved it for this machine: the workspace's crates, and the way by
//! which each reaches a crate from outside.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// The resolved dependencies of a workspace.
pub(super) struct Graph {
    metadata: Metadata,
    /// Normal and build dependencies of each package; development ones are not linked into anything.
    linked: BTreeMap<PackageId, Vec<PackageId>>,
}

impl Graph {
    /// Asks cargo about the workspace at `root`.
    pub(super) fn load(root: &Path) -> Result<Self> {
        let metadata = MetadataCommand::new()
            .current_dir(root)
            .manifest_path(root.join("Cargo.toml"))
            .features(CargoOpt::AllFeatures)
            .other_options(["--filter-platform".to_owned(), env!("XTASK_TARGET").to_owned()])
            .exec()
            .context("ask cargo for the dependencies")?;
        let resolve = metadata.resolve.as_ref().context("cargo resolved no dependencies")?;
        let linked = resolve
            .nodes
            .iter()
            .map(|node| {
                let links = node
                    .deps
                    .iter()
                    .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development));
                (node.id.clone(), links.map(|dep| dep.pkg.clone()).collect())
            })
            .collect();
        Ok(Self { metadata, linked })
    }

    /// The workspace's own crates.
    pub(super) fn crates(&self) -> impl Iterator<Item = &Package> {
        self.metadata.workspace_packages().into_iter()
    }

    /// Names of the workspace's crates that `package` depends on, with whether it is for tests only.
    pub(super) fn ours(&self, package: &Package) -> Vec<(String, bool)> {
        let names: BTreeSet<&str> = self.crates().map(|package| package.name.as_str()).collect();
        let ours = package.dependencies.iter().filter(|dependency| names.contains(dependency.name.as_str()));
        ours.map(|dependency| (dependency.name.clone(), dependency.kind == DependencyKind::Development))
            .collect()
    }

    /// The shortest way from `package` to a linked crate that `wanted` accepts, by names.
    pub(super) fn way(&self, package: &Package, wanted: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let mut from: BTreeMap<&PackageId, &PackageId> = BTreeMap::new();
        let mut queue = VecDeque::from([&package.id]);
        while let Some(id) = queue.pop_front() {
            if id != &package.id && wanted(&self.metadata[id].name) {
                let mut way = vec![self.metadata[id].name.to_string()];
                let mut step = id;
                while let Some(previous) = from.get(step) {
                    way.push(self.metadata[*previous].name.to_string());
                    step = previous;
                }
                way.reverse();
                return Some(way);
            }
            for next in self.linked.get(id).into_iter().flatten() {
                if next != &package.id && !from.contains_key(next) {
                    from.insert(next, id);
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

/// The features that `package` itself asks of `dependency`, outside its tests.
pub(super) fn features(package: &Package, dependency: &str) -> Vec<String> {
    let declared = package.dependencies.iter();
    let linked =
        declared.filter(|found| found.name == dependency && found.kind != DependencyKind::Development);
    linked.flat_map(|found| found.features.clone()).collect()
}
