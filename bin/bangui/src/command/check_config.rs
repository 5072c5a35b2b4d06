//! `bangui check-config`: reads and judges the settings, and changes nothing.

use crate::exit::{ExitCode, Fatal};
use crate::settings::workers;
use crate::stage::{Loaded, Validated};

/// Prints the settings as they would be used, or fails with everything that is wrong.
pub(crate) fn run(loaded: Loaded) -> Result<(), Fatal> {
    let validated = Validated::new(loaded)?;
    let shown = serde_json::to_string_pretty(validated.settings())
        .map_err(|error| Fatal::new(ExitCode::Internal, format!("The settings cannot be shown: {error}")))?;
    println!("{shown}");
    for warning in workers::warnings() {
        eprintln!("bangui: warning: {warning}.");
    }
    eprintln!("bangui: the settings are in order.");
    Ok(())
}
