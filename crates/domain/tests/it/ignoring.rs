//! What the jails of the scripted fail2ban ignore.

use async_trait::async_trait;
use bangui_domain::model::{JailName, Target};
use bangui_domain::ports::{ControlError, IgnoreControl, IgnoreList};

use crate::fake::{FakeJail, Script, name};

#[async_trait]
impl IgnoreControl for Script {
    async fn ignored(&self) -> Result<Vec<IgnoreList>, ControlError> {
        let fake = self.edit();
        fake.check()?;
        let list = |(jail, found): (&String, &FakeJail)| IgnoreList {
            unreadable: found.ignoreip_refused.clone(),
            jail: name(jail),
            entries: found.ignoreip.iter().rev().cloned().collect(),
        };
        Ok(fake.jails.iter().map(list).collect())
    }

    async fn ignore(&self, jail: &JailName, targets: &[Target]) -> Result<(), ControlError> {
        let mut fake = self.edit();
        let list = &mut fake.jail(jail)?.ignoreip;
        for text in targets.iter().map(ToString::to_string) {
            assert!(!list.contains(&text), "fail2ban is told only what it does not know");
            list.push(text);
        }
        Ok(())
    }

    async fn stop_ignoring(&self, jail: &JailName, targets: &[Target]) -> Result<(), ControlError> {
        let mut fake = self.edit();
        let list = &mut fake.jail(jail)?.ignoreip;
        list.retain(|entry| targets.iter().all(|target| target.to_string() != *entry));
        Ok(())
    }
}
