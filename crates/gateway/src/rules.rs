//! When jails ban: three settings of each, asked of many jails at once. Knows which jail tells something that cannot be meant.

use std::collections::BTreeMap;
use std::sync::Arc;

use bangui_domain::model::{BanRule, BanTime, JailName};
use bangui_domain::ports::ControlError;
use fail2ban_client as client;
use fail2ban_client::command::{self, Command};

use crate::Fail2banControl;
use crate::convert::{bantime, jail_name, vital};
use crate::fail2ban::AT_ONCE;

/// The rules that can be read, and the jails with what cannot.
pub(crate) type Rules = (Arc<[BanRule]>, Arc<[(JailName, String)]>);

/// What is wrong with the settings of jails, in words.
type Faults = BTreeMap<JailName, Vec<String>>;

impl Fail2banControl {
    /// When these jails ban. A jail of which one of the three settings cannot be read has no rule, and is named; one that is
    /// gone by now is left out.
    pub(crate) async fn rules(&self, jails: &[client::JailName]) -> Result<Rules, ControlError> {
        let (mut rules, mut faults) = (Vec::with_capacity(jails.len()), Faults::new());
        for part in jails.chunks(AT_ONCE) {
            let bantimes = self.setting("bantime", part, command::bantime, &mut faults).await?;
            let findtimes = self.setting("findtime", part, command::find_time, &mut faults).await?;
            let maxretries = self.setting("maxretry", part, command::max_retry, &mut faults).await?;
            let read = bantimes.into_iter().zip(findtimes).zip(maxretries);
            for (jail, ((found, findtime), maxretry)) in part.iter().zip(read) {
                let Some(jail) = jail_name(jail) else { continue };
                let Some(found) = found else { continue };
                if let Some(fault) = too_long(found) {
                    faults.entry(jail.clone()).or_default().push(fault);
                }
                let rule = findtime.zip(maxretry);
                rules.extend(rule.map(|(findtime, maxretry)| BanRule {
                    jail,
                    maxretry,
                    findtime,
                    bantime: bantime(found),
                }));
            }
        }
        let faults = faults.into_iter().map(|(jail, faults)| (jail, faults.join("; "))).collect();
        Ok((rules.into(), faults))
    }

    /// One setting of each of these jails, in their order; `None` where it cannot be read, which is noted.
    async fn setting<T>(
        &self,
        name: &'static str,
        jails: &[client::JailName],
        question: impl Fn(&client::JailName) -> Command<T>,
        faults: &mut Faults,
    ) -> Result<Vec<Option<T>>, ControlError> {
        let questions: Vec<_> = jails.iter().map(question).collect();
        let answers = self.ask(name, self.client.run_all(&questions)).await.map_err(|e| vital(&e))?;
        let mut read = Vec::with_capacity(answers.len());
        for (jail, answer) in jails.iter().zip(answers) {
            read.push(match answer {
                Ok(found) => Some(found),
                Err(client::Error::UnknownJail { .. }) => None,
                Err(error) if error.is_refusal() => {
                    if let Some(jail) = jail_name(jail) {
                        faults.entry(jail).or_default().push(error.to_string());
                    }
                    None
                }
                Err(error) => return Err(vital(&error)),
            });
        }
        Ok(read)
    }
}

/// What there is to say of a jail's bantime that is longer than any calendar.
pub(crate) fn beyond(settings: &client::JailSettings) -> Option<String> {
    settings.bantime.and_then(too_long)
}

fn too_long(found: client::Bantime) -> Option<String> {
    match found {
        client::Bantime::Seconds(seconds)
            if BanTime::is_beyond_calendar(i128::try_from(seconds).unwrap_or(i128::MAX)) =>
        {
            Some(format!("bantime is {seconds} s, longer than any calendar: its bans are shown as permanent"))
        }
        client::Bantime::Seconds(_) | client::Bantime::Permanent => None,
    }
}
