//! The methods of the waiting client that take more than one command, about filters and actions.

use std::collections::BTreeMap;

use super::Client;
use crate::codec::Value;
use crate::error::Error;
use crate::types::{ActionMethod, ActionName, Arguments, IgnoreEntry, JailName, Reported};

impl Client {
    /// As [`remove_fail_regex`](crate::Client::remove_fail_regex) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn remove_fail_regex(&self, jail: &JailName, index: u32) -> Result<Vec<String>, Error> {
        self.wait(self.client.remove_fail_regex(jail, index))
    }

    /// As [`remove_ignore_regex`](crate::Client::remove_ignore_regex) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn remove_ignore_regex(&self, jail: &JailName, index: u32) -> Result<Vec<String>, Error> {
        self.wait(self.client.remove_ignore_regex(jail, index))
    }

    /// As [`add_ignored`](crate::Client::add_ignored) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn add_ignored(
        &self,
        jail: &JailName,
        entries: &[IgnoreEntry],
    ) -> Result<Vec<Reported<IgnoreEntry>>, Error> {
        self.wait(self.client.add_ignored(jail, entries))
    }

    /// As [`remove_ignored`](crate::Client::remove_ignored) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn remove_ignored(
        &self,
        jail: &JailName,
        entry: &IgnoreEntry,
    ) -> Result<Vec<Reported<IgnoreEntry>>, Error> {
        self.wait(self.client.remove_ignored(jail, entry))
    }

    /// As [`action_properties`](crate::Client::action_properties) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn action_properties(
        &self,
        jail: &JailName,
        action: &ActionName,
    ) -> Result<BTreeMap<String, Value>, Error> {
        self.wait(self.client.action_properties(jail, action))
    }

    /// As [`call_action`](crate::Client::call_action) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn call_action(
        &self,
        jail: &JailName,
        action: &ActionName,
        method: &ActionMethod,
        arguments: &Arguments,
    ) -> Result<Value, Error> {
        self.wait(self.client.call_action(jail, action, method, arguments))
    }
}
