//! Ctrl-C and SIGTERM: one flag that every wait in this program looks at, so that a task
//! ends through its destructors and leaves no process and no directory behind.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

static REQUESTED: Mutex<bool> = Mutex::new(false);
static CHANGED: Condvar = Condvar::new();

/// Takes over SIGINT, SIGTERM and SIGHUP. Call once, before anything is started.
///
/// # Errors
/// When the handler cannot be installed (another one is in place).
pub(crate) fn install() -> Result<()> {
    ctrlc::set_handler(request).context("install the handler for Ctrl-C and SIGTERM")
}

/// Asks everything to stop, as a signal does.
fn request() {
    *flag() = true;
    CHANGED.notify_all();
}

/// True once a stop was asked for.
pub(crate) fn requested() -> bool {
    *flag()
}

/// Waits for `time` or until a stop is asked for; true means stop.
pub(crate) fn wait(time: Duration) -> bool {
    let (flag, _) = CHANGED
        .wait_timeout_while(flag(), time, |requested| !*requested)
        .unwrap_or_else(PoisonError::into_inner);
    *flag
}

/// An error once a stop was asked for, for use with `?` inside loops.
pub(crate) fn check() -> Result<()> {
    if requested() {
        bail!("stopped by a signal");
    }
    Ok(())
}

fn flag() -> MutexGuard<'static, bool> {
    REQUESTED.lock().unwrap_or_else(PoisonError::into_inner)
}
