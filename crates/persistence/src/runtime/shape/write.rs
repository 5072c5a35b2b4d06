//! Writes a run-time state down.

use bangui_domain::model::{
    BanRule, Fail2banState, JailCounters, JailLog, JobTally, LogFile, Problem, RuntimeState,
};

use super::super::reading::Reading;
use super::{Fail2ban, Jail, Jails, Log, Pulse, Rule, Shape, Tally, Trouble, VERSION};

/// The state as JSON.
pub(in crate::runtime) fn write(state: &RuntimeState) -> Result<String, serde_json::Error> {
    let fail2ban = match &*state.fail2ban {
        Fail2banState::Starting => Fail2ban::Starting,
        Fail2banState::Online { since, checked_at, probe } => Fail2ban::Online {
            since: since.as_millis(),
            checked_at: checked_at.as_millis(),
            version: probe.version.clone(),
            latency_micros: probe.latency_micros,
            jails: probe.jails,
            database_file: probe.database_file.clone(),
            purge_age_secs: probe.purge_age_secs,
            rules: probe.rules.iter().map(rule).collect(),
            logs: probe.logs.iter().map(log).collect(),
        },
        Fail2banState::Offline { since, checked_at, outage } => Fail2ban::Offline {
            since: since.as_millis(),
            checked_at: checked_at.as_millis(),
            code: outage.code.as_str().to_owned(),
            detail: outage.detail.clone(),
        },
    };
    let jails = state.jails.as_ref().map(|seen| Jails {
        observed_at: seen.observed_at.as_millis(),
        jails: seen.jails.iter().map(jail).collect(),
    });
    let jobs = state.jobs.iter().map(tally).collect();
    let problems = state.problems.iter().map(trouble).collect();
    let catch_up = state.catch_up.as_ref().map(Reading::from);
    serde_json::to_string(&Shape { version: VERSION, fail2ban, jails, jobs, problems, catch_up })
}

fn rule(rule: &BanRule) -> Rule {
    Rule {
        jail: rule.jail.as_str().to_owned(),
        maxretry: rule.maxretry,
        findtime: rule.findtime,
        bantime: rule.bantime,
    }
}

fn log(log: &JailLog) -> Log {
    let file = |file: &LogFile| (file.path.clone(), file.state.as_str().to_owned());
    Log {
        jail: log.jail.as_str().to_owned(),
        files: log.files.iter().map(file).collect(),
        journal: log.journal.clone(),
    }
}

fn jail(jail: &JailCounters) -> Jail {
    Jail {
        name: jail.name.as_str().to_owned(),
        currently_failed: jail.currently_failed,
        total_failed: jail.total_failed,
        currently_banned: jail.currently_banned,
        total_banned: jail.total_banned,
    }
}

fn trouble(problem: &Problem) -> Trouble {
    Trouble {
        code: problem.code.as_str().to_owned(),
        jail: problem.jail.as_ref().map(|jail| jail.as_str().to_owned()),
        detail: problem.detail.clone(),
        hint: problem.hint.clone(),
        since: problem.since.as_millis(),
    }
}

fn tally(tally: &JobTally) -> Tally {
    Tally {
        job: tally.job.clone(),
        since: tally.since.as_millis(),
        runs: tally.runs,
        failed: tally.failed,
        last: Pulse::from(&tally.last),
        last_failure: tally.last_failure.as_ref().map(Pulse::from),
    }
}
