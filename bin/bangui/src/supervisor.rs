//! What systemd is told about the start and the end, where it has asked for it. Without it nothing happens.

use sd_notify::NotifyState;

/// The server serves.
pub(crate) fn ready() {
    tell(NotifyState::Ready);
}

/// The server stops, in order.
pub(crate) fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!("the service manager could not be told what the server does: {error}");
    }
}
