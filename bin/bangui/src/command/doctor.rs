//! `bangui doctor`: looks at everything that BanGUI works with, and says what is wrong and what to do.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use crate::doctor::{examine, report};
use crate::exit::{ExitCode, Fatal};

/// Prints the findings; fails if one of them is a failure.
pub(crate) async fn run(config: Option<PathBuf>, json: bool) -> Result<(), Fatal> {
    let findings = examine(config).await;
    if json {
        let shown = report::json(&findings).map_err(|error| {
            Fatal::new(ExitCode::Internal, format!("The findings cannot be shown: {error}"))
        })?;
        println!("{shown}");
    } else {
        print!("{}", report::text(&findings, std::io::stdout().is_terminal()));
    }
    if report::passes(&findings) {
        return Ok(());
    }
    Err(Fatal::new(ExitCode::Failed, "something does not work: see above, and docs/troubleshooting.md."))
}
