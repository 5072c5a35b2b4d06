//! One file of places as the atlas holds it: read again when it changes, and the last good one kept where the new one is
//! broken or gone. Knows no other file.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bangui_domain::ports::PlaceSource;

use super::attribution::attribution;
use super::file::PlaceFile;

/// Whose file it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlacePath {
    /// One that the operator keeps.
    Supplied(PathBuf),
    /// One that a job downloads, under this name for people.
    Downloaded(PathBuf, &'static str),
}

impl PlacePath {
    fn path(&self) -> &Path {
        match self {
            Self::Supplied(path) | Self::Downloaded(path, _) => path,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Supplied(path) => path.display().to_string(),
            Self::Downloaded(_, name) => (*name).to_owned(),
        }
    }
}

/// What changes when a file is another one: device and inode, length, and when it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64, i64, i64);

fn stamp(path: &Path) -> Result<Stamp, std::io::Error> {
    let found = std::fs::metadata(path)?;
    Ok(Stamp(found.dev(), found.ino(), found.len(), found.mtime(), found.mtime_nsec()))
}

/// A file as it was read last.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    path: PlacePath,
    /// What was tried last, whether it could be read or not.
    tried: Option<Stamp>,
    pub(super) file: Option<Arc<PlaceFile>>,
    trouble: Option<String>,
}

impl Watched {
    /// Not read yet.
    pub(super) fn new(path: PlacePath) -> Self {
        Self { path, tried: None, file: None, trouble: None }
    }

    /// Reads the file if it has changed since the last time; answers the state afterwards if that is another one.
    pub(super) fn refreshed(&self) -> Option<Self> {
        let path = self.path.path();
        let now = match stamp(path) {
            Ok(now) => now,
            Err(error) => return self.missing(&error),
        };
        if self.tried == Some(now) {
            return None;
        }
        let name = self.path.name();
        let read = PlaceFile::read(path);
        // What changes under the reader's hands is read again at the next look.
        let tried = stamp(path).ok().filter(|then| *then == now);
        let (file, trouble) = match read {
            Ok(file) if tried.is_some() => {
                let networks = file.table.len();
                tracing::info!(kind = file.kind, networks, "places are read from {name}");
                if file.unreadable > 0 {
                    let unreadable = file.unreadable;
                    tracing::warn!(unreadable, "records of {name} cannot be read: these places are unknown");
                }
                (Some(Arc::new(file)), None)
            }
            Ok(_) => (self.file.clone(), Some(self.kept("it was written while it was read"))),
            Err(error) => {
                let trouble = self.kept(&error.to_string());
                tracing::warn!("places cannot be read from {name}: {trouble}");
                (self.file.clone(), Some(trouble))
            }
        };
        Some(Self { path: self.path.clone(), tried, file, trouble })
    }

    fn missing(&self, error: &std::io::Error) -> Option<Self> {
        let told = match (&self.path, error.kind()) {
            (PlacePath::Downloaded(..), std::io::ErrorKind::NotFound) => {
                "it has not been downloaded yet".to_owned()
            }
            _ => format!("it cannot be read: {error}"),
        };
        let trouble = Some(self.kept(&told));
        if self.trouble == trouble {
            return None;
        }
        if matches!(self.path, PlacePath::Supplied(_)) {
            tracing::warn!(
                "places cannot be read from {}: {}",
                self.path.name(),
                trouble.as_deref().unwrap_or_default()
            );
        }
        Some(Self { path: self.path.clone(), tried: None, file: self.file.clone(), trouble })
    }

    fn kept(&self, why: &str) -> String {
        match self.file {
            Some(_) => format!("{why}; the one that was read before is still in use"),
            None => why.to_owned(),
        }
    }

    /// The file, for people.
    pub(super) fn source(&self) -> PlaceSource {
        let file = self.file.as_deref();
        PlaceSource {
            name: self.path.name(),
            built_at: file.and_then(|file| file.built_at),
            countries: file.is_some_and(|file| file.countries),
            networks: file.is_some_and(|file| file.networks),
            attribution: file.and_then(|file| attribution(&file.kind)),
            unreadable: file.map_or(0, |file| file.unreadable),
            trouble: self.trouble.clone(),
        }
    }

    /// Its part of the edition: what the file is, and not where it lies.
    pub(super) fn edition(&self) -> Option<String> {
        let file = self.file.as_deref()?;
        Some(format!(
            "{} {} {:08x}",
            file.kind,
            file.built_at.map_or(0, bangui_domain::model::Timestamp::as_secs),
            file.checksum
        ))
    }
}
