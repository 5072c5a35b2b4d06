//! What monitors ask for.

use bangui_domain::model::{Fail2banState, Problem, RuntimeState};
use serde::Serialize;
use utoipa::ToSchema;

use super::system::{Fail2ban, Presence, Role};
use crate::{SchedulerRole, SystemInfo};

/// Up or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// All is well.
    Ok,
    /// Something that is needed is missing.
    Unavailable,
}

impl Status {
    const fn of(well: bool) -> Self {
        if well { Self::Ok } else { Self::Unavailable }
    }
}

/// The health of BanGUI together with fail2ban.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok` if fail2ban is online and what it bans is recorded.
    pub(crate) status: Status,
    /// Whether fail2ban answers.
    fail2ban: Presence,
    /// Since when; null before it was asked.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Why it is not well, in a word: why fail2ban does not answer, or `unpolled` where it does and no poll succeeds.
    /// `GET /api/system` says it in full to those who are logged in.
    #[schema(example = "stale_mount")]
    reason: Option<&'static str>,
    /// When it last answered, or was last tried; null before that.
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    /// How long ago that was, in milliseconds, whatever the clocks of replicas say; null before that.
    #[schema(example = 350)]
    age_ms: Option<i64>,
}

impl From<Option<RuntimeState>> for Health {
    fn from(known: Option<RuntimeState>) -> Self {
        let state = known.as_ref().map_or(&Fail2banState::Starting, |known| &known.fail2ban);
        let seen = Fail2ban::new(state, &[]);
        let unwatched = known.iter().flat_map(|known| &*known.problems).find(|it| it.code.is_outage());
        let away = state.outage().map(|outage| outage.code.as_str());
        Self {
            status: Status::of(state.is_online() && unwatched.is_none()),
            fail2ban: seen.state,
            since: seen.since,
            reason: away.or(unwatched.map(|problem: &Problem| problem.code.as_str())),
            checked_at: seen.checked_at,
            age_ms: known.as_ref().map(|known| known.age_millis),
        }
    }
}

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Liveness {
    /// Always `ok`.
    pub(crate) status: Status,
}

/// Whether this process can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// `ok` if the database answers, the scheduler lock is not lost, and the process is not about to end.
    pub(crate) status: Status,
    /// Whether the database answers.
    database: Status,
    /// This process's part in scheduling.
    scheduler: Role,
    /// How many processes this deployment means to run on its database.
    workers: u32,
    /// Whether this process is about to end, so that new requests should go to another.
    ending: bool,
}

impl From<&SystemInfo> for Readiness {
    fn from(info: &SystemInfo) -> Self {
        let ready = info.database_ok && info.role != SchedulerRole::Lost && !info.ending;
        Self {
            status: Status::of(ready),
            database: Status::of(info.database_ok),
            scheduler: info.role.into(),
            workers: info.workers,
            ending: info.ending,
        }
    }
}
