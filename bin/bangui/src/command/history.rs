//! `bangui history`: the counted form of the history, compared with its rows, or made anew from them.

use bangui_domain::chain;
use clap::Subcommand;

use crate::exit::{ExitCode, Fatal};
use crate::stage::Validated;

/// What to do with the history.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// Compare what is counted with the rows that it was made of, each ban and each end: exit 0 if they are equal, 1 if
    /// not. Changes nothing.
    Check,
    /// Count all bans anew from their rows.
    Rebuild,
}

/// Checks or rebuilds.
pub(crate) async fn run(validated: Validated, command: Command) -> Result<(), Fatal> {
    let db = validated.open().await?;
    let failed = |error: bangui_domain::ports::StoreError| Fatal::new(ExitCode::Unavailable, chain(&error));
    match command {
        Command::Check => {
            let check = db.check_history().await.map_err(failed)?;
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
        Command::Rebuild => {
            let counted = db.rebuild_history().await.map_err(failed)?;
            println!("Counted anew: {counted} beginnings and ends of bans.");
            Ok(())
        }
    }
}
