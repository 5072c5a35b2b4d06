//! Reads a run-time state. What another version has put into a list and this one does not know costs that entry alone.

use std::sync::Arc;

use bangui_domain::model::{
    BanRule, CatchUp, Fail2banState, JailCounters, JailLog, JailName, JailsSeen, JobPulse, JobTally, LogFile,
    LogFileState, Outage, OutageCode, Probe, Problem, ProblemCode, RuntimeState, Timestamp,
};
use serde::Deserialize;

use super::{Fail2ban, Jail, Jails, Log, Rule, Shape, Tally, Trouble, VERSION};

/// A text that is not a state of this version.
#[derive(Debug, thiserror::Error)]
pub(in crate::runtime) enum Unreadable {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("its version is {0}")]
    Version(u32),
    #[error("{0:?} is not known")]
    Word(String),
}

/// The state that JSON tells, `age_millis` after fail2ban was asked.
pub(in crate::runtime) fn read(text: &str, age_millis: i64) -> Result<RuntimeState, Unreadable> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let Versioned { version } = serde_json::from_str(text)?;
    if version != VERSION {
        return Err(Unreadable::Version(version));
    }
    let shape: Shape = serde_json::from_str(text)?;
    let at = Timestamp::from_millis;
    let fail2ban = match shape.fail2ban {
        Fail2ban::Starting => Fail2banState::Starting,
        Fail2ban::Online {
            since,
            checked_at,
            version,
            latency_micros,
            jails,
            database_file,
            purge_age_secs,
            rules,
            logs,
        } => {
            let rules = rules.into_iter().filter_map(|told| understood(ruled(told))).collect();
            let logs = logs.into_iter().filter_map(|told| understood(watched(told))).collect();
            let probe = Probe {
                version,
                latency_micros,
                jails,
                database_file,
                purge_age_secs,
                rules,
                logs,
                unreadable: Arc::default(),
            };
            Fail2banState::Online { since: at(since), checked_at: at(checked_at), probe }
        }
        Fail2ban::Offline { since, checked_at, code, detail } => {
            let code = OutageCode::parse(&code).ok_or(Unreadable::Word(code))?;
            let outage = Outage { code, detail };
            Fail2banState::Offline { since: at(since), checked_at: at(checked_at), outage }
        }
    };
    let jails = shape.jails.map(seen);
    let jobs = shape.jobs.into_iter().map(counted).collect();
    // A problem of a kind that this version does not know is left out, and the others are taken.
    let problems = shape.problems.into_iter().filter_map(|told| understood(problem(told))).collect();
    let catch_up = shape.catch_up.map(CatchUp::from);
    Ok(RuntimeState { fail2ban: Arc::new(fail2ban), jails, jobs, problems, catch_up, age_millis })
}

/// One item of a list, or `None` where another version means something by it that this one does not know.
fn understood<T>(item: Result<T, Unreadable>) -> Option<T> {
    item.inspect_err(|error| tracing::debug!(%error, "a part of the published run-time state is left out"))
        .ok()
}

fn problem(told: Trouble) -> Result<Problem, Unreadable> {
    let Trouble { code, jail, detail, hint, since } = told;
    Ok(Problem {
        code: ProblemCode::parse(&code).ok_or(Unreadable::Word(code))?,
        jail: jail.map(named).transpose()?,
        detail,
        hint,
        since: Timestamp::from_millis(since),
    })
}

fn counted(tally: Tally) -> JobTally {
    JobTally {
        job: tally.job,
        since: Timestamp::from_millis(tally.since),
        runs: tally.runs,
        failed: tally.failed,
        last: tally.last.into(),
        last_failure: tally.last_failure.map(JobPulse::from),
    }
}

fn ruled(rule: Rule) -> Result<BanRule, Unreadable> {
    let Rule { jail, maxretry, findtime, bantime } = rule;
    Ok(BanRule { jail: named(jail)?, maxretry, findtime, bantime })
}

fn watched(log: Log) -> Result<JailLog, Unreadable> {
    let file = |(path, word): (String, String)| {
        let state = LogFileState::parse(&word).ok_or(Unreadable::Word(word))?;
        Ok(LogFile { path, state })
    };
    let files = log.files.into_iter().filter_map(|told| understood(file(told))).collect();
    Ok(JailLog { jail: named(log.jail)?, files, journal: log.journal })
}

fn named(text: String) -> Result<JailName, Unreadable> {
    JailName::parse(&text).map_err(|_| Unreadable::Word(text))
}

fn seen(seen: Jails) -> JailsSeen {
    let counters = |jail: Jail| {
        Ok(JailCounters {
            name: named(jail.name)?,
            currently_failed: jail.currently_failed,
            total_failed: jail.total_failed,
            currently_banned: jail.currently_banned,
            total_banned: jail.total_banned,
        })
    };
    let jails = seen.jails.into_iter().filter_map(|told| understood(counters(told))).collect();
    JailsSeen { observed_at: Timestamp::from_millis(seen.observed_at), jails }
}
