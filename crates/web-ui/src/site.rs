//! Finds the file that a path stands for. Knows nothing of headers or encodings.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// The page that every route of the interface starts from.
pub(crate) const INDEX: &str = "index.html";

/// Files in here carry a hash of their content in the name, so that they never change.
const HASHED: &str = "assets/";

/// What a path stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A file whose content never changes under this name.
    Hashed(&'a str),
    /// A file that the next version of BanGUI may replace, the page among them.
    Changing(&'a str),
    /// No such file, and not a route of the interface either.
    Missing,
    /// The pages were not built.
    NotBuilt,
}

/// Looks up the path of a request, which starts with a slash.
pub(crate) fn find<Files: RustEmbed>(path: &str) -> Found<'_> {
    let name = path.trim_start_matches('/');
    if name.starts_with(HASHED) {
        return if is_served::<Files>(name) { Found::Hashed(name) } else { Found::Missing };
    }
    if !name.is_empty() && is_served::<Files>(name) {
        return Found::Changing(name);
    }
    // Not a file: a route of the interface, such as /jails/sshd, which the page resolves itself.
    if Files::get(INDEX).is_some() { Found::Changing(INDEX) } else { Found::NotBuilt }
}

/// The content of a file, with a strong validator made from that content.
pub(crate) struct Content {
    pub(crate) bytes: Cow<'static, [u8]>,
    pub(crate) tag: String,
    pub(crate) mime: String,
}

/// Reads a file by its name.
pub(crate) fn read<Files: RustEmbed>(name: &str) -> Option<Content> {
    let file = Files::get(name)?;
    let hash = file.metadata.sha256_hash();
    // Half of the hash tells two contents apart, and makes half the header.
    let tag = format!("{:032x}", u128::from_be_bytes(*hash.first_chunk()?));
    Some(Content { bytes: file.data, tag, mime: file.metadata.mimetype().to_owned() })
}

/// Compressed twins are served in place of the file that they belong to, never by their own name.
///
/// Nor is a file served by a detour: on disk `assets/../index.html` is a file, and would be kept for ever.
fn is_served<Files: RustEmbed>(name: &str) -> bool {
    if name.split('/').any(|part| part == "..") {
        return false;
    }
    let twin = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz"));
    let is_twin = twin.is_some_and(|original| Files::get(original).is_some());
    !is_twin && Files::get(name).is_some()
}
