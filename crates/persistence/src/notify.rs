//! Notifications: channels and rules, where the rules stand, and the messages. What has a shape of its own is stored as JSON.

mod outbox;
mod rules;

use bangui_domain::ports::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::connection::TxError;

/// Writes a value as JSON.
fn write<T: Serialize>(value: &T) -> Result<String, TxError> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend(Box::new(error)).into())
}

/// Reads a value that was written as JSON.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, TxError> {
    serde_json::from_str(text).map_err(|error| StoreError::Backend(Box::new(error)).into())
}
