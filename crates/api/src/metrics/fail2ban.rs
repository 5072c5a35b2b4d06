//! The metrics of fail2ban, by the names of the well-known exporter, so that its dashboards work. As there, what is
//! known of jails is left out while fail2ban is offline.

use std::collections::HashMap;

use bangui_domain::model::{BanRule, Fail2banState, JailCounters, JailName, LogVerdict};
use bangui_domain::service::Watch;
use prometheus::proto::MetricFamily;

use super::family::{Family, number, signed};
use super::{MOST_JAILS, MOST_PROBLEMS};

/// Adds what `watch` knows; answers how many series were left out because there are too many jails.
pub(super) fn add(watch: &Watch, exporter: &str, families: &mut Vec<MetricFamily>) -> usize {
    let state = watch.state();
    let up = if state.is_online() { 1.0 } else { 0.0 };
    Family::gauge("f2b_up", "Whether fail2ban answers.").with(&[], up).add_to(families);
    let Fail2banState::Online { probe, .. } = &*state else { return 0 };
    Family::gauge("f2b_version", "Always 1; the labels are the versions of BanGUI and of fail2ban.")
        .with(&[("exporter", &format!("bangui {exporter}")), ("fail2ban", &probe.version)], 1.0)
        .add_to(families);
    let problems = problems(watch, families);
    let Some(seen) = watch.jails() else { return problems };
    let count = number(u64::try_from(seen.jails.len()).unwrap_or(u64::MAX));
    Family::gauge("f2b_jail_count", "Jails that run.").with(&[], count).add_to(families);
    let banned = seen.jails.iter().map(|jail| jail.currently_banned).fold(0, u64::saturating_add);
    Family::gauge(
        "bangui_active_bans",
        "Bans in force in all jails, those without series of their own included.",
    )
    .with(&[], number(banned))
    .add_to(families);
    let shown = seen.jails.get(..MOST_JAILS).unwrap_or(&seen.jails);
    let left_out = seen.jails.get(MOST_JAILS..).unwrap_or_default();
    counters(shown, families);
    logs(shown, &state, families);
    let rules = probe.rules.iter().map(|rule| (&rule.jail, rule)).collect();
    settings(shown, &rules, families);
    let known = left_out.iter().filter(|jail| rules.contains_key(&jail.name)).count();
    let watched = left_out.iter().filter_map(|jail| watching(&state, jail)).count();
    left_out.len() * 4 + known * 3 + watched + problems
}

fn counters(jails: &[JailCounters], families: &mut Vec<MetricFamily>) {
    let mut all = [
        Family::gauge("f2b_jail_failed_current", "Addresses with failures that are not banned."),
        Family::counter("f2b_jail_failed_total", "Failures since fail2ban made the jail."),
        Family::gauge("f2b_jail_banned_current", "Addresses that are banned."),
        Family::counter(
            "f2b_jail_banned_total",
            "Bans since fail2ban made the jail, restored ones included.",
        ),
    ];
    for jail in jails {
        let counts = [jail.currently_failed, jail.total_failed, jail.currently_banned, jail.total_banned];
        for (family, count) in all.iter_mut().zip(counts) {
            family.push(&[("jail", jail.name.as_str())], number(count));
        }
    }
    for family in all {
        family.add_to(families);
    }
}

/// Whether a jail has something to read; `None` where that is not known.
fn watching(state: &Fail2banState, jail: &JailCounters) -> Option<f64> {
    match state.log_of(&jail.name)?.verdict() {
        LogVerdict::Watching => Some(1.0),
        LogVerdict::Nothing | LogVerdict::Missing => Some(0.0),
        LogVerdict::Unknown => None,
    }
}

fn logs(jails: &[JailCounters], state: &Fail2banState, families: &mut Vec<MetricFamily>) {
    let mut family = Family::gauge(
        "bangui_jail_watching",
        "Whether the jail has something to read: 0 where it reads no log, or a log file that it reads is gone.",
    );
    for jail in jails {
        if let Some(value) = watching(state, jail) {
            family.push(&[("jail", jail.name.as_str())], value);
        }
    }
    family.add_to(families);
}

/// Answers how many were left out.
fn problems(watch: &Watch, families: &mut Vec<MetricFamily>) -> usize {
    let known = watch.problems();
    let mut family = Family::gauge(
        "bangui_problem",
        "1 for each thing that is wrong with a fail2ban that answers, or with one of its jails; no jail is the server.",
    );
    for problem in known.iter().take(MOST_PROBLEMS) {
        let jail = problem.jail.as_ref().map_or("", JailName::as_str);
        family.push(&[("code", problem.code.as_str()), ("jail", jail)], 1.0);
    }
    family.add_to(families);
    known.len().saturating_sub(MOST_PROBLEMS)
}

fn settings(jails: &[JailCounters], rules: &HashMap<&JailName, &BanRule>, families: &mut Vec<MetricFamily>) {
    let mut all = [
        Family::gauge("f2b_config_jail_ban_time", "The setting bantime: seconds of a ban, -1 for ever."),
        Family::gauge("f2b_config_jail_find_time", "The setting findtime: seconds in which failures add up."),
        Family::gauge("f2b_config_jail_max_retries", "The setting maxretry: failures that lead to a ban."),
    ];
    for rule in jails.iter().filter_map(|jail| rules.get(&jail.name)) {
        for (family, value) in all.iter_mut().zip([rule.bantime, rule.findtime, rule.maxretry]) {
            family.push(&[("jail", rule.jail.as_str())], signed(value));
        }
    }
    for family in all {
        family.add_to(families);
    }
}
