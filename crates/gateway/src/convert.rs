//! Values of the client and values of the domain, turned into each other.

use std::path::Path;

use bangui_domain::model::{
    BanId, BanTime, BantimeIncrement, JailCounters, JailName, JailSettings, Outage, OutageCode, Target,
};
use bangui_domain::ports::{ControlError, ReportedBan};
use fail2ban_client as client;

use crate::Zone;
use crate::mount::SocketMount;

/// A jail's name as the client takes it.
pub(crate) fn client_jail(jail: &JailName) -> Result<client::JailName, ControlError> {
    client::JailName::new(jail.as_str()).map_err(|error| not_sendable("jail", &error))
}

/// A jail's name as the domain takes it; `None` for one that cannot be named in a command anyway.
pub(crate) fn jail_name(jail: &client::JailName) -> Option<JailName> {
    let parsed = JailName::parse(jail.as_str());
    if let Err(error) = &parsed {
        tracing::warn!("a jail is left out: {error}");
    }
    parsed.ok()
}

/// A target as the client takes it.
pub(crate) fn client_address(target: &Target) -> Result<client::Address, ControlError> {
    target.to_string().parse().map_err(|error: client::AddressError| not_sendable("ip", &error))
}

/// An id as the client takes it: each of fail2ban's own spellings, since fail2ban compares texts.
pub(crate) fn client_ids(id: &BanId) -> Result<Vec<client::BanId>, ControlError> {
    id.spellings().map(|text| client::BanId::new(text).map_err(|error| not_sendable("ip", &error))).collect()
}

/// The error for a value that was not sent, by its name in the API.
fn not_sendable(field: &'static str, error: &dyn std::error::Error) -> ControlError {
    ControlError::NotSendable { field, reason: error.to_string() }
}

/// Counters with their jail's name.
pub(crate) fn counters(name: JailName, counters: &client::JailCounters) -> JailCounters {
    JailCounters {
        name,
        currently_failed: counters.currently_failed,
        total_failed: counters.total_failed,
        currently_banned: counters.currently_banned,
        total_banned: counters.total_banned,
    }
}

/// A ban with its beginning as a point in time; `None` if the calendar has no such day.
pub(crate) fn reported(ticket: &client::BanTicket, zone: &Zone) -> Option<ReportedBan> {
    let banned_at = zone.resolve(ticket.start);
    if banned_at.is_none() {
        tracing::warn!(id = %ticket.id, start = %ticket.start, "a ban with an impossible time is left out");
    }
    Some(ReportedBan {
        id: BanId::from_reported(ticket.id.to_string()),
        banned_at: banned_at?,
        bantime: length(ticket.bantime_secs),
    })
}

/// fail2ban's number for a ban that does not end.
const FOR_EVER: i64 = -1;

/// The seconds of a ban; one that is longer than any calendar does not end.
pub(crate) fn bantime(from: client::Bantime) -> i64 {
    match from {
        client::Bantime::Permanent => FOR_EVER,
        client::Bantime::Seconds(seconds) => {
            length(i128::try_from(seconds).unwrap_or(i128::MAX)).as_fail2ban()
        }
    }
}

/// The length of a ban of so many seconds; one that is longer than any calendar does not end.
fn length(seconds: i128) -> BanTime {
    i64::try_from(seconds).map_or(BanTime::Permanent, BanTime::from_fail2ban)
}

/// All settings of a jail.
pub(crate) fn settings(from: client::JailSettings) -> JailSettings {
    let increment = from.bantime_increment;
    // What is not set is off.
    let unread: Vec<&str> = from.unreadable.iter().map(|unread| unread.key).collect();
    let is_on = |key, found: Option<bool>| (!unread.contains(&key)).then(|| found.unwrap_or(false));
    JailSettings {
        logpath: from.logpath.iter().map(ToString::to_string).collect(),
        logencoding: from.logencoding,
        journalmatch: from.journalmatch,
        ignoreself: from.ignoreself,
        ignoreip: from.ignoreip.iter().map(ToString::to_string).collect(),
        ignorecommand: from.ignorecommand,
        ignorecache: from.ignorecache.map(|cache| cache.to_string()),
        prefregex: from.prefregex.unwrap_or_default(),
        failregex: from.failregex,
        ignoreregex: from.ignoreregex,
        usedns: from.usedns.map(|it| it.to_string()),
        findtime: from.findtime,
        bantime: from.bantime.map(bantime),
        datepattern: from.datepattern.pattern,
        logtimezone: from.logtimezone,
        maxmatches: from.maxmatches,
        maxretry: from.maxretry,
        maxlines: from.maxlines,
        bantime_increment: BantimeIncrement {
            enabled: is_on("bantime.increment", increment.increment),
            overalljails: is_on("bantime.overalljails", increment.overalljails),
            factor: increment.factor.map(|it| it.to_string()),
            formula: increment.formula.map(|it| it.to_string()),
            multipliers: increment.multipliers.map(|it| it.to_string()),
            maxtime: increment.maxtime,
            rndtime: increment.rndtime,
        },
        actions: from.actions,
    }
}

/// What an error of the client means to the domain.
pub(crate) fn error(error: &client::Error) -> ControlError {
    use client::Error as E;
    let offline = |code| ControlError::Offline(Outage { code, detail: error.to_string() });
    match error {
        E::SocketMissing { path } | E::NobodyListens { path } if let Some(outage) = stale(path) => {
            ControlError::Offline(outage)
        }
        E::SocketMissing { .. } => offline(OutageCode::SocketMissing),
        E::PermissionDenied { .. } => offline(OutageCode::PermissionDenied),
        E::NotASocket { .. } | E::NobodyListens { .. } => offline(OutageCode::Refused),
        E::TimedOut { .. } => offline(OutageCode::TimedOut),
        E::Connect { .. } | E::Disconnected { .. } | E::Malformed { .. } | E::ShuttingDown { .. } => {
            offline(OutageCode::Broken)
        }
        E::UnknownJail { jail } => JailName::parse(jail.as_str())
            .map_or_else(|bad| ControlError::Refused(bad.to_string()), ControlError::JailNotFound),
        E::OutcomeUnknown { .. } | E::PartlyDone { .. } => ControlError::OutcomeUnknown(error.to_string()),
        E::JailName(bad) => not_sendable("jail", bad),
        E::Address(bad) => not_sendable("ip", bad),
        E::BanId(bad) => not_sendable("ip", bad),
        E::TooOld { .. } => {
            ControlError::Offline(Outage { code: OutageCode::TooOld, detail: too_old(error) })
        }
        _ => ControlError::Refused(error.to_string()),
    }
}

/// Which versions work, behind the words of the client.
fn too_old(error: &client::Error) -> String {
    format!("{error} (BanGUI is tested with {})", client::Version::TESTED.join(", "))
}

/// Why a socket that is not there, or has no listener, cannot be there: its mount has gone stale.
fn stale(socket: &Path) -> Option<Outage> {
    let detail = SocketMount::of(socket).complaint(socket)?;
    Some(Outage { code: OutageCode::StaleMount, detail })
}

/// What an error means when a command fails that every fail2ban answers: whatever is not a refusal that names a
/// jail says that no working fail2ban is there.
pub(crate) fn vital(error: &client::Error) -> ControlError {
    match self::error(error) {
        ControlError::Refused(detail) => ControlError::Offline(Outage { code: OutageCode::Broken, detail }),
        other => other,
    }
}
