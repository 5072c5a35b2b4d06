//! What is found out before a reload is sent, and why one is not sent.

use super::super::Client;
use super::super::running::Running;
use super::{Plan, refused};
use crate::error::Error;
use crate::stream::{Difference, JailStream, Missing, ReloadRefusal, Weapon};
use crate::types::Backend;

impl Client {
    /// Looks at the jail, tries the stream and the one that would put the jail back, and decides about a restart.
    pub(super) async fn plan<'a>(
        &self,
        stream: &'a JailStream,
        last_good: Option<JailStream>,
    ) -> Result<Plan<'a>, Error> {
        let jail = stream.jail();
        if let Some(other) = last_good.as_ref().map(JailStream::jail).filter(|other| *other != jail) {
            return Err(refused(jail, ReloadRefusal::OtherJail { jail: other.to_string() }));
        }
        self.has_started().await?;
        let before = self.running(jail).await?;
        let weapons = before.as_ref().map(|running| lost_weapons(running, stream)).unwrap_or_default();
        if !weapons.is_empty() {
            return Err(refused(jail, ReloadRefusal::Disarms { weapons }));
        }
        let (check, intended) = self.rehearse(stream).await?;
        if !check.is_ok() {
            return Err(refused(jail, ReloadRefusal::Problems { check }));
        }
        let last_good = match (last_good, &before) {
            (Some(given), _) => {
                let (check, settings) = self.rehearse(&given).await?;
                if !check.is_ok() {
                    return Err(refused(jail, ReloadRefusal::BadWayBack { check }));
                }
                Some((given, settings))
            }
            (None, Some(running)) => {
                let mut snapshot = self.snapshot_of(jail, running).await?;
                // Of several date patterns the server tells the first. Where the new stream makes it tell the same,
                // the jail's pattern has most likely not been changed, and stands there in full.
                if running.settings.get("datepattern") == intended.get("datepattern") {
                    snapshot.stream.adopt("datepattern", stream);
                    snapshot.missing.retain(|missing| *missing != setting("datepattern"));
                }
                let (check, settings) = self.rehearse(&snapshot.stream).await?;
                if !check.is_ok() {
                    return Err(refused(jail, ReloadRefusal::BadWayBack { check }));
                }
                if snapshot.is_complete() {
                    snapshot.missing =
                        running.differences(&snapshot.stream, &settings).into_iter().map(missing).collect();
                }
                if !snapshot.is_complete() {
                    return Err(refused(jail, ReloadRefusal::NoWayBack { missing: snapshot.missing }));
                }
                Some((snapshot.stream, settings))
            }
            (None, None) => None,
        };
        let (mut bans, mut restart) = (Vec::new(), Vec::new());
        if let Some(running) = &before {
            bans = self.banned(jail).await?;
            restart = reasons_to_restart(running, stream, &intended);
            if !restart.is_empty() && !bans.is_empty() && self.database_file().await?.is_none() {
                let reason = ReloadRefusal::BansWouldBeLost { bans: bans.len(), reasons: restart };
                return Err(refused(jail, reason));
            }
        }
        Ok(Plan { stream, intended, before, bans, last_good, restart })
    }
}

/// What the jail has and would have no more.
fn lost_weapons(running: &Running, stream: &JailStream) -> Vec<Weapon> {
    let reads_journal = matches!(stream.backend(), Backend::Systemd(_));
    let reads_files = !reads_journal && stream.log_paths().next().is_some();
    // With the backend `auto` a journal is read or files are, whichever the server finds; it goes on as it does.
    let auto = *stream.backend() == Backend::Auto;
    let journal = (reads_journal || auto && running.has("journalmatch")) && stream.has_journal_matches();
    let logs = running.has("logpath") || running.has("journalmatch");
    let lost = [
        (Weapon::Logs, logs && !reads_files && !journal),
        (Weapon::Failregex, running.has("failregex") && !stream.has_failregex()),
        (Weapon::Actions, !running.actions.is_empty() && stream.actions().next().is_none()),
    ];
    lost.into_iter().filter(|(_, lost)| *lost).map(|(weapon, _)| weapon).collect()
}

/// A plain reload drops actions that are new, and Python actions; it does not start changed commands of actions, and
/// it keeps settings and journal matches that the stream leaves out.
fn reasons_to_restart(running: &Running, stream: &JailStream, intended: &super::Settings) -> Vec<String> {
    let mut reasons = Vec::new();
    if running.has_python_action() || stream.actions().any(|(_, python)| python) {
        reasons.push("it has a Python action".to_owned());
    }
    reasons
        .extend(running.action_differences(stream).iter().map(|difference| format!("changed: {difference}")));
    reasons.extend(running.leftovers(stream, intended).map(|key| format!("not set any more: {key}")));
    if running.journal_differs(stream) {
        reasons.push("changed: journalmatch".to_owned());
    }
    reasons
}

fn setting(name: &str) -> Missing {
    Missing::Setting { setting: name.to_owned() }
}

fn missing(difference: Difference) -> Missing {
    match difference {
        Difference::Setting(name) => setting(&name),
        Difference::NoAction(action) | Difference::Action(action) => Missing::PythonAction { action },
        Difference::Property { action, property } => Missing::Property { action, property },
    }
}
