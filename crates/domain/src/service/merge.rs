//! One ban, told twice: how a later report completes what is known of it. Pure, so that the order in which
//! sources are read never decides what stays in the history.

use crate::model::{BanEvent, Origin};
use crate::ports::BanRecord;

/// The event after `seen` has been taken into account.
///
/// A report that names the BanGUI user wins over one that does not. fail2ban's database, which knows the number
/// of failures, wins over the bare list about the origin, and anything wins over a ban that was found in force. The newest length counts, since fail2ban prolongs bans.
/// Known numbers are never forgotten.
#[must_use]
pub fn merge(known: &BanEvent, seen: &BanRecord) -> BanEvent {
    let mut event = known.clone();
    event.bantime = seen.ban.bantime;
    event.ban_count = seen.ban.ban_count.or(known.ban_count);
    event.failures = seen.failures.or(known.failures);
    if known.by.is_some() {
        return event;
    }
    // That a ban was found in force says least.
    let knows_more = known.origin == Origin::Restored && seen.ban.origin != Origin::Restored;
    let from_database = seen.failures.is_some() && known.failures.is_none();
    if seen.ban.by.is_some() {
        event.origin = Origin::Manual;
        event.by.clone_from(&seen.ban.by);
        event.reason.clone_from(&seen.ban.reason);
    } else if from_database || knows_more {
        event.origin = seen.ban.origin;
    }
    event
}
