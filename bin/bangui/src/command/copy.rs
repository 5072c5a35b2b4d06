//! `bangui copy`: fills a database from another one. Which ones is said on the command line, apart from all settings.

use std::path::PathBuf;

use bangui_persistence::archive::{Snapshot, Source};

use super::archive::{blocking, fatal, fill, told};
use crate::exit::{ExitCode, Fatal};
use crate::settings::Secret;

/// What `bangui copy` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The URL of the database that is read. Others on this machine can see it: a URL with a password belongs into a file.
    #[arg(long, value_name = "URL", required_unless_present = "from_file")]
    from: Option<Secret>,
    /// A file that holds this URL.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    from_file: Option<PathBuf>,
    /// The URL of the database that is filled.
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    to: Option<Secret>,
    /// A file that holds this URL.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    to_file: Option<PathBuf>,
    /// Give up what the database that is filled holds.
    #[arg(long)]
    replace: bool,
}

/// Copies.
pub(crate) async fn run(args: &Args) -> Result<(), Fatal> {
    let from = url("from", args.from.as_ref(), args.from_file.as_ref())?;
    let to = url("to", args.to.as_ref(), args.to_file.as_ref())?;
    if from == to {
        return Err(Fatal::new(ExitCode::Config, "--from and --to name the same database."));
    }
    let mut snapshot = blocking(move || Snapshot::open(from.expose())).await?;
    if let Some(lease) = snapshot.server().map_err(|error| fatal(&error))? {
        eprintln!(
            "bangui: a server may still use {} (process {} on host {}): what it writes from now on is not copied.",
            snapshot.place(),
            lease.holder.pid,
            lease.holder.host
        );
    }
    let source = snapshot.place();
    let (place, contents) = fill(to.expose(), Source::Database(snapshot), args.replace).await?;
    println!("{source} was copied to {place}: {}.", told(&contents));
    Ok(())
}

fn url(name: &str, given: Option<&Secret>, file: Option<&PathBuf>) -> Result<Secret, Fatal> {
    if let Some(url) = given {
        return Ok(url.clone());
    }
    let Some(path) = file else {
        return Err(Fatal::new(ExitCode::Config, format!("Neither --{name} nor --{name}-file was given.")));
    };
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => {
            Err(Fatal::new(ExitCode::Config, format!("{} cannot be read: {error}.", path.display())))
        }
    }
}
