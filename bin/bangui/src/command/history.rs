//! `bangui history`: the counted form of the history, compared with its rows, or made anew from them; and old logs.

mod import;

use bangui_domain::chain;
use bangui_domain::ports::StoreError;
use bangui_persistence::Db;
use clap::Subcommand;

use crate::exit::{ExitCode, Fatal};
use crate::stage::Validated;

/// What to do with the history.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compare what is counted with the rows that it was made of, each ban and each end: exit 0 if they are equal, 1 if
    /// not. Changes nothing without --mend.
    Check {
        /// First join what is recorded twice: bans that were recorded a second time while fail2ban's times were read in
        /// another time zone, and addresses in several spellings. Can be done beside a running server.
        #[arg(long)]
        mend: bool,
    },
    /// Count all bans anew from their rows.
    Rebuild,
    /// Take in what fail2ban's own log tells of bans that are not known. Can be done beside a running server, and again: what
    /// is known stays as it is. Give all files at once, since what one begins another one ends.
    Import(import::Args),
}

/// Checks, rebuilds or imports.
pub(crate) async fn run(validated: Validated, command: Command) -> Result<(), Fatal> {
    let db = validated.open().await?;
    match command {
        Command::Check { mend } => {
            if mend {
                let mended = db.mend_history().await.map_err(|error| unavailable(&error))?;
                println!(
                    "Joined: {} bans that were there twice, {} addresses in other spellings.",
                    mended.bans, mended.spellings
                );
            }
            check(&db).await
        }
        Command::Rebuild => {
            let counted = db.rebuild_history().await.map_err(|error| unavailable(&error))?;
            println!("Counted anew: {counted} beginnings and ends of bans.");
            Ok(())
        }
        Command::Import(args) => import::run(&db, validated.settings(), &args).await,
    }
}

async fn check(db: &Db) -> Result<(), Fatal> {
    let check = db.check_history().await.map_err(|error| unavailable(&error))?;
    if check.wrong_days.is_empty() {
        println!("The history is counted as it is: {} beginnings and ends of bans.", check.rows);
        return Ok(());
    }
    Err(Fatal::new(
        ExitCode::Failed,
        format!(
            "The rows hold {} beginnings and ends of bans, {} are counted, and {} days differ. \
             `bangui history rebuild` counts them anew; please report it.",
            check.rows,
            check.packed,
            check.wrong_days.len()
        ),
    ))
}

fn unavailable(error: &StoreError) -> Fatal {
    Fatal::new(ExitCode::Unavailable, chain(error))
}
