//! `bangui healthcheck`: asks the server of this configuration at the first place that it listens on, so that a container
//! needs no other program for it.

use crate::ask;
use crate::exit::{ExitCode, Fatal};
use crate::stage::Loaded;

/// Succeeds if the server answers 200: that fail2ban is online, or, with `live`, that the server runs.
pub(crate) async fn run(loaded: Loaded, live: bool) -> Result<(), Fatal> {
    let http = &loaded.settings().http;
    let Some(listen) = http.listen.first() else {
        return Err(Fatal::new(ExitCode::Config, "http.listen names no address that could be asked."));
    };
    let path = if live { "/api/health/live" } else { "/api/health" };
    let answer = ask::get(http, listen, path).await.map_err(|error| {
        Fatal::new(ExitCode::Failed, format!("{path} at {listen} is not answered: {error:#}"))
    })?;
    if answer.status.is_success() {
        println!("{}", answer.body);
        return Ok(());
    }
    Err(Fatal::new(
        ExitCode::Failed,
        format!("{path} at {listen} answers {}: {}", answer.status, answer.body),
    ))
}
