//! What each jail tells of its bans and settings: one that lies, stalls or errs is named with what the server said.

use std::time::{Duration, Instant};

use bangui_domain::model::BanTime;
use fail2ban_client::{Bantime, Client, Error, JailName};

use super::Finding;
use super::fail2ban::Patient;

const CHECK: &str = "jails";
/// How long jails are asked: what is left then is not judged.
const LIMIT: Duration = Duration::from_secs(10);
/// How many unreadable lines of a jail's list are shown.
const SHOWN: usize = 3;

/// Asks every jail for its bans and its settings.
pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let began = Instant::now();
    let (mut found, mut well) = (Vec::new(), 0);
    for (place, jail) in patient.jails.iter().enumerate() {
        if began.elapsed() > LIMIT {
            let left = patient.jails.len() - place;
            found.push(Finding::skipped(
                CHECK,
                format!("{left} jail(s) were not asked: the others took too long"),
            ));
            break;
        }
        match faults(&patient.client, jail).await {
            // It has ended since it was listed.
            Err(Error::UnknownJail { .. }) => {}
            Err(error) => found.push(warning(jail, &error.to_string())),
            Ok(faults) if faults.is_empty() => well += 1,
            Ok(faults) => found.extend(faults.iter().map(|fault| warning(jail, fault))),
        }
    }
    if well > 0 {
        found.insert(0, Finding::ok(CHECK, format!("{well} jail(s) tell their bans and their settings")));
    }
    found
}

fn warning(jail: &JailName, fault: &str) -> Finding {
    let advice = "The other jails are watched all the same. Correct the jail's configuration: the bantime of permanent bans is -1, \
                  and bantime.maxtime keeps bans from growing beyond any calendar. Bans that are there already have to be lifted.";
    Finding::warning(CHECK, format!("the jail {jail}: {fault}"), advice)
}

/// What is wrong with a jail, in words. An error is what the server says to the question for its bans.
async fn faults(client: &Client, jail: &JailName) -> Result<Vec<String>, Error> {
    let list = client.banned_with_times(jail).await?;
    let mut faults: Vec<String> = list.unreadable.iter().take(SHOWN).map(ToString::to_string).collect();
    let left = list.unreadable.len().saturating_sub(SHOWN);
    if left > 0 {
        faults.push(format!("{left} more lines of its list cannot be read"));
    }
    let long = list.iter().filter(|ban| BanTime::is_beyond_calendar(ban.bantime_secs));
    faults.extend(long.take(SHOWN).map(|ban| format!("{} is banned for {} s", ban.id, ban.bantime_secs)));
    let settings = client.jail_settings(jail).await?;
    faults.extend(settings.unreadable.iter().map(ToString::to_string));
    if let Some(Bantime::Seconds(seconds)) = settings.bantime
        && BanTime::is_beyond_calendar(i128::try_from(seconds).unwrap_or(i128::MAX))
    {
        faults.push(format!("its bantime is {seconds} s"));
    }
    Ok(faults)
}
