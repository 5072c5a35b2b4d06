//! The run-time state as JSON in its row. Replicas of two versions share it during a rolling upgrade: what one does
//! not understand counts as not published.

use std::sync::Arc;

use bangui_domain::model::{
    BanRule, Fail2banState, JailCounters, JailLog, JailName, JailsSeen, JobPulse, JobTally, LogFile,
    LogFileState, Outage, OutageCode, Probe, Problem, ProblemCode, RuntimeState, Timestamp,
};
use serde::{Deserialize, Serialize};

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Shape {
    version: u32,
    fail2ban: Fail2ban,
    jails: Option<Jails>,
    #[serde(default)]
    jobs: Vec<Tally>,
    #[serde(default)]
    problems: Vec<Trouble>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum Fail2ban {
    Starting,
    Online {
        since: i64,
        checked_at: i64,
        version: String,
        latency_micros: u64,
        jails: usize,
        database_file: Option<String>,
        #[serde(default)]
        purge_age_secs: Option<i64>,
        #[serde(default)]
        rules: Vec<Rule>,
        #[serde(default)]
        logs: Vec<Log>,
    },
    Offline {
        since: i64,
        checked_at: i64,
        code: String,
        detail: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Rule {
    jail: String,
    maxretry: i64,
    findtime: i64,
    bantime: i64,
}

#[derive(Serialize, Deserialize)]
struct Log {
    jail: String,
    /// Paths, each with the word of its state.
    files: Vec<(String, String)>,
    journal: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Jails {
    observed_at: i64,
    jails: Vec<Jail>,
}

#[derive(Serialize, Deserialize)]
struct Jail {
    name: String,
    currently_failed: u64,
    total_failed: u64,
    currently_banned: u64,
    total_banned: u64,
}

#[derive(Serialize, Deserialize)]
struct Trouble {
    code: String,
    jail: Option<String>,
    detail: String,
    hint: String,
    since: i64,
}

#[derive(Serialize, Deserialize)]
struct Tally {
    job: String,
    since: i64,
    runs: u64,
    failed: u64,
    last: Pulse,
    last_failure: Option<Pulse>,
}

#[derive(Serialize, Deserialize)]
struct Pulse {
    started_at: i64,
    took_millis: i64,
    error: Option<String>,
}

impl From<&JobPulse> for Pulse {
    fn from(pulse: &JobPulse) -> Self {
        Self {
            started_at: pulse.started_at.as_millis(),
            took_millis: pulse.took_millis,
            error: pulse.error.clone(),
        }
    }
}

impl From<Pulse> for JobPulse {
    fn from(pulse: Pulse) -> Self {
        Self {
            started_at: Timestamp::from_millis(pulse.started_at),
            took_millis: pulse.took_millis,
            error: pulse.error,
        }
    }
}

/// A text that is not a state of this version.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("its version is {0}")]
    Version(u32),
    #[error("{0:?} is not known")]
    Word(String),
}

pub(super) fn write(state: &RuntimeState) -> Result<String, serde_json::Error> {
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
    serde_json::to_string(&Shape { version: VERSION, fail2ban, jails, jobs, problems })
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

pub(super) fn read(text: &str, age_millis: i64) -> Result<RuntimeState, Unreadable> {
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
            let probe = Probe { version, latency_micros, jails, database_file, purge_age_secs, rules, logs };
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
    Ok(RuntimeState { fail2ban: Arc::new(fail2ban), jails, jobs, problems, age_millis })
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
