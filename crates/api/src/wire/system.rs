//! The state of fail2ban, of this process, and of the scheduler lock.

use bangui_domain::model::{self, Fail2banState, Lease, LeaseHolder, OutageCode, Problem, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::catch_up::CatchUp;
use super::problem::ServerProblem;
use super::time::rfc3339;
use crate::{DatabaseKind, SchedulerRole, SystemInfo};

/// Whether fail2ban answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Presence {
    /// It answers.
    Online,
    /// It does not.
    Offline,
    /// It accepts connections and does not answer.
    Hung,
    /// It has not been asked yet.
    Starting,
}

/// fail2ban as last seen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Fail2ban {
    /// Whether it answers.
    pub(crate) state: Presence,
    /// Its version, while it is online.
    #[schema(example = "1.0.2")]
    version: Option<String>,
    /// How long a ping took, in milliseconds, while it is online.
    latency_ms: Option<f64>,
    /// How many jails run, while it is online.
    jails: Option<usize>,
    /// When it last answered, or was last tried.
    #[schema(format = DateTime)]
    pub(crate) checked_at: Option<String>,
    /// Since when it is in this state, as far as BanGUI knows.
    #[schema(format = DateTime)]
    pub(crate) since: Option<String>,
    /// Why it does not answer, while it does not.
    problem: Option<Fail2banProblem>,
    /// What is wrong although it answers: those of the server, then those of jails by their names.
    problems: Vec<ServerProblem>,
}

/// Why fail2ban does not answer, and what can be done about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Fail2banProblem {
    /// `socket_missing`, `permission_denied`, `refused`, `broken`, `timed_out`, `stale_mount` or `too_old`.
    #[schema(example = "socket_missing")]
    code: String,
    /// What happened, to which socket, why.
    detail: String,
    /// What to do.
    hint: String,
}

impl Fail2ban {
    /// What it is, and what is wrong although it answers.
    pub(crate) fn new(state: &Fail2banState, problems: &[Problem]) -> Self {
        let times =
            |checked_at: &Timestamp, since: &Timestamp| (Some(rfc3339(*checked_at)), Some(rfc3339(*since)));
        let nothing = Self {
            state: Presence::Starting,
            version: None,
            latency_ms: None,
            jails: None,
            checked_at: None,
            since: None,
            problem: None,
            problems: Vec::new(),
        };
        match state {
            Fail2banState::Starting => nothing,
            Fail2banState::Online { since, checked_at, probe } => {
                let (checked_at, since) = times(checked_at, since);
                let micros = u32::try_from(probe.latency_micros).unwrap_or(u32::MAX);
                Self {
                    state: Presence::Online,
                    version: Some(probe.version.clone()),
                    latency_ms: Some(f64::from(micros) / 1000.0),
                    jails: Some(probe.jails),
                    checked_at,
                    since,
                    problem: None,
                    problems: ServerProblem::all(problems),
                }
            }
            Fail2banState::Offline { since, checked_at, outage } => {
                let (checked_at, since) = times(checked_at, since);
                let problem = Fail2banProblem {
                    code: outage.code.as_str().to_owned(),
                    detail: outage.detail.clone(),
                    hint: outage.code.hint().to_owned(),
                };
                let state = match outage.code {
                    OutageCode::TimedOut => Presence::Hung,
                    _ => Presence::Offline,
                };
                Self { state, checked_at, since, problem: Some(problem), ..nothing }
            }
        }
    }
}

/// The kind of the database.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Database {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

/// What this process is to the scheduler lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// It holds the lock and schedules.
    Leader,
    /// Another process holds it.
    Standby,
    /// It held the lock and could not renew it.
    Lost,
}

impl From<SchedulerRole> for Role {
    fn from(role: SchedulerRole) -> Self {
        match role {
            SchedulerRole::Leader => Self::Leader,
            SchedulerRole::Standby => Self::Standby,
            SchedulerRole::Lost => Self::Lost,
        }
    }
}

/// The scheduler lock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scheduler {
    /// This process's part.
    role: Role,
    /// The process that holds the lock; null if it was given back.
    holder: Option<Holder>,
    /// Since when it does; null if nobody holds it.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// The fencing token, which grows with every change of holder.
    token: Option<i64>,
}

/// A process that holds the scheduler lock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Holder {
    /// Its host.
    host: String,
    /// Its process id there.
    pid: u32,
    /// Its version of BanGUI.
    version: String,
}

impl From<LeaseHolder> for Holder {
    fn from(holder: LeaseHolder) -> Self {
        Self { host: holder.host, pid: holder.pid, version: holder.version }
    }
}

impl Scheduler {
    fn new(role: SchedulerRole, lease: Option<Lease>) -> Self {
        let token = lease.as_ref().map(|lease| lease.fence.0);
        let held = lease.filter(|lease| !lease.is_free());
        let since = held.as_ref().map(|lease| rfc3339(lease.acquired_at));
        Self { role: role.into(), holder: held.map(|lease| lease.holder.into()), since, token }
    }
}

/// fail2ban as last seen, and how far its database is read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemFail2ban {
    #[serde(flatten)]
    seen: Fail2ban,
    /// The reading of fail2ban's database, while there is more of it than one look takes; null where all of it is read.
    catch_up: Option<CatchUp>,
}

/// This process and what it works with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemResponse {
    /// BanGUI's version.
    version: String,
    /// When this process started.
    #[schema(format = DateTime)]
    started_at: String,
    /// The kind of its database.
    database: Database,
    /// fail2ban as last seen.
    fail2ban: SystemFail2ban,
    /// The scheduler lock.
    scheduler: Scheduler,
    /// How many processes this deployment means to run on its database.
    workers: u32,
}

impl SystemResponse {
    pub(crate) fn new(
        info: SystemInfo,
        fail2ban: &Fail2banState,
        problems: &[Problem],
        catch_up: Option<model::CatchUp>,
    ) -> Self {
        Self {
            version: info.version,
            started_at: rfc3339(info.started_at),
            database: match info.database {
                DatabaseKind::Sqlite => Database::Sqlite,
                DatabaseKind::Postgres => Database::Postgres,
            },
            fail2ban: SystemFail2ban {
                seen: Fail2ban::new(fail2ban, problems),
                catch_up: catch_up.map(CatchUp::from),
            },
            scheduler: Scheduler::new(info.role, info.lease),
            workers: info.workers,
        }
    }
}
