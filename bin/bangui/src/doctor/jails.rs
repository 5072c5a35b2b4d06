//! What each jail tells of its bans and settings: one that lies, stalls or errs is named with what the server said.

use std::time::{Duration, Instant};

use bangui_domain::model::{BanTime, ProblemCode};
use fail2ban_client::{Bantime, Client, Error, JailName};

use super::Finding;
use super::fail2ban::Patient;

const CHECK: &str = "jails";
/// How long jails are asked: what is left then is not judged.
const LIMIT: Duration = Duration::from_secs(10);
/// How many faults of one kind are shown.
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
            Err(error) => found.push(warning(jail, ProblemCode::JailUnreadable, &error.to_string())),
            Ok(faults) if faults.is_empty() => well += 1,
            Ok(faults) => found.extend(faults.iter().map(|(code, fault)| warning(jail, *code, fault))),
        }
    }
    if well > 0 {
        found.insert(0, Finding::ok(CHECK, format!("{well} jail(s) tell their bans and their settings")));
    }
    found
}

fn warning(jail: &JailName, code: ProblemCode, fault: &str) -> Finding {
    Finding::warning(CHECK, format!("the jail {jail}: {fault}"), code.hint().replace("JAIL", jail.as_str()))
}

/// What is wrong with a jail, in words. An error is what the server says to the question for its bans.
async fn faults(client: &Client, jail: &JailName) -> Result<Vec<(ProblemCode, String)>, Error> {
    let list = client.banned_with_times(jail).await?;
    let unreadable = list.unreadable.iter().map(ToString::to_string).collect();
    let mut faults = shown(ProblemCode::BanUnreadable, unreadable, "lines of its list cannot be read");
    let long = list.iter().filter(|ban| BanTime::is_beyond_calendar(ban.bantime_secs));
    let long = long.map(|ban| format!("{} is banned for {} s", ban.id, ban.bantime_secs)).collect();
    faults.extend(shown(ProblemCode::BantimeBeyond, long, "bans are as long"));
    let settings = match client.jail_settings(jail).await {
        Err(error @ Error::UnknownJail { .. }) => return Err(error),
        Err(error) => {
            faults.push((ProblemCode::SettingUnreadable, error.to_string()));
            return Ok(faults);
        }
        Ok(settings) => settings,
    };
    let unreadable =
        settings.unreadable.iter().map(|error| (ProblemCode::SettingUnreadable, error.to_string()));
    faults.extend(unreadable);
    if let Some(Bantime::Seconds(seconds)) = settings.bantime
        && BanTime::is_beyond_calendar(i128::try_from(seconds).unwrap_or(i128::MAX))
    {
        faults.push((ProblemCode::SettingUnreadable, format!("its bantime is {seconds} s")));
    }
    Ok(faults)
}

/// The first of the faults of one kind, and how many `more` there are.
fn shown(code: ProblemCode, mut faults: Vec<String>, more: &str) -> Vec<(ProblemCode, String)> {
    let left = faults.len().saturating_sub(SHOWN);
    faults.truncate(SHOWN);
    if left > 0 {
        faults.push(format!("{left} more {more}"));
    }
    faults.into_iter().map(|fault| (code, fault)).collect()
}

#[cfg(test)]
mod tests {
    use super::{ProblemCode, shown};

    #[test]
    fn what_is_not_shown_is_counted() {
        let faults =
            |count: usize| shown(ProblemCode::BantimeBeyond, vec!["a ban".to_owned(); count], "bans");
        assert_eq!(faults(3).len(), 3);
        assert_eq!(faults(5).last().map(|(_, fault)| fault.as_str()), Some("2 more bans"));
    }
}
