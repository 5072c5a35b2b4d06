//! The bytes of server-sent events.

use std::sync::Arc;

use actix_web::web::Bytes;
use bangui_domain::model::JailsSeen;
use bangui_domain::model::{BanEvent, Fail2banState, JailCounters, Problem, Timestamp};

use crate::wire::jail::JailsMoved;
use crate::wire::stream::StreamData;
use crate::wire::system::Fail2ban;

/// How long a browser waits before it connects again, in milliseconds.
const RETRY_MILLIS: u32 = 3_000;

/// What a stream begins with.
pub(super) fn opening() -> Bytes {
    Bytes::from(format!("retry: {RETRY_MILLIS}\n\n"))
}

/// A comment: nothing to say.
pub(super) const fn heartbeat() -> Bytes {
    Bytes::from_static(b": still here\n\n")
}

/// A ban or unban.
pub(super) fn event(event: &BanEvent) -> Bytes {
    message(event.kind.as_str(), Some(event.id.0), &StreamData::Event(event.into()))
}

/// fail2ban came or went, or its problems have changed; also what it is when a stream begins. Before the first probe, and while
/// it hangs, it counts as offline.
pub(super) fn state(state: &Fail2banState, problems: &[Problem]) -> Bytes {
    let name = if state.is_online() { "online" } else { "offline" };
    message(name, None, &StreamData::State(Fail2ban::new(state, problems)))
}

/// The jails' counters moved.
pub(super) fn jails(observed_at: Timestamp, jails: Arc<[JailCounters]>) -> Bytes {
    message("jails", None, &StreamData::Jails(JailsMoved::new(&JailsSeen { observed_at, jails })))
}

fn message(name: &str, id: Option<i64>, data: &StreamData) -> Bytes {
    // JSON has no line breaks outside of strings and escapes them within.
    match serde_json::to_string(data) {
        Ok(json) => {
            let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
            Bytes::from(format!("event: {name}\n{id}data: {json}\n\n"))
        }
        Err(error) => {
            tracing::error!(name, %error, "a message of the live stream could not be written");
            Bytes::from_static(b": a message is missing here\n\n")
        }
    }
}
