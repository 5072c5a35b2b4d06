//! The methods of the waiting client that take more than one command, about the server and all its jails.

use super::Client;
use crate::codec::{Arg, Value};
use crate::error::Error;
use crate::reply::{JailCounters, JailSettings, JailStatus, ServerSettings};
use crate::types::{JailName, LogOptions, LogTarget, Reported};

impl Client {
    /// As [`jails`](crate::Client::jails) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn jails(&self) -> Result<Vec<JailName>, Error> {
        self.wait(self.client.jails())
    }

    /// As [`counters`](crate::Client::counters) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn counters(&self) -> Result<Vec<(JailName, JailCounters)>, Error> {
        self.wait(self.client.counters())
    }

    /// As [`status_all`](crate::Client::status_all) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn status_all(&self) -> Result<Vec<(JailName, JailStatus)>, Error> {
        self.wait(self.client.status_all())
    }

    /// As [`status_all_short`](crate::Client::status_all_short) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn status_all_short(&self) -> Result<Vec<(JailName, JailStatus)>, Error> {
        self.wait(self.client.status_all_short())
    }

    /// As [`jail_settings`](crate::Client::jail_settings) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn jail_settings(&self, jail: &JailName) -> Result<JailSettings, Error> {
        self.wait(self.client.jail_settings(jail))
    }

    /// As [`server_settings`](crate::Client::server_settings) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn server_settings(&self) -> Result<ServerSettings, Error> {
        self.wait(self.client.server_settings())
    }

    /// As [`set_log_target`](crate::Client::set_log_target) of the async client.
    ///
    /// # Errors
    /// The same.
    pub fn set_log_target(
        &self,
        target: &LogTarget,
        options: &LogOptions,
    ) -> Result<Reported<LogTarget>, Error> {
        self.wait(self.client.set_log_target(target, options))
    }

    /// As [`raw`](crate::Client::raw) of the async client, with the same warning.
    ///
    /// # Errors
    /// The same.
    pub fn raw(&self, args: Vec<Arg>) -> Result<Value, Error> {
        self.wait(self.client.raw(args))
    }
}
