//! What jails ignore, behind the domain's `IgnoreControl` port.

use async_trait::async_trait;
use bangui_domain::model::{JailName, Target};
use bangui_domain::ports::{ControlError, IgnoreControl, IgnoreList};
use fail2ban_client::{self as client, IgnoreEntry, command};

use crate::Fail2banControl;
use crate::convert::{client_address, client_jail, error, jail_name, vital};
use crate::fail2ban::AT_ONCE;

#[async_trait]
impl IgnoreControl for Fail2banControl {
    async fn ignored(&self) -> Result<Vec<IgnoreList>, ControlError> {
        let jails = self.ask("jails", self.client.jails()).await.map_err(|e| vital(&e))?;
        let mut lists = Vec::with_capacity(jails.len());
        for part in jails.chunks(AT_ONCE) {
            let questions: Vec<_> = part.iter().map(command::ignore_list).collect();
            let answers =
                self.ask("ignore_list", self.client.run_all(&questions)).await.map_err(|e| vital(&e))?;
            for (jail, answer) in part.iter().zip(answers) {
                let (entries, unreadable) = match answer {
                    Ok(entries) => (entries.iter().map(ToString::to_string).collect(), None),
                    // It has ended since it was listed.
                    Err(client::Error::UnknownJail { .. }) => continue,
                    Err(failure) if failure.is_refusal() => (Vec::new(), Some(failure.to_string())),
                    Err(failure) => return Err(vital(&failure)),
                };
                lists.extend(jail_name(jail).map(|jail| IgnoreList { jail, entries, unreadable }));
            }
        }
        lists.sort_by(|a, b| a.jail.cmp(&b.jail));
        Ok(lists)
    }

    async fn ignore(&self, jail: &JailName, targets: &[Target]) -> Result<(), ControlError> {
        let name = client_jail(jail)?;
        let entries: Vec<IgnoreEntry> = targets.iter().map(entry).collect::<Result<_, _>>()?;
        let told = self.ask("add_ignored", self.client.add_ignored(&name, &entries)).await;
        told.map(drop).map_err(|e| error(&e))
    }

    async fn stop_ignoring(&self, jail: &JailName, targets: &[Target]) -> Result<(), ControlError> {
        let name = client_jail(jail)?;
        let mut failed = None;
        for target in targets {
            let gone = entry(target)?;
            match self.ask("remove_ignored", self.client.remove_ignored(&name, &gone)).await {
                Ok(_) | Err(client::Error::NoSuchEntry { .. }) => {}
                Err(refused) if refused.is_refusal() => failed = failed.or(Some(error(&refused))),
                // Each further question would wait as long for a server that hangs.
                Err(failure) => return Err(error(&failure)),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

fn entry(target: &Target) -> Result<IgnoreEntry, ControlError> {
    client_address(target).map(IgnoreEntry::Address)
}
