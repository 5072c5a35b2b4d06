//! `bangui backup`: writes an archive of the database, beside a running server or without one. The file appears under its
//! name only when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use bangui_domain::ports::Clock;
use bangui_persistence::archive::{ArchiveError, ArchiveWriter, Contents, Snapshot};
use tempfile::TempPath;

use super::archive::{blocking, told};
use crate::clock::SystemClock;
use crate::exit::{ExitCode, Fatal};
use crate::signals::Signals;
use crate::stage::Loaded;

/// What `bangui backup` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file to write, readable by its owner alone; - is standard output.
    file: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
}

/// Writes the archive.
pub(crate) async fn run(loaded: &Loaded, args: &Args) -> Result<(), Fatal> {
    let url = loaded.settings().database.url.expose().to_owned();
    let created_at = created_at()?;
    if args.file.as_os_str() == "-" {
        if io::stdout().is_terminal() {
            return Err(Fatal::new(ExitCode::Failed, "An archive is no text for a terminal: name a file."));
        }
        let contents = blocking(move || {
            let (mut out, contents) = write(io::stdout(), &url, &created_at)?;
            out.flush().map_err(ArchiveError::Write)?;
            Ok(contents)
        });
        eprintln!("bangui: {} written.", told(&contents.await?));
        return Ok(());
    }
    if !args.force && args.file.exists() {
        return Err(there(&args.file));
    }
    let mut signals = Signals::new()?;
    let (file, unfinished) = beside(&args.file)?;
    let written = blocking(move || {
        let (file, contents) = write(file, &url, &created_at)?;
        file.sync_all().map_err(ArchiveError::Write)?;
        Ok(contents)
    });
    let contents = tokio::select! {
        written = written => written?,
        name = signals.next() => {
            return Err(Fatal::new(ExitCode::Failed, format!("{name} received: no archive was made.")));
        }
    };
    put(unfinished, args)?;
    println!("{}: {}.", args.file.display(), told(&contents));
    Ok(())
}

fn write<W: Write>(out: W, url: &str, created_at: &str) -> Result<(W, Contents), ArchiveError> {
    let snapshot = Snapshot::open(url)?;
    let out = BufWriter::with_capacity(256 << 10, out);
    let (out, contents) = ArchiveWriter::write(out, snapshot, env!("CARGO_PKG_VERSION"), created_at)?;
    let out = out.into_inner().map_err(|error| ArchiveError::Write(error.into_error()))?;
    Ok((out, contents))
}

fn created_at() -> Result<String, Fatal> {
    jiff::Timestamp::from_millisecond(SystemClock.now().as_millis())
        .map(|now| now.to_string())
        .map_err(|error| Fatal::new(ExitCode::Internal, format!("The clock cannot be right: {error}.")))
}

/// A file that goes away unless it is put in the place of the one at `path`.
fn beside(path: &Path) -> Result<(File, TempPath), Fatal> {
    let made = tempfile::Builder::new().prefix(".bangui-backup-").tempfile_in(directory(path));
    Ok(made.map_err(|error| unwritable(path, &error))?.into_parts())
}

/// Gives the file its name, for good.
fn put(unfinished: TempPath, args: &Args) -> Result<(), Fatal> {
    let put =
        if args.force { unfinished.persist(&args.file) } else { unfinished.persist_noclobber(&args.file) };
    put.map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => there(&args.file),
        _ => unwritable(&args.file, &failed.error),
    })?;
    File::open(directory(&args.file))
        .and_then(|directory| directory.sync_all())
        .map_err(|error| unwritable(&args.file, &error))
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn there(path: &Path) -> Fatal {
    let path = path.display();
    Fatal::new(ExitCode::Failed, format!("{path} exists: name another file, or say --force to replace it."))
}

fn unwritable(path: &Path, error: &io::Error) -> Fatal {
    Fatal::new(ExitCode::Io, format!("{} cannot be written: {error}.", path.display()))
}
