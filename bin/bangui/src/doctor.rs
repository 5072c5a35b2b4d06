//! What `bangui doctor` looks at, one file an area. Each answers what it found and what to do about it, within a time limit;
//! none changes anything.

mod database;
mod fail2ban;
mod files;
mod finding;
mod history;
mod jails;
mod listen;
mod logs;
mod places;
mod process;
pub(crate) mod report;
mod socket;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::settings::Settings;
use crate::settings::check::check;
use crate::settings::warnings::warnings;
use crate::stage::Loaded;
pub(crate) use finding::{Finding, Verdict};

/// The longest that one area may take: a hanging file system or server must not keep the others from being looked at.
const LIMIT: Duration = Duration::from_secs(20);

/// Looks at everything, with the settings that `config` and the environment say.
pub(crate) async fn examine(config: Option<PathBuf>) -> Vec<Finding> {
    let settings = match Loaded::load(config.as_deref()) {
        Ok(loaded) => loaded.settings().clone(),
        Err(fatal) => {
            return vec![
                Finding::failure("settings", fatal.message, "Correct them; all else depends on them."),
                Finding::skipped("everything else", "the settings cannot be read"),
            ];
        }
    };
    let own = settings.clone();
    let mut found = look("settings", move || judged(&own)).await;
    found.extend(look("process", process::check).await);
    let socket = settings.fail2ban.socket.clone();
    let seen = look("socket", move || socket::check(&socket)).await;
    let reachable = seen.iter().all(|finding| finding.verdict != Verdict::Failure);
    found.extend(seen);
    found.extend(bounded("fail2ban", fail2ban(&settings, reachable)).await);
    found.extend(bounded("database", database::check(&settings)).await);
    let (all, file) = (settings.clone(), config);
    found.extend(look("files", move || files::check(&all, file.as_deref())).await);
    let all = settings.clone();
    found.extend(look("geo", move || places::check(&all)).await);
    found.extend(bounded("listen", listen::check(&settings)).await);
    found
}

/// What can be said of the settings alone.
fn judged(settings: &Settings) -> Vec<Finding> {
    let problems = check(settings);
    if problems.is_empty() {
        let warned = warnings(settings)
            .into_iter()
            .map(|text| Finding::warning("settings", text, "See docs/deployment.md."));
        return std::iter::once(Finding::ok("settings", "they are in order")).chain(warned).collect();
    }
    let advice = "Correct it: the server does not start with it.";
    problems.iter().map(|problem| Finding::failure("settings", problem.to_string(), advice)).collect()
}

/// Everything that only fail2ban itself can tell.
async fn fail2ban(settings: &Settings, reachable: bool) -> Vec<Finding> {
    let skipped = |check| Finding::skipped(check, "fail2ban cannot be asked");
    if !reachable {
        return ["fail2ban", "jails", "jail logs", "history"].map(skipped).to_vec();
    }
    let (mut found, patient) = fail2ban::check(&settings.fail2ban.socket).await;
    let Some(patient) = patient else {
        found.extend(["jails", "jail logs", "history"].map(skipped));
        return found;
    };
    found.extend(jails::check(&patient).await);
    found.extend(logs::check(&patient).await);
    found.extend(history::check(settings, &patient).await);
    found
}

/// Looks at files, within the time limit.
async fn look(check: &'static str, body: impl FnOnce() -> Vec<Finding> + Send + 'static) -> Vec<Finding> {
    let done = tokio::task::spawn_blocking(body);
    bounded(check, async { done.await.unwrap_or_else(|error| vec![broken(check, &error.to_string())]) }).await
}

async fn bounded(check: &'static str, work: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    match tokio::time::timeout(LIMIT, work).await {
        Ok(found) => found,
        Err(_) => vec![broken(check, &format!("this took longer than {} s", LIMIT.as_secs()))],
    }
}

fn broken(check: &'static str, why: &str) -> Finding {
    let advice = "A disk or a server hangs: see what it waits for, then run bangui doctor again.";
    Finding::failure(check, why, advice)
}

/// Whether `path` can be read by this process; what the system says if not.
fn readable(path: &Path) -> std::io::Result<()> {
    Ok(rustix::fs::access(path, rustix::fs::Access::READ_OK)?)
}

/// The same where nothing may block: a file system that hangs keeps the answer, and not the time limit.
async fn read_later(path: PathBuf) -> std::io::Result<()> {
    tokio::task::spawn_blocking(move || readable(&path)).await.map_err(std::io::Error::other)?
}
