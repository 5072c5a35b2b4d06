//! `bangui restore`: fills the database from an archive, or only judges the archive. Nothing is changed unless all of it is
//! right.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bangui_persistence::archive::{ArchiveError, ArchiveReader, Source};

use super::archive::{blocking, fill, told};
use crate::exit::Fatal;
use crate::stage::{Loaded, Validated};

/// What `bangui restore` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The archive; - is standard input.
    file: PathBuf,
    /// Only read the archive to its end, and tell what is in it or what is wrong with it.
    #[arg(long)]
    check: bool,
    /// Give up what the database holds.
    #[arg(long, conflicts_with = "check")]
    replace: bool,
}

/// Restores.
pub(crate) async fn run(loaded: Loaded, args: &Args) -> Result<(), Fatal> {
    if args.check {
        return check(args.file.clone()).await;
    }
    let validated = Validated::new(loaded)?;
    if !is_stdin(&args.file) {
        // What cannot be read twice is judged while it is loaded, and given up if it turns out to be wrong.
        let file = args.file.clone();
        blocking(move || open(&file)?.read(&mut |_| Ok(()))).await?;
    }
    let file = args.file.clone();
    let archive = blocking(move || open(&file)).await?;
    let url = validated.settings().database.url.expose();
    let (place, contents) = fill(url, Source::Archive(archive), args.replace).await?;
    println!("{place} was restored: {}.", told(&contents));
    Ok(())
}

async fn check(file: PathBuf) -> Result<(), Fatal> {
    let text = blocking(move || {
        let archive = open(&file)?;
        let made = format!(
            "made by BanGUI {} at {}, schema {}",
            archive.version(),
            archive.created_at(),
            archive.schema()
        );
        let name = archive.name().to_owned();
        let contents = archive.read(&mut |_| Ok(()))?;
        Ok(format!("{name} is whole: {made}; {}.", told(&contents)))
    });
    println!("{}", text.await?);
    Ok(())
}

fn open(path: &Path) -> Result<ArchiveReader, ArchiveError> {
    if is_stdin(path) {
        return ArchiveReader::open("standard input", io::stdin());
    }
    let name = path.display().to_string();
    let unread = |error: io::Error| ArchiveError::Unfit { name: name.clone(), why: error.to_string() };
    ArchiveReader::open(&name, File::open(path).map_err(unread)?)
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
