//! What the messages of the live stream carry.

use serde::Serialize;
use utoipa::ToSchema;

use super::event::Event;
use super::jail::JailsMoved;
use super::system::Fail2ban;

/// The data of a message of the live stream.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum StreamData {
    /// Of `ban` and `unban`.
    Event(Event),
    /// Of `online` and `offline`.
    State(Fail2ban),
    /// Of `jails`.
    Jails(JailsMoved),
}
