//! `bangui openapi`: prints the API's description.

use crate::exit::{ExitCode, Fatal};

/// Prints the OpenAPI document as JSON.
pub(crate) fn run() -> Result<(), Fatal> {
    let text = bangui_api::openapi().to_pretty_json().map_err(|error| {
        Fatal::new(ExitCode::Internal, format!("The OpenAPI document cannot be made: {error}"))
    })?;
    println!("{text}");
    Ok(())
}
