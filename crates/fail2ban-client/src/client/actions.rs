//! What takes more than one command about an action: all its properties, and calling a method that must be there.

use std::collections::BTreeMap;

use super::Client;
use crate::codec::Value;
use crate::command;
use crate::error::Error;
use crate::types::{ActionMethod, ActionName, Arguments, JailName};

impl Client {
    /// The properties of an action by their names. One that the server cannot send, as actions written in Python may
    /// have, is left out, and logged.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::UnknownJail`].
    pub async fn action_properties(
        &self,
        jail: &JailName,
        action: &ActionName,
    ) -> Result<BTreeMap<String, Value>, Error> {
        let names = self.action_property_names(jail, action).await?;
        let commands: Vec<_> =
            names.iter().map(|name| command::action_property(jail, action, name)).collect();
        let replies = self.run_all(&commands).await?;
        let mut properties = BTreeMap::new();
        for (name, reply) in names.into_iter().zip(replies) {
            match reply {
                Ok(value) => drop(properties.insert(name, value)),
                Err(Error::ServerText { text, .. }) => {
                    tracing::debug!(%action, name, text, "fail2ban cannot send a property of an action");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(properties)
    }

    /// Calls a method of an action; answers what it returns. What becomes of the arguments is the action's affair.
    ///
    /// # Errors
    /// As [`Client::run`]; [`Error::NoSuchEntry`] where the action has no such method.
    pub async fn call_action(
        &self,
        jail: &JailName,
        action: &ActionName,
        method: &ActionMethod,
        arguments: &Arguments,
    ) -> Result<Value, Error> {
        let command = command::call_action(jail, action, method, arguments);
        let methods = self.action_methods(jail, action).await?;
        if !methods.iter().any(|name| name == method.as_str()) {
            return Err(Error::NoSuchEntry { command: command.name(), entry: method.to_string() });
        }
        self.run(&command).await
    }
}
