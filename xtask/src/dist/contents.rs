//! The list of everything that is packed: where it stands in the Debian package and where in the tarball.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Release, generated, licences};
use crate::workspace;

/// One file.
pub(super) struct Item {
    /// Its path on a Debian machine, without the first slash.
    pub(super) deb: Option<&'static str>,
    /// Its path in the tarball.
    pub(super) tar: Option<&'static str>,
    /// Its mode.
    pub(super) mode: u32,
    /// What is in it.
    pub(super) content: Content,
}

/// What is in a file.
pub(super) enum Content {
    /// That of another file.
    File(PathBuf),
    /// These bytes.
    Bytes(Vec<u8>),
}

/// The settings, which stay as an administrator has left them.
pub(super) const CONFFILE: &str = "etc/bangui/bangui.toml";

/// Everything.
pub(super) fn all(release: &Release) -> Result<Vec<Item>> {
    let root = workspace::root();
    let file = |path: &str| Content::File(root.join(path));
    let binary = Item {
        deb: Some("usr/bin/bangui"),
        tar: Some("bangui"),
        mode: 0o755,
        content: Content::File(release.binary.clone()),
    };
    let page = release.ask(["man"])?.into_bytes();
    let changes = std::fs::read(root.join("CHANGELOG.md")).context("read CHANGELOG.md")?;
    let licences = licences::third_party(release)?.into_bytes();
    Ok(vec![
        binary,
        item(None, "bangui.1", Content::Bytes(page.clone())),
        item("usr/share/man/man1/bangui.1.gz", None, Content::Bytes(generated::gzip(&page)?)),
        item(
            "usr/share/bash-completion/completions/bangui",
            "completions/bangui.bash",
            Content::Bytes(release.ask(["completions", "bash"])?.into_bytes()),
        ),
        item(
            "usr/share/zsh/vendor-completions/_bangui",
            "completions/_bangui",
            Content::Bytes(release.ask(["completions", "zsh"])?.into_bytes()),
        ),
        item(
            "usr/share/fish/vendor_completions.d/bangui.fish",
            "completions/bangui.fish",
            Content::Bytes(release.ask(["completions", "fish"])?.into_bytes()),
        ),
        item(CONFFILE, "bangui.toml", file("packaging/bangui.toml")),
        item(
            "usr/lib/systemd/system/bangui.service",
            "systemd/bangui.service",
            file("packaging/systemd/bangui.service"),
        ),
        item(
            "usr/lib/systemd/system/bangui-access.service",
            "systemd/bangui-access.service",
            file("packaging/systemd/bangui-access.service"),
        ),
        item(
            "usr/lib/systemd/system/bangui-access.path",
            "systemd/bangui-access.path",
            file("packaging/systemd/bangui-access.path"),
        ),
        item(
            "usr/lib/sysusers.d/bangui.conf",
            "systemd/sysusers.conf",
            file("packaging/sysusers.d/bangui.conf"),
        ),
        Item {
            mode: 0o755,
            ..item("usr/libexec/bangui/fail2ban-access", "fail2ban-access", file("packaging/fail2ban-access"))
        },
        item("usr/share/doc/bangui/copyright", None, file("packaging/debian/copyright")),
        item("usr/share/doc/bangui/changelog.gz", None, Content::Bytes(generated::gzip(&changes)?)),
        item(
            "usr/share/doc/bangui/changelog.Debian.gz",
            None,
            Content::Bytes(generated::gzip(generated::debian_changes(release)?.as_bytes())?),
        ),
        item("usr/share/doc/bangui/THIRD-PARTY.gz", None, Content::Bytes(generated::gzip(&licences)?)),
        item("usr/share/lintian/overrides/bangui", None, file("packaging/debian/lintian-overrides")),
        item(None, "CHANGELOG.md", Content::Bytes(changes)),
        item(None, "LICENSE-MIT", file("LICENSE-MIT")),
        item(None, "LICENSE-APACHE", file("LICENSE-APACHE")),
        item(None, "THIRD-PARTY", Content::Bytes(licences)),
    ])
}

fn item(
    deb: impl Into<Option<&'static str>>,
    tar: impl Into<Option<&'static str>>,
    content: Content,
) -> Item {
    Item { deb: deb.into(), tar: tar.into(), mode: 0o644, content }
}
