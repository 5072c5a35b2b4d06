//! A file that is being fetched: written beside its place under a name of its own, unpacked as it comes, read as a whole,
//! and only then put in the place of the file of before. All work on the disk is done on a thread for it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzDecoder;
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::atlas::PlaceFile;

/// The most that a file may have once it is unpacked: a small file can be packed air.
const LARGEST: u64 = 256 << 20;
/// Pieces that wait to be written.
const WAITING: usize = 4;

/// A file of which more is to come. Dropped, it is gone.
pub(super) struct Part {
    pieces: mpsc::Sender<Vec<u8>>,
    written: JoinHandle<io::Result<NamedTempFile>>,
}

impl Part {
    /// An empty file in this directory.
    pub(super) fn begin(directory: &Path) -> Result<Self, String> {
        let file = tempfile::Builder::new().prefix(".places-").tempfile_in(directory).map_err(|error| {
            format!(
                "{} cannot be written ({error}): give it to the user that runs BanGUI",
                directory.display()
            )
        })?;
        let (pieces, coming) = mpsc::channel(WAITING);
        Ok(Self { pieces, written: tokio::task::spawn_blocking(move || write(file, coming)) })
    }

    /// Adds what has come. Where it cannot be written, [`Part::finish`] says why.
    pub(super) async fn add(&self, piece: Vec<u8>) {
        drop(self.pieces.send(piece).await);
    }

    /// Nothing more comes: checks the file and puts it at `path`.
    pub(super) async fn finish(self, path: PathBuf) -> Result<PlaceFile, String> {
        drop(self.pieces);
        let cut_short = |error: tokio::task::JoinError| error.to_string();
        let file = self
            .written
            .await
            .map_err(cut_short)?
            .map_err(|error| format!("what came is not usable: {error}"))?;
        tokio::task::spawn_blocking(move || install(file, &path)).await.map_err(cut_short)?
    }
}

/// Writes pieces until no more come, unpacked if they are packed.
fn write(file: NamedTempFile, mut pieces: mpsc::Receiver<Vec<u8>>) -> io::Result<NamedTempFile> {
    let mut file = Bounded { file, left: LARGEST };
    let Some(first) = pieces.blocking_recv() else { return Ok(file.file) };
    if !first.starts_with(&[0x1f, 0x8b]) {
        file.write_all(&first)?;
        while let Some(piece) = pieces.blocking_recv() {
            file.write_all(&piece)?;
        }
        return Ok(file.file);
    }
    let mut unpacking = GzDecoder::new(file);
    unpacking.write_all(&first)?;
    while let Some(piece) = pieces.blocking_recv() {
        unpacking.write_all(&piece)?;
    }
    Ok(unpacking.finish()?.file)
}

fn install(file: NamedTempFile, path: &Path) -> Result<PlaceFile, String> {
    let read = PlaceFile::read(file.path()).map_err(|error| format!("what came is not usable: {error}"))?;
    let failed = |error: io::Error| format!("{} cannot be written: {error}", path.display());
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(read)
}

/// A file that takes so much and no more.
struct Bounded {
    file: NamedTempFile,
    left: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or_else(|| {
            io::Error::other(format!("it has more than {} MiB once it is unpacked", LARGEST >> 20))
        })?;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
