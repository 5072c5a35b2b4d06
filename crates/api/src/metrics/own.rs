//! What BanGUI knows of itself at the moment of a scrape: the database, the scheduler lock, live streams, events.

use std::collections::BTreeMap;

use bangui_domain::model::EventTally;
use prometheus::proto::MetricFamily;

use super::MOST_JAILS;
use super::family::{Family, number, signed};
use crate::{ApiState, SchedulerRole, SystemInfo};

/// Adds it. `dropped` series of other families were left out already.
pub(super) fn add(state: &ApiState, info: &SystemInfo, mut dropped: usize, families: &mut Vec<MetricFamily>) {
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    let size = |count: usize| number(u64::try_from(count).unwrap_or(u64::MAX));
    let mut gauge = |name, help, value: f64| Family::gauge(name, help).with(&[], value).add_to(families);
    gauge("bangui_database_up", "Whether the database answers.", flag(info.database_ok));
    if let Some(known) = state.services.watch.runtime() {
        let help = "How long ago fail2ban last answered, or was last tried.";
        gauge("bangui_f2b_state_age_seconds", help, signed(known.age_millis) / 1000.0);
    }
    let (most, open) = (state.settings.max_streams, state.streams.taken());
    gauge("bangui_live_streams", "Live streams that are open.", size(open));
    gauge("bangui_live_streams_limit", "Live streams that this process serves at one time.", size(most));
    if let Some(lease) = &info.lease {
        let help = "The token of the scheduler lock, which grows each time a process takes the lock.";
        gauge("bangui_scheduler_fencing_token", help, signed(lease.fence.0));
    }
    Family::gauge("bangui_build_info", "Always 1; the label is the version.")
        .with(&[("version", &info.version)], 1.0)
        .add_to(families);
    role(info.role, families);
    dropped += events(state, families);
    Family::gauge(
        "bangui_metrics_dropped_series",
        "Series left out of this answer: there are too many jails.",
    )
    .with(&[], size(dropped))
    .add_to(families);
}

fn role(role: SchedulerRole, families: &mut Vec<MetricFamily>) {
    let mut family =
        Family::gauge("bangui_scheduler_role", "1 for what this process is to the scheduler lock, else 0.");
    for (word, this) in [
        ("leader", SchedulerRole::Leader),
        ("standby", SchedulerRole::Standby),
        ("lost", SchedulerRole::Lost),
    ] {
        family.push(&[("role", word)], if role == this { 1.0 } else { 0.0 });
    }
    family.add_to(families);
}

/// Answers how many series were left out. Jails without an event are there with 0, so that the first one counts.
fn events(state: &ApiState, families: &mut Vec<MetricFamily>) -> usize {
    let watch = &state.services.watch;
    let mut tallies: BTreeMap<_, _> = watch.events();
    if let Some(seen) = watch.jails() {
        for jail in &*seen.jails {
            tallies.entry(jail.name.clone()).or_default();
        }
    }
    let mut family = Family::counter(
        "bangui_events_total",
        "Bans and ends of bans that were recorded while this process ran, whichever process recorded them.",
    );
    for (jail, EventTally { bans, unbans }) in tallies.iter().take(MOST_JAILS) {
        for (kind, count) in [("ban", bans), ("unban", unbans)] {
            family.push(&[("jail", jail.as_str()), ("kind", kind)], number(*count));
        }
    }
    family.add_to(families);
    tallies.len().saturating_sub(MOST_JAILS) * 2
}
