//! Jails: counters, and every setting under fail2ban's own name.

use bangui_domain::model::JailsSeen;
use bangui_domain::model::{
    BantimeIncrement, Fail2banState, JailCounters, JailDetail, JailLog, JailSettings, Problem, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::jail_log::Watched;
use super::problem::ServerProblem;
use super::time::rfc3339;

/// A jail's counters. Totals count since fail2ban made the jail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Jail {
    /// Its name.
    #[schema(example = "sshd")]
    name: String,
    /// Addresses with failures that are not banned.
    currently_failed: u64,
    /// Failures seen.
    total_failed: u64,
    /// Addresses banned now.
    currently_banned: u64,
    /// Bans made, restored ones included.
    total_banned: u64,
}

impl From<&JailCounters> for Jail {
    fn from(counters: &JailCounters) -> Self {
        Self {
            name: counters.name.as_str().to_owned(),
            currently_failed: counters.currently_failed,
            total_failed: counters.total_failed,
            currently_banned: counters.currently_banned,
            total_banned: counters.total_banned,
        }
    }
}

/// A jail with its counters and what it watches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedJail {
    /// Name and counters.
    #[serde(flatten)]
    jail: Jail,
    /// What it watches.
    #[serde(flatten)]
    watched: Watched,
    /// What is wrong with it, if something is: the weightiest problem.
    problem: Option<ServerProblem>,
}

/// All jails, as last counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailList {
    /// The jails, by name.
    items: Vec<ListedJail>,
    /// Always null: jails come on one page.
    next: Option<String>,
    /// When fail2ban was asked.
    #[schema(format = DateTime)]
    observed_at: String,
    /// Whether fail2ban is online now; if not, these are the last numbers known.
    online: bool,
}

impl JailList {
    /// What was counted, what the jails watch in the present `state` of fail2ban, and what is wrong with them.
    pub(crate) fn new(seen: &JailsSeen, state: &Fail2banState, problems: &[Problem]) -> Self {
        let listed = |counters: &JailCounters| ListedJail {
            jail: Jail::from(counters),
            watched: Watched::new(state.log_of(&counters.name)),
            problem: ServerProblem::of_jail(problems, &counters.name),
        };
        Self {
            items: seen.jails.iter().map(listed).collect(),
            next: None,
            observed_at: rfc3339(seen.observed_at),
            online: state.is_online(),
        }
    }
}

/// The jails' counters in the live stream.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailsMoved {
    /// The jails, by name.
    items: Vec<Jail>,
    /// When fail2ban was asked.
    #[schema(format = DateTime)]
    observed_at: String,
}

impl JailsMoved {
    pub(crate) fn new(seen: &JailsSeen) -> Self {
        Self { items: seen.jails.iter().map(Jail::from).collect(), observed_at: rfc3339(seen.observed_at) }
    }
}

/// A jail with everything that fail2ban tells about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JailDetailResponse {
    /// Name and counters.
    #[serde(flatten)]
    jail: Jail,
    /// What it watches.
    #[serde(flatten)]
    watched: Watched,
    /// What is wrong with it, if something is: the weightiest problem.
    problem: Option<ServerProblem>,
    /// The log files that it reads.
    file_list: Vec<String>,
    /// The journal matches that it reads.
    journal_matches: Vec<String>,
    /// Its running settings.
    settings: Settings,
    /// What fail2ban did not tell in a way that can be read, in words; it is null or empty in `settings`.
    unreadable: Vec<String>,
}

impl JailDetailResponse {
    /// What fail2ban tells, what was last `seen` of the files, and what is wrong.
    pub(crate) fn new(
        detail: JailDetail,
        seen: Option<&JailLog>,
        problems: &[Problem],
        now: Timestamp,
    ) -> Self {
        Self {
            jail: Jail::from(&detail.counters),
            watched: Watched::new(detail.log(seen).as_ref()),
            problem: ServerProblem::of_jail(problems, &detail.counters.name)
                .or_else(|| detail.problem(now).as_ref().map(ServerProblem::from)),
            file_list: detail.file_list,
            journal_matches: detail.journal_matches,
            settings: detail.settings.into(),
            unreadable: detail.unreadable,
        }
    }
}

/// The running settings of a jail by fail2ban's own names; times in seconds. What is unreadable is null or empty.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JailSettings)]
pub(crate) struct Settings {
    /// Log files.
    logpath: Vec<String>,
    /// Encoding of the log files.
    logencoding: Option<String>,
    /// Journal matches, one list of terms per group.
    journalmatch: Vec<Vec<String>>,
    /// Whether the host's own addresses are ignored.
    ignoreself: Option<bool>,
    /// Addresses, networks and names that the filter never bans.
    ignoreip: Vec<String>,
    /// A command asked before each ban.
    ignorecommand: Option<String>,
    /// How answers of `ignorecommand` are cached.
    ignorecache: Option<String>,
    /// The expression that lines are cut by first.
    prefregex: String,
    /// Expressions that find failures, expanded.
    failregex: Vec<String>,
    /// Expressions for lines to leave out, expanded.
    ignoreregex: Vec<String>,
    /// `yes`, `warn`, `no` or `raw`.
    usedns: Option<String>,
    /// The time within which failures add up.
    findtime: Option<i64>,
    /// The length of a ban; -1 is for ever.
    bantime: Option<i64>,
    /// The date pattern, where one is set.
    datepattern: Option<String>,
    /// The time zone of log lines without one.
    logtimezone: Option<String>,
    /// Matched lines kept per ban.
    maxmatches: Option<i64>,
    /// Failures that lead to a ban.
    maxretry: Option<i64>,
    /// Lines that a multi-line expression sees.
    maxlines: Option<i64>,
    /// Longer bans for repeat offenders.
    bantime_increment: Increment,
    /// Names of the actions.
    actions: Vec<String>,
}

impl From<JailSettings> for Settings {
    fn from(settings: JailSettings) -> Self {
        Self {
            logpath: settings.logpath,
            logencoding: settings.logencoding,
            journalmatch: settings.journalmatch,
            ignoreself: settings.ignoreself,
            ignoreip: settings.ignoreip,
            ignorecommand: settings.ignorecommand,
            ignorecache: settings.ignorecache,
            prefregex: settings.prefregex,
            failregex: settings.failregex,
            ignoreregex: settings.ignoreregex,
            usedns: settings.usedns,
            findtime: settings.findtime,
            bantime: settings.bantime,
            datepattern: settings.datepattern,
            logtimezone: settings.logtimezone,
            maxmatches: settings.maxmatches,
            maxretry: settings.maxretry,
            maxlines: settings.maxlines,
            bantime_increment: settings.bantime_increment.into(),
            actions: settings.actions,
        }
    }
}

/// How a jail lengthens the bans of those who come back (`bantime.*`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BantimeIncrement)]
pub(crate) struct Increment {
    /// Whether bans grow.
    enabled: Option<bool>,
    /// Whether bans in other jails count.
    overalljails: Option<bool>,
    /// The factor.
    factor: Option<String>,
    /// The formula.
    formula: Option<String>,
    /// The multipliers.
    multipliers: Option<String>,
    /// The longest ban in seconds.
    maxtime: Option<i64>,
    /// The most that is added at random, in seconds.
    rndtime: Option<i64>,
}

impl From<BantimeIncrement> for Increment {
    fn from(increment: BantimeIncrement) -> Self {
        Self {
            enabled: increment.enabled,
            overalljails: increment.overalljails,
            factor: increment.factor,
            formula: increment.formula,
            multipliers: increment.multipliers,
            maxtime: increment.maxtime,
            rndtime: increment.rndtime,
        }
    }
}
